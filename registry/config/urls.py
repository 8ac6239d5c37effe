"""The URL map: which room answers where."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from foundation.desk import health


def _room(prefix: str, urls: str) -> list[URLPattern | URLResolver]:
    return [path(prefix, include(urls))] if find_spec(urls) else []


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("account/", include("foundation.desk.account_urls")),
    *_room("", "foundation.desk.urls"),
    *_room("consent/", "consent.urls"),
    *_room("donors/", "registry.donors.urls"),
    *_room("samples/", "registry.samples.urls"),
    *_room("drives/", "registry.drives.urls"),
    *_room("typings/", "registry.hla.urls"),
]

handler400 = "foundation.desk.errors.bad_request"
handler403 = "foundation.desk.errors.forbidden"
handler404 = "foundation.desk.errors.not_found"
handler500 = "foundation.desk.errors.server_error"
