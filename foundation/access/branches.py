"""Make and move branches: the only place that writes a path."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from foundation import trail
from foundation.access.models import Branch, BranchKind
from foundation.access.scopes import LEVEL_DIGITS
from foundation.trail import Actor


class TooManyBranches(ValueError):
    """A branch has as many children as a path can number."""

    sentences = [_("This branch cannot have more branches below it.")]


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
    """
    if parent:
        Branch.objects.select_for_update().get(pk=parent.pk)
    branch = Branch(name=name, kind=kind, code=code, parent=parent, phone=phone, path=_next_path(parent))
    branch.save(force_insert=True)
    trail.record("branch.added", by=by, at=at, object=branch, branch=branch.pk, kind=kind, code=code)
    return branch


def _next_path(parent: Branch | None) -> str:
    siblings = Branch.objects.filter(parent=parent).order_by("-path").values_list("path", flat=True)
    last = siblings.first()
    number = int(last[-LEVEL_DIGITS:]) + 1 if last else 1
    if number >= 10**LEVEL_DIGITS:
        raise TooManyBranches
    return (parent.path if parent else "") + str(number).zfill(LEVEL_DIGITS)
