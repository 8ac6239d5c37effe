"""The URL map: which room answers where."""

from django.urls import URLPattern, URLResolver, include, path

from foundation.desk import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("account/", include("foundation.desk.account_urls")),
    path("", include("foundation.desk.urls")),
    path("consent/", include("consent.urls")),
    path("donors/", include("registry.donors.urls")),
    path("samples/", include("registry.samples.urls")),
    path("drives/", include("registry.drives.urls")),
    path("own/", include("registry.drives.own_forms.urls")),
    path("moved/", include("registry.donors.moved.urls")),
    path("families/", include("registry.families.urls")),
    path("wall/", include("registry.families.wall_urls")),
    path("cases/", include("registry.cases.urls")),
    path("answers/", include("notifications.answers.urls")),
    path("gateway/", include("notifications.answers.gateway_urls")),
    path("by-hand/", include("notifications.channels.by_hand.urls")),
    path("provider/", include("notifications.channels.provider.urls")),
    path("care/", include("notifications.care.urls")),
    path("events/", include("notifications.events.urls")),
    path("s/", include("notifications.links.urls")),
    path("links/", include("notifications.links.desk_urls")),
    path("retention/", include("notifications.retention.urls")),
    path("programmes/", include("notifications.programmes.urls")),
    path("wordings/", include("notifications.wordings.urls")),
    path("paging/", include("notifications.paging.urls")),
    path("waiting/", include("notifications.waiting.urls")),
]

handler400 = "foundation.desk.errors.bad_request"
handler403 = "foundation.desk.errors.forbidden"
handler404 = "foundation.desk.errors.not_found"
handler500 = "foundation.desk.errors.server_error"
