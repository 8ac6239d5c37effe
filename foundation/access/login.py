"""Two-factor login: codes that open once, and how fresh a login is."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from foundation.access.models import Staff

STEP_SECONDS = 30  # RFC 6238 section 5.2; ASVS 6.5.5
STEPS_BACK = 1  # a code that was read in time and typed late still opens, once


def has_second_factor(staff: Staff) -> bool:
    """Return whether a login asks this person for a code."""
    return Authenticator.objects.filter(user_id=staff.pk, type=Authenticator.Type.TOTP).exists()


@transaction.atomic
def opens(staff: Staff, code: str, *, at: datetime) -> Authenticator | None:
    """
    Return the authenticator that a code opens, or None. No code opens twice.

    Six digits are a code of the app; anything else is tried as a recovery code.
    """
    kind = (
        Authenticator.Type.TOTP
        if len(code.strip()) == settings_digits()
        else Authenticator.Type.RECOVERY_CODES
    )
    found = Authenticator.objects.select_for_update().filter(user_id=staff.pk, type=kind).first()
    if found is None:
        return None
    if kind == Authenticator.Type.TOTP:
        return found if _opens_app(found, code.strip(), at=at) else None
    return found if found.wrap().validate_code(code) else None


def matching_step(secret: str, code: str, *, at: datetime) -> int | None:
    """Return the number of the half minute whose code this is, now or just before; else None."""
    now = int(at.timestamp()) // STEP_SECONDS
    for step in range(now, now - STEPS_BACK - 1, -1):
        if hmac.compare_digest(format_hotp_value(hotp_value(secret, step)).encode(), code.strip().encode()):
            return step
    return None


def settings_digits() -> int:
    """Return how many digits a code of the app has."""
    return int(getattr(settings, "MFA_TOTP_DIGITS", 6))


def is_fresh(request: HttpRequest) -> bool:
    """Return whether this person proved who they are within the last minutes."""
    user = request.user if request.user.is_authenticated else None
    moments = [record["at"] for record in get_authentication_records(request, user)]
    return bool(moments) and time.time() - max(moments) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def fresh(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """
    Ask who it is again before exports, key operations and changes of roles.

    Written above ``@requires``. Nothing that was typed is kept in between: the page with the
    form asks too, so that a person is asked before, not after, typing.

    Source: ASVS 5.0 7.5.1, 7.5.3
    """

    @wraps(view)
    def asks(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not is_fresh(request):
            return HttpResponseRedirect(again_url(request.get_full_path()))
        return view(request, *args, **kwargs)

    return asks


def again_url(back: str) -> str:
    """Return the page that asks who it is once more and then goes back."""
    return f"{reverse('account_reauthenticate')}?{urlencode({REDIRECT_FIELD_NAME: back})}"


def _opens_app(found: Authenticator, code: str, *, at: datetime) -> bool:
    step = matching_step(decrypt(found.data["secret"]), code, at=at)
    if step is None or step <= found.data.get("last_step", 0):
        return False
    found.data["last_step"] = step
    found.save(update_fields=["data"])
    return True
