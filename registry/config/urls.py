"""The URL map: which room answers where."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from foundation.desk import health


def _room(prefix: str, urls: str) -> list[URLPattern | URLResolver]:
    return [path(prefix, include(urls))] if find_spec(urls) else []


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("account/", include("allauth.urls")),
    *_room("", "foundation.desk.urls"),
    *_room("consent/", "consent.urls"),
    *_room("donors/", "registry.donors.urls"),
    *_room("samples/", "registry.samples.urls"),
    *_room("drives/", "registry.drives.urls"),
    *_room("typings/", "registry.hla.urls"),
]
