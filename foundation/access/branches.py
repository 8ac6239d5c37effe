"""Make and move branches: the only place that writes a path."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from foundation import trail
from foundation.access import rights
from foundation.access.models import ORGANISATIONS, Branch, BranchKind, RoleAt
from foundation.access.roles import Permission
from foundation.access.scopes import LEVEL_DIGITS
from foundation.trail import Actor, ActorKind

LEVELS = (BranchKind.PROVINCE, BranchKind.PREFECTURE, BranchKind.COUNTY, BranchKind.STATION)


class BranchRefused(ValueError):
    """What was asked about a branch is not possible; the sentences say why."""

    def __init__(self, *sentences: StrOrPromise) -> None:
        super().__init__("branch refused")
        self.sentences = list(sentences)


class TooManyBranches(BranchRefused):
    """A branch has as many children as a path can number."""

    def __init__(self) -> None:
        super().__init__(_("This branch cannot have more branches below it."))


@transaction.atomic
def add(
    *,
    name: str,
    kind: BranchKind,
    code: str,
    parent: Branch | None,
    by: Actor,
    at: datetime,
    phone: str = "",
) -> Branch:
    """
    Add a branch below another, or a province at the top.

    :raises TooManyBranches: if the parent has 9,999 children.
    :raises BranchRefused: if the code is taken, or the kind does not belong below the parent.
    :raises NotAllowed: if the actor manages no branches there.
    """
    if parent:
        Branch.objects.select_for_update().get(pk=parent.pk)
    _may_manage(parent, by=by, at=at)
    _fits_below(kind, parent)
    if Branch.objects.filter(code=code).exists():
        raise BranchRefused(_("Another branch has this code."))
    branch = Branch(name=name, kind=kind, code=code, parent=parent, phone=phone, path=_next_path(parent))
    branch.save(force_insert=True)
    trail.record("branch.added", by=by, at=at, object=branch, branch=branch.pk, kind=kind, code=code)
    return branch


@transaction.atomic
def change(
    branch: Branch,
    *,
    name: str,
    phone: str,
    active: bool,
    by: Actor,
    at: datetime,
    address: str = "",
    counts_the_day: bool | None = None,
) -> Branch:
    """
    Change what is said of a branch, or whether it works.

    :param address: to which letters come back; empty is that of the branch above.
    :param counts_the_day: whether its region counts a day itself as the first; None is as above.

    :raises BranchRefused: if it is to be closed while somebody works there or a branch below it does.
    :raises NotAllowed: if the actor manages no branches there.
    """
    branch = Branch.objects.select_for_update().get(pk=branch.pk)
    _may_manage(branch, by=by, at=at)
    if branch.active and not active:
        _can_close(branch, at=at)
    before = {"active": branch.active, "counts_the_day": branch.counts_the_day}
    renamed = branch.name != name
    branch.name, branch.phone, branch.active = name, phone, active
    branch.address, branch.counts_the_day = address, counts_the_day
    branch.save(update_fields=["name", "phone", "active", "address", "counts_the_day"])
    trail.record(
        "branch.changed",
        by=by,
        at=at,
        object=branch,
        branch=branch.pk,
        before=before,
        after={"active": active, "counts_the_day": counts_the_day},
        renamed=renamed,
    )
    return branch


def inherited(branch: Branch, name: str) -> Any:
    """Return what a branch says in a column, or the nearest above it that says anything; else None."""
    ends = range(len(branch.path), 0, -LEVEL_DIGITS)
    line = [branch.path[:end] for end in ends]
    said = dict(Branch.objects.filter(path__in=line).values_list("path", name))
    return next((said[path] for path in line if said.get(path) not in {"", None}), None)


def _may_manage(branch: Branch | None, *, by: Actor, at: datetime) -> None:
    if by.kind == ActorKind.STAFF and not (
        branch and rights.may(by, Permission.BRANCH_MANAGE, on=branch, at=at)
    ):
        raise rights.NotAllowed(Permission.BRANCH_MANAGE)


def _fits_below(kind: BranchKind, parent: Branch | None) -> None:
    """Check the order of the levels; organisations stand under a province and have nothing below."""
    if parent is None:
        return  # the database holds that the top is a province
    if parent.kind in ORGANISATIONS:
        raise BranchRefused(_("An organisation has no branches below it."))
    if kind in ORGANISATIONS:
        if parent.kind != BranchKind.PROVINCE:
            raise BranchRefused(_("A laboratory, a hospital or an OPO stands directly under a province."))
    elif LEVELS.index(kind) <= LEVELS.index(BranchKind(parent.kind)):
        raise BranchRefused(_("A branch of this level does not stand below that one."))


def _can_close(branch: Branch, *, at: datetime) -> None:
    if Branch.objects.filter(parent=branch, active=True).exists():
        raise BranchRefused(_("Branches below this one still work. Close them first."))
    if RoleAt.objects.on(timezone.localdate(at)).filter(branch=branch).exists():
        raise BranchRefused(_("People still hold roles at this branch. End their roles first."))


def _next_path(parent: Branch | None) -> str:
    siblings = Branch.objects.filter(parent=parent).order_by("-path").values_list("path", flat=True)
    last = siblings.first()
    number = int(last[-LEVEL_DIGITS:]) + 1 if last else 1
    if number >= 10**LEVEL_DIGITS:
        raise TooManyBranches
    return (parent.path if parent else "") + str(number).zfill(LEVEL_DIGITS)
