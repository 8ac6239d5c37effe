"""What every act on a case begins and ends with: the lock on the donor, the next date, the history."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import access, moves, vault
from foundation.access import Permission
from foundation.moves import Step
from foundation.trail import Actor
from registry import signals
from registry.cases import sides
from registry.cases.models import About, CaseNote, DueWhat, MatchCase
from registry.cases.outcomes import Side
from registry.cases.states import OVER, RED_ZONE, CaseState
from registry.donors.states import DonorState

S = CaseState


def locked(case: MatchCase) -> MatchCase:
    """
    Lock the donor of a case, and return the case as the row is now.

    While this waited, two records of its donor may have been joined: then it is locked by the other one.
    """
    vault.lock(case.donor.subject_id)
    now = MatchCase.objects.select_related("donor", "patient").get(pk=case.pk)
    if now.donor_id == case.donor_id:
        return now
    vault.lock(now.donor.subject_id)
    return MatchCase.objects.select_related("donor", "patient").get(pk=case.pk)


def check(
    case: MatchCase,
    permissions: Sequence[Permission],
    *,
    by: Actor,
    at: datetime,
    open_only: bool = True,
    side: Side | None = None,
) -> None:
    """
    Ask for one of several rights on a case, and that it has not ended.

    :param side: whose act it is, where it belongs to one side of the match.
    :raises moves.NotAllowed: if the actor holds none of them here.
    :raises moves.Refused: if the case has ended, or the actor looks after the other side.
    """
    if not any(access.may(by, permission, on=case, at=at) for permission in permissions):
        raise moves.NotAllowed(permissions[0].value)
    if open_only and case.state in OVER:
        raise moves.Refused([_("This match has ended. Nothing can be added to it any more.")])
    if side is not None and (against := sides.stands_against(case, side, by=by)):
        raise moves.Refused(against)


def make(
    case: MatchCase,
    name: str,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    saves: Collection[str] = (),
    **facts: Any,
) -> Step:
    """
    Make a move of a locked case, keep its next date, and tell the rooms above.

    :raises moves.Refused: with every sentence that stands against it.
    """
    facts.setdefault("given", True)
    step = moves.make(case, name, by=by, at=at, reason=reason, saves=saves, **facts)
    keep_due(case)
    signals.case_moved.send(MatchCase, case=case, step=step, by=by, at=at)
    return step


def keep_due(case: MatchCase) -> None:
    """Work out the next date of a case, and keep it on its row."""
    what, due_on = next_due(case)
    if (case.due_what, case.due_on) != (what, due_on):
        case.due_what, case.due_on = what, due_on
        case.save(update_fields=["due_what", "due_on"])


def next_due(case: MatchCase) -> tuple[str, date | None]:
    """Return what the next date of a case is, and which; "" and None where there is none."""
    behind_a_donation = case.state == S.WAITING and case.donor.state == DonorState.DONATED
    if case.state in OVER or behind_a_donation:
        return "", None  # follow-ups stand in their own rows; who has given is kept for nobody
    if case.state == S.POSTPONED:
        return DueWhat.POSTPONED, case.postponed_until
    if case.state == S.NOTIFIED and case.first_tried_at is None:
        return DueWhat.CONTACT, case.contact_due_on
    if case.state == S.SCHEDULED and case.conditioning_on:
        return DueWhat.CONDITIONING, case.conditioning_on
    if case.state in {*RED_ZONE, S.HANDED_OVER} and case.collection_on:
        return DueWhat.COLLECTION, case.collection_on
    return DueWhat.RESERVATION, case.clock_ends_on


def write_note(
    case: MatchCase, about: About, *, by: Actor, at: datetime, words: str = "", **columns: Any
) -> CaseNote:
    """Write a line of a case's history; words are sealed under the donor's key."""
    line = CaseNote(case=case, about=about, at=at, **columns, **by.columns())
    seal(case, line, words=words.strip())
    line.save(force_insert=True)
    return line


def seal(case: MatchCase, row: Any, **values: str) -> None:
    """
    Seal the words of a row under the key of the case's donor; empty ones stay empty.

    :raises moves.Refused: if the donor's data were erased.
    """
    kept = {name: value for name, value in values.items() if value}
    if not kept:
        return
    key = case.donor.subject.key_id
    if key is None:
        raise moves.Refused([_("The data of this donor were erased. Nothing can be added any more.")])
    vault.seal(row, key=key, **kept)


def day_of(at: datetime) -> date:
    """Return the day of a moment where the branch stands."""
    return timezone.localdate(at)


def by_id(case_id: UUID) -> MatchCase:
    """Return a case by id, for tasks that carry ids alone."""
    return MatchCase.objects.select_related("donor").get(pk=case_id)
