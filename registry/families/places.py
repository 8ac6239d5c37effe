"""Which branches keep families, and who looks after them there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from foundation.access import (
    ROLE_PERMISSIONS,
    Branch,
    Permission,
    Role,
    RoleAt,
    Scope,
    Staff,
    branches,
)
from foundation.access.models import ORGANISATIONS

_KEEP_FAMILIES = [role for role in Role if Permission.FAMILY_EDIT in ROLE_PERMISSIONS[role]]


def branches_of(scope: Scope) -> list[Branch]:
    """Return the branches of a scope that can look after families, from the top down."""
    return list(
        Branch.objects.visible_to(scope).filter(active=True).exclude(kind__in=ORGANISATIONS).order_by("path")
    )


def other_branches(branch: Branch) -> list[Branch]:
    """Return every branch to which a household can be given."""
    others = Branch.objects.filter(active=True).exclude(kind__in=ORGANISATIONS).exclude(pk=branch.pk)
    return list(others.order_by("path"))


def officers_of(branches: Iterable[Branch], *, on: date) -> list[Staff]:
    """Return who may look after families of one of these branches on a day, in the order of their names."""
    above = {path[:end] for path in (one.path for one in branches) for end in range(1, len(path) + 1)}
    held = RoleAt.objects.on(on).filter(role__in=_KEEP_FAMILIES, staff__is_active=True)
    here = {one.staff for one in held.select_related("staff", "branch") if one.branch.path in above}
    return sorted(here, key=str)


def counts_the_day(branch: Branch) -> bool:
    """
    Return whether a branch's region counts the day of a death as the first, where nothing else is said.

    Source: domain.md section 7: per region, some count D+7
    """
    return branches.inherited(branch, "counts_the_day") is not False
