"""Rights and limits of the acts that change no state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import access, moves
from foundation.access import Permission
from foundation.trail import Actor, ActorKind
from registry.donors.guards import months_later


def check(on: Any, *, by: Actor, at: datetime, permissions: Sequence[Permission]) -> None:
    """
    Check that staff hold one of these rights here; a person by their own link may, for themself.

    :raises moves.NotAllowed: if they do not.
    """
    if by.kind in {ActorKind.SUBJECT, ActorKind.TASK, ActorKind.COMMAND}:
        return
    if not any(access.may(by, permission, on=on, at=at) for permission in permissions):
        raise moves.NotAllowed(permissions[0].value)


def check_until(until: date, *, at: datetime) -> None:
    """
    Check the end of a pause.

    :raises moves.Refused: unless it lies after today and within 24 months.
    """
    today = timezone.localdate(at)
    if not today < until <= months_later(today, settings.HOLD_MONTHS_MOST):
        raise moves.Refused([_("A pause ends after today and within 24 months.")])
