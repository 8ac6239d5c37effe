"""Whom to call for a branch, one after the other: who is on duty here, then further up the tree."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from foundation.access import ROLE_PERMISSIONS, Branch, Permission, Role, RoleAt
from foundation.access.scopes import LEVEL_DIGITS
from notifications.paging.models import Duty

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


def _instead(paths: list[str], *, at: datetime) -> list[UUID]:
    roles = RoleAt.objects.on(timezone.localdate(at)).filter(
        branch__path__in=paths,
        role__in=_KNOW_THE_HOUSE,
        staff__is_active=True,
        staff__left_at__isnull=True,
    )
    found = sorted(roles.select_related("branch"), key=lambda held: (-len(held.branch.path), held.granted_at))
    return _once(held.staff_id for held in found)


def _upwards(path: str) -> list[str]:
    return [path[:length] for length in range(len(path), 0, -LEVEL_DIGITS)]


def _once(ids: Iterable[UUID]) -> list[UUID]:
    return list(dict.fromkeys(ids))
