"""Ask for a sheet of donors; with opened fields a second person of the branch above agrees first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import approvals, jobs, moves, trail
from foundation.access import Permission, Scope, scope_of
from foundation.approvals import Approval, Decision
from foundation.trail import Actor, ActorKind
from registry.donors.exports.fields import Field, chosen
from registry.donors.models import Export

if TYPE_CHECKING:
    from foundation.access import Branch
    from foundation.jobs import Job

KIND: Final = "donors.export"  # of the job, and of the question to a second person


class MayNot(moves.Refused):
    """The asker may not have this sheet: no longer, not here, or not these fields."""


@transaction.atomic
def ask(
    branch: Branch,
    *,
    columns: Collection[str],
    filters: Mapping[str, str],
    opened: bool,
    reason: str,
    by: Actor,
    at: datetime,
) -> Export:
    """
    Ask for a sheet of the donors one may see under a branch.

    Masked, it is made at once; with a personal field opened, when a second person of the
    branch above (at the top: there) agrees.

    :param columns: keys of fields. :param filters: codes of the donor list's filters.
    :raises MayNot: without the right to export there, or to one of the fields.

    Source: design/security.md 2
    """
    fields = chosen(columns)
    if not fields:
        raise moves.Refused([_("Choose at least one column.")])
    export = Export(
        branch=branch,
        branch_path=branch.path,
        columns=[one.key for one in fields],
        filters={name: value for name, value in filters.items() if value},
        opened=opened and any(one.is_personal for one in fields),
        reason=reason,
        asked_at=at,
        **by.columns(),
    )
    check(export, at=at)
    export.save(force_insert=True)
    _set_going(export, by=by, at=at)
    return export


def _set_going(export: Export, *, by: Actor, at: datetime) -> None:
    """Write down what was asked, and begin the work or ask whoever must agree first."""
    trail.record(
        "export.asked",
        by=by,
        at=at,
        object=export,
        branch=export.branch_id,
        reason=export.reason,
        columns=export.columns,
        opened=export.opened,
        filters=export.filters,
    )
    if export.opened:
        approvals.ask(KIND, export, by=by, at=at, reason=export.reason)
    elif by.kind == ActorKind.STAFF:
        begin(export, at=at)


def check(export: Export, *, at: datetime) -> None:
    """
    Ask again whether the asker may have this sheet: when it is asked for, made and taken.

    :raises MayNot: if not.

    Source: design/security-checklist.md 7
    """
    if export.ready_at is not None:
        check_agreed(export)
    if export.by_kind == ActorKind.COMMAND:
        return  # whoever runs commands holds the keys; what is opened still waits for a second person
    needed = {Permission.DONOR_EXPORT, *(p for one in fields_of(export) if (p := one.permission))}
    for permission in needed:
        if not scope_of(export.by_id, permission, at=at).covers(export.branch_path):
            raise MayNot([_("You may not, or no longer, have these fields of this branch as a sheet.")])


def check_agreed(export: Export) -> None:
    """
    Ask whether a second person agreed to what is opened, whoever asked for it.

    :raises MayNot: if not.
    """
    if export.opened and not agreed(export):
        raise MayNot([_("Nobody has agreed to open these fields.")])


def scope_of_export(export: Export) -> Scope:
    """Return the branches whose donors stand in a sheet, once ``check`` has let it pass."""
    return Scope.of([export.branch_path])


def fields_of(export: Export) -> tuple[Field, ...]:
    """Return the fields of a sheet in the order of its columns."""
    return chosen(export.columns)


def question_of(export: Export) -> Approval | None:
    """Return the newest question to a second person about a sheet."""
    asked: Any = Approval.objects.about(export).filter(kind=KIND).order_by("-id")
    return asked.first()  # type: ignore[no-any-return]


def agreed(export: Export) -> bool:
    """Return whether a second person agreed to open this sheet."""
    question = question_of(export)
    return question is not None and question.decision == Decision.YES


@transaction.atomic
def begin(export: Export, *, at: datetime) -> Job:
    """
    Have the sheet made, or go on with what was stopped, in the name of whoever asked.

    :raises moves.Refused: while nobody has agreed, or when it is done.
    """
    check(export, at=at)
    if export.opened and not agreed(export):
        raise moves.Refused([_("A second person must agree before these fields are opened.")])
    if export.ready_at is not None or export.ended_at is not None:
        raise moves.Refused([_("This sheet is done. Ask for a new one.")])
    running = jobs.waiting_or_running(KIND, about=export.pk).first()
    return running or jobs.start(
        KIND, {"export": str(export.pk)}, about=export.pk, by=Actor.of(export), at=at, branch=export.branch
    )


def take_back(export: Export, *, by: Actor, at: datetime) -> None:
    """Take the question to a second person back, if nobody has answered it."""
    question = question_of(export)
    if question is not None and not question.decision:
        approvals.take_back(question, by=by, at=at)


def on_yes(approval: Approval, *, by: Actor, at: datetime) -> None:
    """Begin what a second person agreed to; a command waits to be run again."""
    export = Export.objects.select_related("branch").get(pk=approval.object_id)
    approvals.use(approval, by=by, at=at)
    if export.by_kind == ActorKind.STAFF:
        begin(export, at=at)


def job_of(export: Export) -> Job | None:
    """Return the newest work that makes a sheet."""
    return jobs.latest(KIND, about=export.pk)
