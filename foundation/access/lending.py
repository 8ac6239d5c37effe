"""Logins that are lent for a day: a helper on one drive or one call list."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone
from guardian.models import UserObjectPermissionBase

from foundation.access import staffing
from foundation.access.models import Branch, RoleAt, Staff
from foundation.access.rights import NotAllowed
from foundation.access.roles import Permission, Role
from foundation.trail import Actor, ActorKind

_SIMPLE: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing read as something else from a slip of paper


def lend(
    branch: Branch, day: date, *, name: str, by: Actor, at: datetime, needs: Permission,
    again: Staff | None = None,
) -> Staff:  # fmt: skip
    """
    Return a login in the role of a helper until the end of a day: a new one, or one who helped before.

    :param needs: the right of the giver at the branch.
    :raises NotAllowed: without it, or for the login of a colleague.
    """
    facts: dict[str, Any] = {
        "starts_on": timezone.localdate(at),
        "ends_on": day,
        "by": by,
        "at": at,
        "needs": needs,
    }
    if again is None:
        return staffing.add(username=_login(), name=name, role=Role.HELPER, branch=branch, **facts)
    if RoleAt.objects.filter(staff=again).exclude(role=Role.HELPER).exists():
        raise NotAllowed(Permission.STAFF_MANAGE.value)
    if not RoleAt.objects.on(day).filter(staff=again, role=Role.HELPER, branch=branch).exists():
        staffing.grant(again, Role.HELPER, branch, **facts)
    return again


def take_back(staff: Staff, *, by: Actor, at: datetime, needs: Permission) -> None:
    """End a lent login now, unless the person helps elsewhere too; past its day it ended by itself."""
    if _is_named(staff) or by.kind == ActorKind.TASK:
        return
    for held in RoleAt.objects.on(timezone.localdate(at)).filter(staff=staff, role=Role.HELPER):
        staffing.end_role(held, by=by, at=at, needs=needs)


def _is_named(staff: Staff) -> bool:
    """Return whether a person is still named on a drive, a list, or anything else."""
    kinds: Any = UserObjectPermissionBase.__subclasses__()
    return any(kind.objects.filter(user=staff).exists() for kind in kinds if not kind._meta.abstract)


def _login() -> str:
    return "helper-" + "".join(secrets.choice(_SIMPLE) for _ in range(6))
