"""Whom a step of a programme for everybody reaches on a day, and by which way, as conditions of one query."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from consent import gate
from consent.purposes import Purpose
from foundation.calendar import CHINA, start_of
from notifications.channel_names import Channel
from notifications.programmes import reckoning
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
    "limit_notice_on": (F("limit_notice_on"), LIVE),
    "age_notice_on": (F("age_notice_on"), LIVE),
}
_WAYS: Final = {
    Channel.SMS: (Purpose.CONTACT_SMS, Q(phone__isnull=False, phone_wrong_on__isnull=True)),
    Channel.EMAIL: (Purpose.CONTACT_EMAIL, Q(email__isnull=False)),
}


def on_days(step: ProgrammeStep, days: Collection[date]) -> QuerySet[Donor]:
    """
    Return the donors whom a step reaches on some days of a year, each with the ``base`` it counts from.

    The days are those of ``planning``, turned round: which days to count from lead to these.
    """
    donors = _base(_reachable(), step, days)
    return donors.filter(*(CONDITIONS[name](max(days)) for name in step.conditions))


def by_way(donors: QuerySet[Donor], way: str) -> QuerySet[Donor]:
    """Return those who agreed to a way, have an address for it and did not stop it."""
    if way not in _WAYS:
        return donors.none()
    purpose, has_address = _WAYS[Channel(way)]
    closed = ContactState.objects.filter(subject=OuterRef("subject"), channel=way).exclude(state=Reach.OK)
    return donors.filter(gate.agreed(purpose), has_address, ~Exists(closed))


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


def _base(donors: QuerySet[Donor], step: ProgrammeStep, days: Collection[date]) -> QuerySet[Donor]:
    if step.rule == Rule.SOLAR:
        return _on_its_day(donors, step, days).annotate(base=F("registered_at"))
    column, states = _BASES[step.base]
    counted = sorted({base for day in days for base in days_before(step, day)})
    if step.base == "registered_on" and counted:  # a moment: its index and no time zone for each row
        span = (start_of(counted[0]), start_of(counted[-1] + timedelta(days=1)))
        donors = donors.filter(registered_at__gte=span[0], registered_at__lt=span[1])
    return donors.filter(state__in=states).annotate(base=column).filter(base__in=counted)


def _on_its_day(donors: QuerySet[Donor], step: ProgrammeStep, days: Collection[date]) -> QuerySet[Donor]:
    """Return everybody on the day of a step; of those who graduate, who joined after it some days later."""
    its_day = reckoning.clamped(max(days).year, step.month, step.day) + timedelta(days=step.offset_days)
    if its_day in days:
        return donors
    later = timedelta(days=settings.GRADUATES_ASKED_AFTER_DAYS)
    joined = [day - later for day in days if day - later > its_day]
    if "graduates" not in step.conditions or not joined:
        return donors.none()
    since, until = start_of(min(joined)), start_of(max(joined) + timedelta(days=1))
    return donors.filter(registered_at__gte=since, registered_at__lt=until)


def days_before(step: ProgrammeStep, day: date) -> list[date]:
    """Return from which days a step, counted from one of them, falls on this day."""
    if step.rule == Rule.YEARLY:
        numbers = range(max(step.first_year, 1), (step.last_year or _LONGEST) + 1)
        near = ((_back(day, 12 * number, step.offset_days), number) for number in numbers)
        return [
            base
            for start, number in near
            for base in _around(start)
            if reckoning.solar_anniversary(base, number) + timedelta(days=step.offset_days) == day
        ]
    start = _back(day, step.offset_months, step.offset_days)
    shift = timedelta(days=step.offset_days)
    return [base for base in _around(start) if reckoning.add_months(base, step.offset_months) + shift == day]


def _back(day: date, months: int, days: int) -> date:
    return reckoning.add_months(day - timedelta(days=days), -months)


def _around(day: date) -> Iterable[date]:
    """Return the days about a day: the ends of months of unlike length are at most three apart."""
    return (day + timedelta(days=n) for n in range(-3, 4))


def _not_rung(_day: date) -> Q:
    """Nobody is both rung and written to for the same."""
    calls = CallTask.objects.filter(
        donor=OuterRef("pk"), kind=CallKind.COOLING_OFF, created_at__gte=OuterRef("registered_at")
    )
    return ~Q(Exists(calls))


def _graduates(day: date) -> Q:
    return Q(graduates_on__year=day.year, state__in=LIVE)


def _goes_on(_day: date) -> Q:
    """Who is told in these very days that the register ends is told of no other limit."""
    return Q(age_notice_on__isnull=True)


CONDITIONS: Final = {"not_rung": _not_rung, "graduates": _graduates, "goes_on": _goes_on}
