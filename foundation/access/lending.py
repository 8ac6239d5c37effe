"""Logins that are lent for a day: a helper on one drive or one call list."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone
from guardian.models import UserObjectPermissionBase

from foundation.access import named, staffing
from foundation.access.models import Branch, RoleAt, Staff
from foundation.access.rights import NotAllowed
from foundation.access.roles import Permission, Role
from foundation.trail import Actor, ActorKind

_SIMPLE: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing read as something else from a slip of paper


@dataclass(frozen=True, slots=True)
class Lent:
    """Who may help, and the path of the link to set a password once; empty where they have one."""

    staff: Staff
    link: str = field(repr=False)


def lend(
    thing: Any, day: date, *, name: str, by: Actor, at: datetime, needs: Permission,
    again: Staff | None = None,
) -> Lent:  # fmt: skip
    """
    Name a helper on one thing until the end of a day: somebody new, or one who helped before.

    :param thing: what they help at, which knows its ``branch``.
    :param needs: the right of the giver at the branch.
    :raises NotAllowed: without it, or for the login of a colleague.
    """
    if again is None:
        staff = staffing.add(
            username=_login(), name=name, role=Role.HELPER, branch=thing.branch,
            starts_on=timezone.localdate(at), ends_on=day, by=by, at=at, needs=needs,
        )  # fmt: skip
    else:
        staff = again
        _let_in_again(again, thing.branch, day, by=by, at=at, needs=needs)
    named.add(staff, thing)
    link = "" if staff.has_usable_password() else staffing.offer_link(staff, by=by, at=at, needs=needs)
    return Lent(staff, link)


def take_back(staff: Staff, thing: Any, *, by: Actor, at: datetime, needs: Permission) -> None:
    """
    Take a helper's name off a thing, and end the login lent at its branch.

    Who is still named on something of that branch keeps the login, and what another branch has
    lent them is its own. Past its day a login ended by itself.

    :param needs: the right of the actor at the branch of the thing.
    """
    named.remove(staff, thing)
    if by.kind == ActorKind.TASK or _helps_at(thing.branch, staff):
        return
    lent = RoleAt.objects.filter(staff=staff, role=Role.HELPER, branch=thing.branch, ended_at=None)
    for held in lent.filter(ends_on__gte=timezone.localdate(at)).order_by("starts_on"):
        staffing.end_role(held, by=by, at=at, needs=needs)


def _let_in_again(
    staff: Staff, branch: Branch, day: date, *, by: Actor, at: datetime, needs: Permission
) -> None:
    """Give a helper the role for that day alone: what they hold on other days stays as it is."""
    if RoleAt.objects.filter(staff=staff).exclude(role=Role.HELPER).exists():
        raise NotAllowed(Permission.STAFF_MANAGE.value)
    if not RoleAt.objects.on(day).filter(staff=staff, role=Role.HELPER, branch=branch).exists():
        staffing.grant(staff, Role.HELPER, branch, starts_on=day, ends_on=day, by=by, at=at, needs=needs)


def _helps_at(branch: Branch, staff: Staff) -> bool:
    """Return whether a person is still named on a drive, a list, or anything else of a branch."""
    kinds: Any = [kind for kind in UserObjectPermissionBase.__subclasses__() if not kind._meta.abstract]
    rows = (kind.objects.filter(user=staff).select_related("content_object") for kind in kinds)
    return any(branch.path in row.content_object.branch_paths for found in rows for row in found)


def _login() -> str:
    return "helper-" + "".join(secrets.choice(_SIMPLE) for _ in range(6))
