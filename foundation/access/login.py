"""Two-factor login: codes that open once, and how fresh a login is."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

import segno
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from foundation import trail
from foundation.access.models import Staff
from foundation.trail import Actor, ActorKind

STEP_SECONDS = 30  # RFC 6238 section 5.2; ASVS 6.5.5
STEPS_BACK = 1  # a code that was read in time and typed late still opens, once


def picture_of(url: str) -> str:
    """Return the code to point the phone's camera at, as the address of a picture."""
    return str(segno.make(url, error="m").svg_data_uri(scale=5, border=2, dark="#1d2326", light="#ffffff"))


def in_groups(secret: str) -> str:
    """Return a secret as a person types it: in groups of four."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


def has_second_factor(staff: Staff) -> bool:
    """Return whether a login asks this person for a code."""
    return bool(Authenticator.objects.filter(user_id=staff.pk, type=Authenticator.Type.TOTP).exists())


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


def new_secret() -> str:
    """Return the secret of a new app: 160 random bits, in base 32."""
    return str(generate_totp_secret())


@transaction.atomic
def set_up(staff: Staff, secret: str, *, step: int, at: datetime) -> list[str]:
    """
    Give a person their second factor, and return their recovery codes, to be shown once.

    :param step: the half minute whose code proved the app; that code opens nothing more.
    """
    Authenticator.objects.filter(user_id=staff.pk).delete()
    data = {"secret": encrypt(secret), "last_step": step}
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data=data)
    trail.record("second_factor.set_up", by=_self(staff), at=at, object=staff)
    return list(RecoveryCodes.activate(staff).generate_codes())


@transaction.atomic
def renew_recovery_codes(staff: Staff, *, at: datetime) -> list[str]:
    """Return new recovery codes, to be shown once; the old ones open nothing more."""
    Authenticator.objects.filter(user_id=staff.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
    trail.record("second_factor.codes_renewed", by=_self(staff), at=at, object=staff)
    return list(RecoveryCodes.activate(staff).generate_codes())


def recovery_codes_left(staff: Staff) -> int:
    """Return how many recovery codes still open."""
    found = Authenticator.objects.filter(user_id=staff.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(found.wrap().get_unused_codes()) if found else 0


def note_second_factor(request: HttpRequest, used: Authenticator) -> None:
    """Note in the session that the second factor was shown just now."""
    used.record_usage()
    record_authentication(request, used.user, "mfa", id=used.pk, type=used.type, reauthenticated=True)


def note_password(request: HttpRequest, staff: Staff) -> None:
    """Note in the session that the password was typed just now."""
    record_authentication(request, staff, "password", reauthenticated=True)


def note_wrong_code(staff: Staff, *, at: datetime, address: str) -> None:
    """Write down that somebody who knows the password typed a code that does not open."""
    trail.refused("second_factor.failed", by=_self(staff), at=at, object=staff, address=address)


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
            return HttpResponseRedirect(again_url(_page_to_return_to(request)))
        return view(request, *args, **kwargs)

    return asks


def _page_to_return_to(request: HttpRequest) -> str:
    """Return the page that was asked for; where a button was pressed, the page it stands on."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    messages.info(request, _("First show who you are. Then press the button once more."))
    came_from, hosts = request.headers.get("Referer", ""), {request.get_host()}
    ours = url_has_allowed_host_and_scheme(came_from, hosts, require_https=request.is_secure())
    return urlsplit(came_from).path if ours else "/"


def again_url(back: str) -> str:
    """Return the page that asks who it is once more and then goes back."""
    return f"{reverse('account_reauthenticate')}?{urlencode({REDIRECT_FIELD_NAME: back})}"


def _self(staff: Staff) -> Actor:
    return Actor(ActorKind.STAFF, str(staff.pk))


def _opens_app(found: Authenticator, code: str, *, at: datetime) -> bool:
    step = matching_step(decrypt(found.data["secret"]), code, at=at)
    if step is None or step <= found.data.get("last_step", 0):
        return False
    found.data["last_step"] = step
    found.save(update_fields=["data"])
    return True
