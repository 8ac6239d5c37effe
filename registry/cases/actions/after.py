"""After the donation: fourteen follow-ups to the tenth year, and what is done where somebody is not well."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from foundation import access, calendar, moves, trail
from foundation.trail import Actor
from registry.cases import followups, rules
from registry.cases.actions import common
from registry.cases.actions.collecting import record_adverse_event
from registry.cases.models import About, AdverseEvent, FollowUp, MatchCase, Phase
from registry.cases.outcomes import Side
from registry.cases.states import CaseState
from registry.donors import actions as donors
from registry.donors.models import CallKind, Donor

PLANNED = "cases.follow_ups"  # the task that makes the rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Harm that a donor tells of. :param grade: 1 to 5. :param serious: is to be reported upward."""

    on: date
    grade: int
    serious: bool
    words: str = ""


@transaction.atomic
def plan_follow_ups(case: MatchCase) -> int:
    """Make a row for each follow-up of a donation, with its day; twice is once. Return how many are new."""
    case = common.locked(case)
    if case.donated_on is None:
        return 0
    there = set(case.follow_ups.values_list("key", flat=True))
    by = access.task_actor(PLANNED).columns()
    days = followups.due_days(case.donated_on)
    rows = [FollowUp(case=case, key=key, due_on=on, **by) for key, on in days.items() if key not in there]
    FollowUp.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def record_follow_up(
    row: FollowUp,
    *,
    wellbeing: int,
    answers: Mapping[str, str],
    labs: Mapping[str, Decimal],
    words: str,
    by: Actor,
    at: datetime,
    event: Event | None = None,
) -> FollowUp:
    """
    Keep what a donor answered; once more, with more of it, replaces what stood there.

    Who is not well, and of whom no event is written down, is rung on the next working day.

    :raises moves.Refused: if it is too early to ask this.
    :raises moves.NotAllowed: if the actor may not work on the case.
    """
    case = common.locked(row.case)
    common.check(case, rules.WORK, by=by, at=at, open_only=False, side=Side.DONOR)
    row = FollowUp.objects.get(pk=row.pk)
    early = timedelta(days=settings.FOLLOW_UP_DAYS_EARLY)
    if common.day_of(at) < row.due_on - early:
        raise moves.Refused([_("It is too early to ask this: its day has not come near.")])
    again = row.done_at is not None
    _fill(case, row, wellbeing=wellbeing, answers=answers, labs=labs, words=words, by=by, at=at)
    trail.record("follow_up.recorded", by=by, at=at, object=case, key=row.key, again=again)
    if event is not None:
        record_adverse_event(case, phase=Phase.FOLLOW_UP, **asdict(event), by=by, at=at)
    elif followups.is_unwell(wellbeing, answers, bad=settings.FOLLOW_UP_BAD):
        ring_soon(case, by=by, at=at)
    return row


@transaction.atomic
def answer_by_donor(
    donor: Donor, *, step: str, wellbeing: int, symptoms: bool, words: str, by: Actor, at: datetime
) -> FollowUp | None:
    """
    Fill in the follow-up that a donor answers by their own link; a staff's fuller record stays.

    :param step: of the programme that asked.
    :returns: the row, or None where no donation of ours asks for it. Nobody is rung: the caller does.
    """
    case = MatchCase.objects.filter(donor=donor, state=CaseState.DONATED).order_by("-donated_on").first()
    if case is None or case.donated_on is None or donor.subject.key_id is None:
        return None
    key = followups.key_of(step, donated_on=case.donated_on, on=common.day_of(at))
    case = common.locked(case)
    row = FollowUp.objects.filter(case=case, key=key, done_at__isnull=True).first()
    if row is None:
        return None
    answers = {"symptoms": "yes" if symptoms else "no"}
    _fill(case, row, wellbeing=wellbeing, answers=answers, labs={}, words=words, by=by, at=at)
    trail.record("follow_up.answered", by=by, at=at, object=case, key=row.key)
    return row


@transaction.atomic
def report_event(
    event: AdverseEvent, *, to: str, reference: str, when: datetime, by: Actor, at: datetime
) -> AdverseEvent:
    """
    Write down that a serious event was reported upward: to which office, when, under which number.

    :raises moves.Refused: if it is not serious, was reported before, or the moment cannot be.
    :raises moves.NotAllowed: if the actor may not work on the case.
    """
    case = common.locked(event.case)
    common.check(case, rules.WORK, by=by, at=at, open_only=False)
    event = AdverseEvent.objects.select_for_update().get(pk=event.pk)
    if not event.serious:
        raise moves.Refused([_("Only serious events are reported upward.")])
    if event.reported_at is not None:
        raise moves.Refused([_("This event was reported before.")])
    if not event.on <= common.day_of(when) or when > at:
        raise moves.Refused([_("It was reported after it happened, and not ahead.")])
    event.reported_at, event.reported_to, event.reference = when, to.strip(), reference.strip()
    event.save(update_fields=["reported_at", "reported_to", "reference"])
    common.write_note(case, About.EVENT_REPORTED, by=by, at=at, code=str(event.grade))
    trail.record("case.event_reported", by=by, at=at, object=case, grade=event.grade)
    return event


def ring_soon(case: MatchCase, *, by: Actor, at: datetime) -> None:
    """Let somebody ring a donor who is not well, on the next working day; who has left is not rung."""
    if case.donor.is_gone:
        return
    due = calendar.add_working_days(common.day_of(at), settings.FOLLOW_UP_WORKING_DAYS)
    donors.plan_call(case.donor, kind=CallKind.FOLLOW_UP, due_on=due, by=by, at=at)


def _fill(
    case: MatchCase,
    row: FollowUp,
    *,
    wellbeing: int,
    answers: Mapping[str, str],
    labs: Mapping[str, Decimal],
    words: str,
    by: Actor,
    at: datetime,
) -> None:
    row.done_at, row.wellbeing = at, wellbeing
    row.answers = row.labs = row.words = None
    for name, value in by.columns().items():
        setattr(row, name, value)
    cells = {
        "answers": json.dumps(dict(answers), sort_keys=True) if answers else "",
        "labs": json.dumps({key: str(value) for key, value in labs.items()}, sort_keys=True) if labs else "",
        "words": words.strip(),
    }
    common.seal(case, row, **cells)
    row.save()
