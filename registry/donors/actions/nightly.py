"""What comes due by itself at night: pauses that end, ages that are reached, calls that are missing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from foundation import moves, trail
from foundation.trail import Actor
from registry import signals
from registry.donors import no_calls
from registry.donors.actions import common
from registry.donors.actions.leaving import age_out
from registry.donors.actions.tasks import open_unasked
from registry.donors.models import Call, CallKind, CallResult, CallState, CallTask, ContactChoice, Donor
from registry.donors.states import NOT_IN_A_CASE, DonorState

AT_ONCE: Final = 500
AGE_LETTER: Final = "donor.age_notice"  # the words that tell the day on which the register ends
ASK_AGAIN: Final = timedelta(days=7)  # a pause over whose call was made, and still nobody decided [D]


def years_before(day: date, years: int) -> date:
    """Return the same day some years earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def call_where_a_pause_ended(*, by: Actor, at: datetime) -> int:
    """Put those whose pause is over on the call list; safe to run twice. Returns how many."""
    tasks = CallTask.objects.filter(donor=OuterRef("pk"), kind=CallKind.HOLD_ENDED)
    asked = Exists(tasks.filter(state=CallState.OPEN)) | Exists(tasks.filter(ended_at__gt=at - ASK_AGAIN))
    over = Donor.objects.filter(state=DonorState.ON_HOLD, hold_until__lte=common.day_of(at))
    return _open_all(over.exclude(asked), CallKind.HOLD_ENDED, by=by, at=at)


def call_before_listing(*, by: Actor, at: datetime) -> int:
    """Put those who are typed and were never asked on the call list; safe to run twice."""
    tasks = CallTask.objects.open().filter(donor=OuterRef("pk"), kind=CallKind.PRE_LISTING)
    calls = Call.objects.filter(donor=OuterRef("pk"), kind=CallKind.PRE_LISTING)
    typed = Donor.objects.filter(state=DonorState.TYPED, death_reported_at__isnull=True)
    return _open_all(typed.exclude(Exists(tasks) | Exists(calls)), CallKind.PRE_LISTING, by=by, at=at)


def tell_of_age_limits(*, by: Actor, at: datetime) -> int:
    """
    Tell those who have passed the age to donate, and those whose register ends soon.

    From the first on nobody is offered to a patient any more. Never during a case.
    """
    today = common.day_of(at)
    last = years_before(today, settings.AGE_TO_DONATE)
    soon = years_before(today + timedelta(days=settings.AGE_NOTICE_DAYS), settings.AGE_HIGHEST)
    live = Donor.objects.filter(state__in=NOT_IN_A_CASE, death_reported_at__isnull=True)
    told = _tell(
        live.filter(born_on__lte=last, limit_notice_on__isnull=True), "limit_notice_on", by=by, at=at
    )
    return told + _tell(
        live.filter(born_on__lte=soon, age_notice_on__isnull=True), "age_notice_on", by=by, at=at
    )


def age_out_due(*, by: Actor, at: datetime) -> int:
    """
    End the register for those who reached the age limit and were told. Never during a case.

    Told is who was written to or spoken to. Who wants no word of ours, may get none, or cannot be found, is
    not waited for.
    """
    today = common.day_of(at)
    due = Donor.objects.filter(
        state__in=NOT_IN_A_CASE,
        born_on__lte=years_before(today, settings.AGE_HIGHEST),
        age_notice_on__lte=today - timedelta(days=settings.AGE_NOTICE_DAYS),
    )
    done = 0
    for donor in list(due.filter(_was_told()).order_by("pk")[:AT_ONCE]):
        try:
            age_out(donor, by=by, at=at)
        except moves.Refused:  # reserved since it was read: the next night asks again
            continue
        done += 1
    return done


def call_about_age(donors: QuerySet[Donor], *, by: Actor, at: datetime) -> int:
    """Put those on the call list whom no message told of an age limit; safe to run twice."""
    tasks = CallTask.objects.open().filter(donor=OuterRef("pk"), kind=CallKind.AGE_LIMIT)
    return _open_all(donors.exclude(Exists(tasks)), CallKind.AGE_LIMIT, by=by, at=at)


def spoken_to_since(column: str) -> Exists:
    """Return whether somebody spoke to a donor of the age limits since the day in a column."""
    calls = Call.objects.filter(donor=OuterRef("pk"), kind=CallKind.AGE_LIMIT, undone_at__isnull=True)
    return Exists(calls.filter(result=CallResult.REACHED, at__date__gte=OuterRef(column)))


def _was_told() -> Q:
    written = Donor.objects.filter(
        pk=OuterRef("pk"),
        subject__messages__wording=AGE_LETTER,
        subject__messages__state="SENT",
        subject__messages__sent_at__date__gte=F("age_notice_on"),
    )
    unwanted = Q(contact_choice=ContactChoice.ONLY_IF_MATCHED) | Q(objected_at__isnull=False)
    unwanted |= no_calls.asked_for()
    not_waited_for = unwanted | Q(subject__restricted_at__isnull=False) | Q(state=DonorState.LOST)
    return Q(Exists(written)) | Q(spoken_to_since("age_notice_on")) | not_waited_for


def _open_all(donors: QuerySet[Donor], kind: CallKind, *, by: Actor, at: datetime) -> int:
    chosen = list(donors.exclude(no_calls.asked_for()).order_by("pk")[:AT_ONCE])
    for stale in chosen:
        with transaction.atomic():
            donor = common.locked(stale)
            if donor.state != stale.state:  # withdrew, or went on, since it was read
                continue
            if open_unasked(donor, kind, due_on=common.day_of(at), at=at):
                trail.record("call.planned", by=by, at=at, object=donor, kind=str(kind))
    return len(chosen)


def _tell(donors: QuerySet[Donor], column: str, *, by: Actor, at: datetime) -> int:
    chosen = list(donors.order_by("pk")[:AT_ONCE])
    limit = "donation" if column == "limit_notice_on" else "register"
    for stale in chosen:
        with transaction.atomic():
            donor = common.locked(stale)
            setattr(donor, column, common.day_of(at))
            donor.save(update_fields=[column])
            trail.record("donor.told_of_age", by=by, at=at, object=donor, limit=limit)
            signals.donor_will_age_out.send(
                Donor, donor=donor, limit=limit, on=common.day_of(at), by=by, at=at
            )
    return len(chosen)
