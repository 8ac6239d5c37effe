"""Logins that are open now: list them, end them, give them a new id when rights change."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from foundation import trail
from foundation.access.models import Staff
from foundation.trail import Actor

STARTED, SEEN = "started_at", "seen_at"  # written by foundation.desk.middleware.SessionLimits
ADDRESS, AGENT, ROTATE = "address", "agent", "rotate"
AGENT_LONGEST = 120  # characters of what a browser says of itself


@dataclass(frozen=True, slots=True)
class OpenLogin:
    """One login that is open: a handle to end it by, never the session's own id."""

    handle: str
    started_at: datetime | None
    seen_at: datetime | None
    address: str
    agent: str
    is_this: bool


def describe(request: HttpRequest, *, address: str) -> None:
    """Note in the session itself where and with what a person signed in."""
    request.session[ADDRESS] = address
    request.session[AGENT] = str(request.META.get("HTTP_USER_AGENT", ""))[:AGENT_LONGEST]


def open_logins(staff: Staff, *, this: str | None = None) -> list[OpenLogin]:
    """
    Return this person's open logins, the one seen last first.

    :param this: the session key of whoever asks, to mark their own.
    """
    found = [_read(key, data, this) for key, data in _sessions_of(staff)]
    return sorted(found, key=lambda login: login.seen_at or datetime.min.replace(tzinfo=UTC), reverse=True)


def end(staff: Staff, handle: str, *, by: Actor, at: datetime) -> bool:
    """End one login by its handle, and return whether it was there."""
    keys = [key for key, _data in _sessions_of(staff) if handle_of(key) == handle]
    return _end(staff, keys, by=by, at=at)


def end_all(staff: Staff, *, by: Actor, at: datetime, but: str | None = None) -> bool:
    """End every login of a person, and return whether there was one. ``but`` keeps one session key."""
    return _end(staff, [key for key, _data in _sessions_of(staff) if key != but], by=by, at=at)


def rotate_all(staff: Staff) -> None:
    """Let every login of a person take a new id with its next request: their rights changed."""
    for key, data in _sessions_of(staff):
        store = _store(key)
        store.update({**data, ROTATE: True})
        store.save()


def rotate_if_asked(request: HttpRequest) -> None:
    """Give this session a new id, if rights changed since it was given."""
    if request.session.pop(ROTATE, False):
        request.session.cycle_key()


def handle_of(key: str) -> str:
    """Return a name for a session from which its id cannot be found."""
    return hashlib.sha256(f"open-login:{key}".encode()).hexdigest()[:24]


def _end(staff: Staff, keys: list[str], *, by: Actor, at: datetime) -> bool:
    if not keys:
        return False
    for key in keys:
        _store(key).delete()
    trail.record("login.ended", by=by, at=at, object=staff, logins=len(keys))
    return True


def _sessions_of(staff: Staff) -> Iterator[tuple[str, dict[str, Any]]]:
    now = datetime.now(tz=UTC)
    for session in Session.objects.filter(expire_date__gt=now).iterator():
        data = session.get_decoded()
        if data.get(SESSION_KEY) == str(staff.pk):
            yield session.session_key, data


def _store(key: str) -> SessionBase:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return store


def _read(key: str, data: dict[str, Any], this: str | None) -> OpenLogin:
    return OpenLogin(
        handle=handle_of(key),
        started_at=_moment(data.get(STARTED)),
        seen_at=_moment(data.get(SEEN)),
        address=str(data.get(ADDRESS, "")),
        agent=str(data.get(AGENT, "")),
        is_this=key == this,
    )


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, tz=UTC) if seconds else None
