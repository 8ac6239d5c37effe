"""Slow down whoever guesses passwords, without locking anybody out.

Failed tries are counted by account *and* address, by account alone and by address alone, in the
cache that all workers share. A device that signed in to an account before is counted by itself:
a shared address at a drive, or guessing from elsewhere, never stops the real coordinator there.
A name that belongs to nobody is counted alike, so that the answer tells nothing.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from foundation.access.models import Staff

COOKIE = "known_device"
SALT = "foundation.access.lockout"
HALF_OF_IPV6 = 64  # bits that one household or office shares


class Step(StrEnum):
    """What is being tried. A code is only asked of who knows the password, so it has counters of its own."""

    PASSWORD = "password"  # noqa: S105 - the name of a step
    CODE = "code"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Try:
    """One try to sign in: which account, from which address, on a device known to that account or not."""

    account: str
    address: str
    known_device: bool = False
    step: Step = Step.PASSWORD

    def limits(self) -> dict[str, int]:
        """Return the counters this try falls under, with the number of failures each allows."""
        if self.known_device:
            return {self._name("device"): settings.LOGIN_TRIES_PER_DEVICE}
        of_account = settings.LOGIN_TRIES_PER_ACCOUNT
        return {
            self.pair: settings.LOGIN_TRIES_PER_ACCOUNT_AND_ADDRESS,
            self._name("account"): settings.LOGIN_TRIES_PER_CODE if self.step == Step.CODE else of_account,
            f"{self.step}:address:{_short(self.address)}": settings.LOGIN_TRIES_PER_ADDRESS,
        }

    @property
    def pair(self) -> str:
        """The counter of this account at this address."""
        return f"{self._name('pair')}:{_short(self.address)}"

    def _name(self, counter: str) -> str:
        return f"{self.step}:{counter}:{_short(self.account)}"


def is_locked(attempt: Try, *, at: datetime) -> bool:
    """
    Return whether this try must wait for the next quarter of an hour.

    The counter of the whole account stops only addresses that failed themselves: whoever
    comes from a new place and types the password right is let in while others guess.
    """
    limits = attempt.limits()
    counts = cache.get_many([_key(name, at) for name in limits])
    full = [name for name, limit in limits.items() if counts.get(_key(name, at), 0) >= limit]
    if attempt.known_device or attempt.step != Step.PASSWORD:
        return bool(full)
    failed_here = counts.get(_key(attempt.pair, at), 0) > 0
    return any(failed_here or ":account:" not in name for name in full)


def count_failure(attempt: Try, *, at: datetime) -> None:
    """Count a try that failed."""
    for name in attempt.limits():
        key = _key(name, at)
        if not cache.add(key, 1, timeout=_window()):
            _add_one(key)


def forget_failures(attempt: Try, *, at: datetime) -> None:
    """Forget an account's failures after it signed in; what was counted for the address stays."""
    cache.delete_many([_key(name, at) for name in attempt.limits() if ":address:" not in name])


def attempt_of(request: HttpRequest, username: str, step: Step = Step.PASSWORD) -> Try:
    """Return the try that a request makes on an account, whether it exists or not."""
    account = normal_name(username)
    return Try(account, address_of(request), known_device=_knows(request, account), step=step)


def remember_device(request: HttpRequest, response: HttpResponse, staff: Staff) -> None:
    """Let this device through to this account from now on, until its password changes."""
    names = {_fingerprint(staff), *_remembered(request)}
    newest = [_fingerprint(staff), *sorted(names - {_fingerprint(staff)})][: settings.KNOWN_DEVICE_ACCOUNTS]
    response.set_signed_cookie(
        COOKIE,
        ".".join(newest),
        salt=SALT,
        max_age=settings.KNOWN_DEVICE_DAYS * 86_400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def address_of(request: HttpRequest) -> str:
    """
    Return the address of the client: of an IPv6 address, the half that one office shares.

    The middleware of the settings has put the client behind a trusted proxy into REMOTE_ADDR.
    """
    text = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((address, HALF_OF_IPV6), strict=False).network_address)
    return text


def normal_name(username: str) -> str:
    """Return a login name as it is compared: one form, no spaces around, no capitals."""
    return Staff.normalize_username(username.strip()).casefold()


def _knows(request: HttpRequest, account: str) -> bool:
    remembered = _remembered(request)
    if not remembered:
        return False
    staff = Staff.objects.filter(username__iexact=account).only("pk", "password").first()
    return staff is not None and _fingerprint(staff) in remembered


def _remembered(request: HttpRequest) -> set[str]:
    try:
        value = request.get_signed_cookie(
            COOKIE, default="", salt=SALT, max_age=settings.KNOWN_DEVICE_DAYS * 86_400
        )
    except signing.BadSignature:
        return set()
    return set(value.split(".")) if value else set()


def _fingerprint(staff: Staff) -> str:
    """Return a mark of this account and its password: a new password makes every device unknown."""
    return salted_hmac(SALT, f"{staff.pk}:{staff.password}", algorithm="sha256").hexdigest()[:32]


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _window() -> int:
    return int(settings.LOGIN_LOCK_MINUTES * 60)


def _key(name: str, at: datetime) -> str:
    return f"lockout:{name}:{int(at.timestamp()) // _window()}"


def _add_one(key: str) -> None:
    try:
        cache.incr(key)
    except ValueError:  # it ran out between add and incr: the next window has begun
        cache.add(key, 1, timeout=_window())
