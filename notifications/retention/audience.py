"""Whom a step of a programme for everybody reaches on a day, and by which way, as conditions of one query."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate

from consent import gate
from consent.purposes import Purpose
from foundation.calendar import CHINA
from notifications.channel_names import Channel
from notifications.programmes import planning
from notifications.programmes.models import ProgrammeStep, Rule
from notifications.recipients.models import ContactState, Reach
from registry.donors.models import CallKind, CallTask, ContactChoice, Donor
from registry.donors.reach import REACHABLE
from registry.donors.states import LIVE, DonorState

_THINKING: Final = (DonorState.REGISTERED, DonorState.SAMPLED)
_LONGEST: Final = 60  # years on the register; an anniversary beyond is nobody's
# Days that steps count from: the column, and in which states a donor is meant.
_BASES: Final = {
    "registered_on": (TruncDate("registered_at", tzinfo=CHINA), _THINKING),
    "listed_on": (F("listed_on"), (DonorState.LISTED,)),
    "verified_on": (F("contact_verified_on"), (DonorState.LISTED,)),
    "age_notice_on": (F("age_notice_on"), LIVE),
}
_WAYS: Final = {
    Channel.SMS: (Purpose.CONTACT_SMS, Q(phone__isnull=False, phone_wrong_on__isnull=True)),
    Channel.EMAIL: (Purpose.CONTACT_EMAIL, Q(email__isnull=False)),
}


def on_day(step: ProgrammeStep, day: date) -> QuerySet[Donor]:
    """
    Return the donors whom a step reaches on a day, each with ``base`` and the ``way`` that is open to them.

    The days are those of ``planning``, turned round: which days to count from lead to this one.
    """
    donors = _base(_reachable(), step, day).annotate(way=_way(step.channels)).exclude(way="")
    return donors.filter(*(CONDITIONS[name](day) for name in step.conditions))


def _reachable() -> QuerySet[Donor]:
    """Return whom anything may be sent to at all; asked again, one by one, when it is."""
    return Donor.objects.filter(
        REACHABLE,
        contact_choice=ContactChoice.NORMAL,
        merged_into__isnull=True,
        subject__died_reported_at__isnull=True,
        subject__restricted_at__isnull=True,
        subject__erased_at__isnull=True,
    ).exclude(gate.agreed(Purpose.CONTACT_IF_MATCHED_ONLY))


def _base(donors: QuerySet[Donor], step: ProgrammeStep, day: date) -> QuerySet[Donor]:
    if step.rule == Rule.SOLAR:
        its_day = planning.clamped(day.year, step.month, step.day) + timedelta(days=step.offset_days)
        return donors.annotate(base=F("registered_at")) if its_day == day else donors.none()
    column, states = _BASES[step.base]
    return donors.filter(state__in=states).annotate(base=column).filter(base__in=days_before(step, day))


def days_before(step: ProgrammeStep, day: date) -> list[date]:
    """Return from which days a step, counted from one of them, falls on this day."""
    if step.rule == Rule.YEARLY:
        numbers = range(max(step.first_year, 1), (step.last_year or _LONGEST) + 1)
        near = ((_back(day, 12 * number, step.offset_days), number) for number in numbers)
        return [
            base
            for start, number in near
            for base in _around(start)
            if planning.solar_anniversary(base, number) + timedelta(days=step.offset_days) == day
        ]
    start = _back(day, step.offset_months, step.offset_days)
    shift = timedelta(days=step.offset_days)
    return [base for base in _around(start) if planning.add_months(base, step.offset_months) + shift == day]


def _back(day: date, months: int, days: int) -> date:
    return planning.add_months(day - timedelta(days=days), -months)


def _around(day: date) -> Iterable[date]:
    """Return the days about a day: the ends of months of unlike length are at most three apart."""
    return (day + timedelta(days=n) for n in range(-3, 4))


def _way(ways: Iterable[str]) -> Case:
    """Return the first way that somebody agreed to, has an address for and did not stop."""
    known = [Channel(way) for way in ways if way in _WAYS]
    return Case(
        *(When(_is_open(way), then=Value(way.value)) for way in known),
        default=Value(""),
        output_field=CharField(max_length=8),
    )


def _is_open(way: Channel) -> Q:
    purpose, has_address = _WAYS[way]
    closed = ContactState.objects.filter(subject=OuterRef("subject"), channel=way).exclude(state=Reach.OK)
    return Q(gate.agreed(purpose)) & has_address & ~Q(Exists(closed))


def _not_rung(_day: date) -> Q:
    """Nobody is both rung and written to for the same."""
    calls = CallTask.objects.filter(
        donor=OuterRef("pk"), kind=CallKind.COOLING_OFF, created_at__gte=OuterRef("registered_at")
    )
    return ~Q(Exists(calls))


def _graduates(day: date) -> Q:
    return Q(graduates_on__year=day.year, state__in=LIVE)


CONDITIONS: Final = {"not_rung": _not_rung, "graduates": _graduates}
