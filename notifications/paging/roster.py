"""Whom to call for a branch, one after the other: who is on duty here, then further up the tree."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from foundation.access import ROLE_PERMISSIONS, Branch, Permission, Role, RoleAt, Staff
from foundation.access.scopes import LEVEL_DIGITS
from notifications.paging.models import Duty
from notifications.paging.querysets import here_of

# Whoever answers as a second person knows the house: they are called where nobody is on duty.
_KNOW_THE_HOUSE = [role for role in Role if Permission.APPROVE in ROLE_PERMISSIONS[role]]


def chain(branch: Branch, *, at: datetime) -> list[UUID]:
    """
    Return who is called for a branch, first to last.

    On duty at the branch, then at each branch above. Where the roster is empty all the way up, those
    who may answer as a second person, the nearest first: an alarm never meets silence.
    """
    paths = _upwards(branch.path)
    on_duty = Duty.objects.on(at).filter(branch__path__in=paths).select_related("branch")
    found = sorted(on_duty, key=lambda duty: (-len(duty.branch.path), duty.place, duty.pk))
    return _once(duty.staff_id for duty in found) or _instead(paths, at=at)


def still_here(staff: Iterable[UUID]) -> list[UUID]:
    """Return those of some people who have not left the house, in the order given."""
    asked = _once(staff)
    here = set(Staff.objects.filter(here_of(""), pk__in=asked).values_list("pk", flat=True))
    return [one for one in asked if one in here]


def _instead(paths: list[str], *, at: datetime) -> list[UUID]:
    roles = RoleAt.objects.on(timezone.localdate(at)).filter(
        here_of("staff__"), branch__path__in=paths, role__in=_KNOW_THE_HOUSE
    )
    found = sorted(roles.select_related("branch"), key=lambda held: (-len(held.branch.path), held.granted_at))
    return _once(held.staff_id for held in found)


def _upwards(path: str) -> list[str]:
    return [path[:length] for length in range(len(path), 0, -LEVEL_DIGITS)]


def _once(ids: Iterable[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))
