"""For half an hour a device on which the second fact was right is let through to that one link."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from notifications.links.models import Link

COOKIE: Final = "link_pass_{}"  # one a link, so that a second link takes no pass away
_SALT: Final = "notifications.links.pass"
_PATH: Final = "/s/"


def give(response: HttpResponse, link: Link) -> HttpResponse:
    """Let this device through to a link, and to no other."""
    response.set_signed_cookie(
        _cookie(link),
        link.pk.hex,
        salt=_SALT,
        max_age=settings.LINK_PASS_MINUTES * 60,
        path=_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def holds(request: HttpRequest, link: Link | None) -> bool:
    """Return whether this device showed the second fact of this link a moment ago."""
    if link is None:
        return False
    try:
        shown = request.get_signed_cookie(
            _cookie(link), default="", salt=_SALT, max_age=settings.LINK_PASS_MINUTES * 60
        )
    except signing.BadSignature:
        return False
    return shown == link.pk.hex


def _cookie(link: Link) -> str:
    return COOKIE.format(link.pk.hex[-8:])  # of a UUID 7 the end is chance, the beginning is the time
