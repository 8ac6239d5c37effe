"""The donor's journey: where to be and what to do by when, insurance and leave, money laid out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moves, trail
from foundation.access import Permission
from foundation.trail import Actor
from registry.cases import rules
from registry.cases.actions import common
from registry.cases.models import Expense, Journey, Leg, MatchCase
from registry.cases.outcomes import Side
from registry.cases.states import CaseState

BY_COMPANION: Final = (*rules.WORK, Permission.CASE_ACCOMPANY)


@transaction.atomic
def keep_journey(case: MatchCase, *, by: Actor, at: datetime, **said: Any) -> Journey:
    """
    Keep what the pack says of insurance and leave; what was said before is replaced.

    :param said: columns of ``Journey``; ``policy``, ``leave_for`` and ``words`` are sealed.
    :raises moves.Refused: if the case was closed, or an end lies before its beginning.
    :raises moves.NotAllowed: if the actor may not work on the case.
    """
    case = _travelling(case, rules.WORK, by=by, at=at)
    for first, last in (("insured_from", "insured_until"), ("leave_from", "leave_until")):
        _check_in_order(said.get(first), said.get(last))
    row = Journey.objects.filter(case=case).first() or Journey(case=case)
    cells = {name: str(said.pop(name, "")).strip() for name in ("policy", "leave_for", "words")}
    for name, value in {**said, **by.columns(), "changed_at": at}.items():
        setattr(row, name, value)
    row.policy = row.leave_for = row.words = None
    common.seal(case, row, **cells)
    row.save()
    trail.record("journey.kept", by=by, at=at, object=case)
    return row


@transaction.atomic
def add_leg(
    case: MatchCase, *, when: datetime, task: bool, place: str, words: str, by: Actor, at: datetime
) -> Leg:
    """
    Put one more thing on the itinerary: somewhere to be, or something to be done by then.

    :raises moves.Refused: if the case was closed, or nothing is said.
    :raises moves.NotAllowed: if the actor neither works on the case nor accompanies the donor.
    """
    case = _travelling(case, BY_COMPANION, by=by, at=at)
    if not (place.strip() or words.strip()):
        raise moves.Refused([_("Say where to be, or what is to be done.")])
    leg = Leg(case=case, at=when, task=task, **by.columns())
    common.seal(case, leg, place=place.strip(), words=words.strip())
    leg.save(force_insert=True)
    trail.record("journey.leg_added", by=by, at=at, object=case, task=task)
    return leg


@transaction.atomic
def remove_leg(leg: Leg, *, by: Actor, at: datetime) -> None:
    """
    Take an entry off the itinerary again; the trail keeps that there was one.

    :raises moves.NotAllowed: if the actor neither works on the case nor accompanies the donor.
    """
    case = _travelling(leg.case, BY_COMPANION, by=by, at=at)
    Leg.objects.filter(pk=leg.pk).delete()
    trail.record("journey.leg_removed", by=by, at=at, object=case)


@transaction.atomic
def tick(leg: Leg, *, done: bool, by: Actor, at: datetime) -> None:
    """
    Tick a task, or take the tick off; twice is once.

    :raises moves.NotAllowed: if the actor neither works on the case nor accompanies the donor.
    """
    case = _travelling(leg.case, BY_COMPANION, by=by, at=at)
    leg = Leg.objects.select_for_update().get(pk=leg.pk)
    if (leg.done_at is not None) == done:
        return
    leg.done_at = at if done else None
    leg.save(update_fields=["done_at"])
    trail.record("journey.ticked", by=by, at=at, object=case, done=done)


@transaction.atomic
def add_expense(case: MatchCase, *, on: date, kind: str, amount_fen: int, by: Actor, at: datetime) -> Expense:
    """
    Write down money that a donor or their companion laid out, to be given back.

    :param amount_fen: hundredths of a yuan.
    :raises moves.Refused: if the day lies ahead.
    :raises moves.NotAllowed: if the actor neither works on the case nor accompanies the donor.
    """
    case = _locked(case, BY_COMPANION, by=by, at=at)
    if on > common.day_of(at):
        raise moves.Refused([_("Money was laid out today or before.")])
    row = Expense.objects.create(
        case=case, on=on, kind=kind, amount_fen=amount_fen, entered_at=at, **by.columns()
    )
    trail.record("expense.entered", by=by, at=at, object=case, kind=kind, amount_fen=amount_fen)
    return row


@transaction.atomic
def pay_expense(expense: Expense, *, on: date, by: Actor, at: datetime) -> None:
    """
    Write down that money was given back; twice is once, with the first day.

    :raises moves.Refused: if the day lies ahead, or before the money was laid out.
    :raises moves.NotAllowed: if the actor may not work on the case.
    """
    case = _locked(expense.case, rules.WORK, by=by, at=at)
    expense = Expense.objects.select_for_update().get(pk=expense.pk)
    if expense.paid_on is not None:
        return
    if not expense.on <= on <= common.day_of(at):
        raise moves.Refused([_("It is given back after it was laid out, and today at the latest.")])
    expense.paid_on = on
    expense.save(update_fields=["paid_on"])
    trail.record("expense.paid", by=by, at=at, object=case, paid_on=on.isoformat())


def _travelling(
    case: MatchCase, permissions: tuple[Permission, ...], *, by: Actor, at: datetime
) -> MatchCase:
    """Return the case, locked, of somebody who may still travel: it was not closed."""
    case = _locked(case, permissions, by=by, at=at)
    if case.state == CaseState.CLOSED:
        raise moves.Refused([_("This match has ended. Nothing can be added to it any more.")])
    return case


def _locked(case: MatchCase, permissions: tuple[Permission, ...], *, by: Actor, at: datetime) -> MatchCase:
    case = common.locked(case)
    common.check(case, permissions, by=by, at=at, open_only=False, side=Side.DONOR)
    return case


def _check_in_order(first: date | None, last: date | None) -> None:
    if first and last and last < first:
        raise moves.Refused([_("The last day lies before the first.")])
