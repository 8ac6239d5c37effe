"""Who may look after a match, accompany its donor, or be named on it at a hospital."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.expressions import Combinable

from foundation.access import ROLE_PERMISSIONS, Branch, BranchKind, Permission, Role, RoleAt, Staff
from registry.cases import rules
from registry.cases.models import MatchCase
from registry.cases.states import THE_WAY, CaseState, reached


def roles_with(*permissions: Permission) -> list[Role]:
    """Return the roles that give one of these rights."""
    return [role for role in Role if ROLE_PERMISSIONS[role] & set(permissions)]


def owns_by(case: MatchCase) -> tuple[Permission, ...]:
    """Return the rights of which an owner holds one: from the hospital's decision on, that to decide."""
    return rules.DECIDE if reached(case.stands_at, CaseState.TC_DECISION) else rules.CONTACT


def holders(case: MatchCase, permissions: Iterable[Permission], *, on: date) -> list[Staff]:
    """Return who holds one of these rights where the donor of a case stands, in the order of their names."""
    return _staff(roles_with(*permissions), on, branch__path__in=_above(case))


def companions(case: MatchCase, *, on: date) -> list[Staff]:
    """Return who may accompany the donor of a case."""
    return _staff(roles_with(Permission.CASE_ACCOMPANY), on, branch__path__in=_above(case))


def at_hospital(hospital: Branch | None, role: Role, *, on: date) -> list[Staff]:
    """Return who works at a hospital in one of its two roles."""
    return _staff([role], on, branch=hospital) if hospital is not None else []


def hospitals() -> list[Branch]:
    """Return every hospital."""
    return list(Branch.objects.filter(kind=BranchKind.HOSPITAL, active=True).order_by("path"))


def to_take_over(*, on: date) -> Q:
    """
    Return the condition for cases that stand at a decision while nobody who may decide owns them.

    Source: domain.md section 3, owners: registry_manager from TC_DECISION
    """
    late = [state for state in THE_WAY if reached(state, CaseState.TC_DECISION) and state not in _ENDED]
    deciding = RoleAt.objects.on(on).filter(role__in=roles_with(*rules.DECIDE), staff=OuterRef("owner"))
    here = deciding.annotate(own=_path("owner_path"), serving=_path("service_path")).filter(
        Q(own__startswith=F("branch__path")) | Q(serving__startswith=F("branch__path"))
    )
    stands = Q(state__in=late) | Q(state=CaseState.POSTPONED, return_to__in=late)
    return stands & ~Q(Exists(here))


def _path(name: str) -> Combinable:
    return ExpressionWrapper(OuterRef(name), output_field=CharField())


def without_the_right(cases: Collection[MatchCase], *, on: date) -> set[UUID]:
    """
    Return those of some cases that stand at a decision while their owner may not decide; one query.

    Source: domain.md section 3, owners: registry_manager from TC_DECISION
    """
    late = [
        case
        for case in cases
        if case.owner_id and case.state not in _ENDED and reached(case.stands_at, CaseState.TC_DECISION)
    ]
    if not late:
        return set()
    deciding = RoleAt.objects.on(on).filter(
        role__in=roles_with(*rules.DECIDE), staff__in={case.owner_id for case in late}
    )
    places: dict[UUID, list[str]] = {}
    for staff_id, path in deciding.values_list("staff", "branch__path"):
        places.setdefault(staff_id, []).append(path)
    return {case.pk for case in late if case.owner_id and not _covers(places.get(case.owner_id, []), case)}


_ENDED = (CaseState.CLOSED, CaseState.DONATED)


def _covers(paths: Iterable[str], case: MatchCase) -> bool:
    return any(own.startswith(path) for path in paths for own in case.branch_paths)


def _above(case: MatchCase) -> set[str]:
    return {path[:end] for path in case.branch_paths for end in range(1, len(path) + 1)}


def _staff(roles: Collection[Role], on: date, **where: object) -> list[Staff]:
    held = RoleAt.objects.on(on).filter(role__in=list(roles), staff__is_active=True, **where)
    return sorted({one.staff for one in held.select_related("staff")}, key=str)
