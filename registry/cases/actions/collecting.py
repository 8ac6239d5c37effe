"""Cells are collected, handed over and arrive; what did the donor harm is graded and written down."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from foundation import moves, trail
from foundation.trail import Actor
from registry.cases import cells, harm, rules
from registry.cases.actions import common, facts
from registry.cases.hospitals import Hospital
from registry.cases.models import About, AdverseEvent, CaseNote, CollectionDay, HandOver, MatchCase
from registry.cases.outcomes import Side
from registry.cases.states import CaseState, reached

S = CaseState
SERIOUS_FROM: Final = 3  # grades from here on are reported upward. Source: docs/sources.md#adverse-events


@transaction.atomic
def record_day(
    case: MatchCase,
    *,
    on: date,
    volume_ml: Decimal,
    by: Actor,
    at: datetime,
    cd34_per_kg: Decimal | None = None,
    words: str = "",
) -> CollectionDay:
    """
    Write down one day of collection; the same day again is a correction.

    :param cd34_per_kg: unit: 10⁶ CD34⁺ cells a kilogram of the patient.
    :raises moves.Refused: with every sentence that stands against it.
    :raises moves.NotAllowed: if the actor neither decides nor is of the hospital that collects.
    """
    case = common.locked(case)
    facts.check(case, rules.DECIDE, or_of=Hospital.COLLECTION, by=by, at=at, side=Side.DONOR)
    if case.state != S.COLLECTING:
        raise moves.WrongState(move="record_day", state=str(case.state))
    if on > common.day_of(at) or case.conditioning_at is None or on < common.day_of(case.conditioning_at):
        raise moves.Refused([_("Choose a day since conditioning began, and not one to come.")])
    known = case.collection_days.filter(on=on).first()
    day = known or CollectionDay(case=case, on=on)
    day.volume_ml, day.cd34_per_kg, day.entered_at = volume_ml, cd34_per_kg, at
    for name, value in by.columns().items():
        setattr(day, name, value)
    day.words = None  # a correction leaves nothing of before
    common.seal(case, day, words=words.strip())
    day.save(force_insert=known is None)
    trail.record("case.collected", by=by, at=at, object=case, on=on.isoformat(), again=known is not None)
    return day


@transaction.atomic
def record_adverse_event(
    case: MatchCase,
    *,
    on: date,
    phase: str,
    grade: int,
    by: Actor,
    at: datetime,
    serious: bool = False,
    words: str = "",
) -> AdverseEvent:
    """
    Write down what did the donor harm. From grade 3 on, or where somebody says so, it is serious.

    :param grade: 1 to 5 of CTCAE.
    :raises moves.Refused: with every sentence that stands against it.
    :raises moves.NotAllowed: if the actor neither works on the case nor is of the hospital that collects.

    Source: docs/sources.md#adverse-events
    """
    case = common.locked(case)
    facts.check(case, rules.WORK, or_of=Hospital.COLLECTION, by=by, at=at, open_only=False)
    if not reached(case.stands_at, S.CONDITIONING):
        raise moves.Refused([_("Adverse events are entered from conditioning on.")])
    if on > common.day_of(at) or on < common.day_of(case.opened_at):
        raise moves.Refused([_("Choose a day since the match began, and not one to come.")])
    event = AdverseEvent(
        case=case,
        on=on,
        phase=phase,
        grade=grade,
        serious=serious or grade >= SERIOUS_FROM,
        entered_at=at,
        **by.columns(),
    )
    common.seal(case, event, words=words.strip())
    event.save(force_insert=True)
    trail.record("case.adverse_event", by=by, at=at, object=case, grade=grade, serious=event.serious)
    return event


@transaction.atomic
def record_no_harm(case: MatchCase, *, by: Actor, at: datetime) -> CaseNote:
    """
    Write down that nothing did the donor harm up to now; said again after each further day.

    :raises moves.Refused: if no day of collection is written down, or harm is since the last of them.
    :raises moves.NotAllowed: if the actor neither works on the case nor is of the hospital that collects.
    """
    case = common.locked(case)
    facts.check(case, rules.WORK, or_of=Hospital.COLLECTION, by=by, at=at, side=Side.DONOR)
    if case.state != S.COLLECTING:
        raise moves.WrongState(move="record_no_harm", state=str(case.state))
    if missing := missing_for_no_harm(case):
        raise moves.Refused(missing)
    trail.record("case.no_adverse_event", by=by, at=at, object=case)
    return common.write_note(case, About.NO_HARM, by=by, at=at)


def missing_for_no_harm(case: MatchCase) -> list[str | Promise]:
    """Return what stands against saying that nothing did the donor harm."""
    if not case.collection_days.exists():
        return [_("Write the days of collection down first.")]
    return [_("An adverse event is written down already.")] if harm.event_of_now(case) else []


@transaction.atomic
def begin_hand_over(
    case: MatchCase,
    *,
    bags: int,
    temperature_c: Decimal,
    courier: str,
    left_at: datetime,
    by: Actor,
    at: datetime,
) -> HandOver:
    """
    Check the label as the first person, and write down bags, courier and temperature.

    As long as no second person has checked, it can be done anew.

    :raises moves.Refused: if a second person has checked already, or the match does not stand there.
    """
    case = common.locked(case)
    facts.check(case, rules.WORK, or_of=Hospital.COLLECTION, by=by, at=at)
    if case.state != S.COLLECTING:
        raise moves.WrongState(move="begin_hand_over", state=str(case.state))
    if left_at > at or case.conditioning_at is None or left_at < case.conditioning_at:
        raise moves.Refused([_("The cells leave after conditioning began, and not in the future.")])
    known = HandOver.objects.filter(case=case).first()
    if known is not None and known.second_at is not None:
        raise moves.Refused([_("Two people have checked the label already.")])
    made = known or HandOver(case=case)
    made.at, made.bags, made.temperature_c = left_at, bags, temperature_c
    for name, value in by.columns().items():
        setattr(made, name, value)
    common.seal(case, made, courier=courier.strip())
    made.save(force_insert=known is None)
    trail.record("case.label_checked", by=by, at=at, object=case, bags=bags)
    return made


@transaction.atomic
def confirm_hand_over(case: MatchCase, *, by: Actor, at: datetime) -> HandOver:
    """
    Check the label as the second person.

    :raises moves.Refused: if nobody has checked first, or the same person did.
    """
    case = common.locked(case)
    facts.check(case, rules.WORK, or_of=Hospital.COLLECTION, by=by, at=at)
    if case.state != S.COLLECTING:
        raise moves.WrongState(move="confirm_hand_over", state=str(case.state))
    made = HandOver.objects.filter(case=case).first()
    if made is None:
        raise moves.Refused([_("Nobody has checked the label yet.")])
    if made.second_at is not None:
        raise moves.Refused([_("Two people have checked the label already.")])
    if made.by_id == by.id:
        raise moves.Refused([_("You checked it first: a second person must check it too.")])
    made.second_id, made.second_at = by.id, at
    made.save(update_fields=["second_id", "second_at"])
    trail.record("case.label_checked_again", by=by, at=at, object=case)
    return made


@transaction.atomic
def record_arrival(
    case: MatchCase, *, arrived_at: datetime, arrived_c: Decimal | None = None, by: Actor, at: datetime
) -> HandOver:
    """
    Write down when the cells arrived, and how cold the box was.

    :raises moves.Refused: if they have not left, or the moment is not possible.
    :raises moves.NotAllowed: if the actor neither works on the case nor speaks for the transplant hospital.
    """
    case = common.locked(case)
    enters = cells.arrival_can_be_entered(case)
    facts.check(
        case, rules.WORK, or_of=Hospital.TRANSPLANT, by=by, at=at, side=Side.PATIENT, open_only=not enters
    )
    if not enters:
        raise moves.WrongState(move="record_arrival", state=str(case.state))
    made: HandOver = HandOver.objects.get(case=case)
    if not made.at <= arrived_at <= at:
        raise moves.Refused([_("The cells arrive after they left, and not in the future.")])
    made.arrived_at, made.arrived_c = arrived_at, arrived_c
    made.save(update_fields=["arrived_at", "arrived_c"])
    trail.record("case.cells_arrived", by=by, at=at, object=case)
    return made
