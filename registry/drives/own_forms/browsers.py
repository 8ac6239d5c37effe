"""Which own form a browser is at: a signed cookie with a random key, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpResponse

from registry.donors.strangers import StrangerRequest
from registry.drives.models import Draft, Drive

COOKIE: Final = "__Host-own-form" if settings.SESSION_COOKIE_SECURE else "relay_own_form"
_SALT: Final = "registry.drives.own_forms.browsers"


def key_of(request: StrangerRequest) -> UUID | None:
    """Return the key that this browser holds, if it is one of ours."""
    try:
        return UUID(request.get_signed_cookie(COOKIE, salt=_SALT, max_age=_hours() * 3600))
    except (KeyError, ValueError, signing.BadSignature):
        return None


def new_key() -> UUID:
    """Return a key that nobody can guess."""
    return uuid4()


def key_to_begin_with(request: StrangerRequest) -> UUID:
    """
    Return the key of a form that is about to begin: the browser's, so that a page sent twice is one.

    One under which a form was begun before, here or elsewhere, is never begun with again.
    """
    key = key_of(request)
    if key is None or Draft.objects.filter(idempotency_key=key).exists():
        return new_key()
    return key


def form_of(request: StrangerRequest, drive: Drive) -> Draft | None:
    """
    Return the form this browser is at here.

    One that nobody wrote on for `OWN_FORM_IDLE_MINUTES` is not shown again: the phone or
    the tablet may be in other hands by now. One that was handed in shows its number only.
    """
    key = key_of(request)
    if key is None:
        return None
    found = drive.drafts.filter(own_form=True, idempotency_key=key).first()
    idle = timedelta(minutes=settings.OWN_FORM_IDLE_MINUTES)
    if found is None or (found.handed_in_at is None and found.touched_at < request.at - idle):
        return None
    found.drive = drive
    return found


def remember(response: HttpResponse, key: UUID) -> HttpResponse:
    """Let the browser keep the key for the day."""
    response.set_signed_cookie(
        COOKIE,
        key.hex,
        salt=_SALT,
        max_age=_hours() * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def forget(response: HttpResponse) -> HttpResponse:
    """Let the browser forget which form it was at, and what it cached."""
    response.delete_cookie(COOKIE, samesite="Lax")
    response["Clear-Site-Data"] = '"cache"'
    return response


def _hours() -> int:
    return int(settings.OWN_FORM_NUMBER_HOURS)
