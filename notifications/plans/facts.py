"""What planning must know of households and people, read in a fixed number of queries, however many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from foundation import calendar, standing
from foundation.standing import ID, slot
from notifications.plans import quiet
from notifications.plans.models import Plan
from notifications.programmes.days import BIRTHDAY
from notifications.programmes.planning import Facts, OwnDay, Silence
from registry.cases.models import MatchCase
from registry.cases.states import CaseState
from registry.donors.models import Donor
from registry.drives.models import Appointment
from registry.families.models import Family, Kin, Member, OwnRite, Rite, SilentDay
from registry.families.rites import FIRST_MONTHS

NOTHING = Facts()  # of people of whom nothing is known any more


def of_plans(plans: Iterable[Plan]) -> dict[UUID, Facts]:
    """
    Return what is known of the people of each plan, by the plan's id: a few queries in all.

    :param plans: read with their families, the ones who gave, and their subjects.
    """
    plans = list(plans)
    about = _About([plan.family_id for plan in plans if plan.family_id])
    people = {plan.subject_id for plan in plans if plan.subject_id}
    known = of_donors(people)
    if others := people - known.keys():
        known |= of_visitors(others)
    return {
        plan.pk: _of_family(plan.family, about) if plan.family else _of(known, plan.subject_id)
        for plan in plans
    }


def silent_days_of(family_id: UUID) -> list[Silence]:
    """Return the days on which one household wants no word."""
    return [Silence(*day) for day in _SILENT.ask(family=family_id)]


def silent_days(family_ids: Iterable[UUID]) -> dict[UUID, list[Silence]]:
    """Return the days on which households want no word: one query."""
    found: dict[UUID, list[Silence]] = defaultdict(list)
    days = SilentDay.objects.filter(family__in=list(family_ids)).order_by("pk")
    for family, month, day, year, kept_by in days.values_list("family", "month", "day", "year", "calendar"):
        found[family].append(Silence(month, day, year, kept_by))
    return found


class _About:
    """What stands beside some households, as plain values: a thousand rows of models take a second."""

    def __init__(self, ids: Sequence[UUID]) -> None:
        self.rites: dict[UUID, dict[str, str]] = defaultdict(dict)
        self.silent = silent_days(ids)
        self.parents: dict[UUID, list[date]] = defaultdict(list)
        self.own: dict[UUID, list[OwnDay]] = defaultdict(list)
        own = OwnRite.objects.filter(family__in=ids).order_by("pk")
        cells = ("family", "month", "day", "year", "calendar")
        for family, month, day, year, kept_by in own.values_list(*cells):
            self.own[family].append(OwnDay(month, day, year, kept_by))
        rites = Rite.objects.filter(family__in=ids).values_list("family", "rite", "calendar")
        for family, rite, kept_by in rites:
            self.rites[family][rite] = kept_by
        for family, born_on in _living_parents(ids).values_list("family", "born_on"):
            if born_on is not None:  # asked for above
                self.parents[family].append(born_on)


def _of_family(family: Family, about: _About) -> Facts:
    """Return what planning must know of one household; one who was erased has no days any more."""
    giver = family.giver
    if giver.subject.erased_at is not None:
        return NOTHING
    days = {"died_on": giver.died_on, "gave_on": giver.gave_on, "opened_on": _day(family.opened_at)}
    marks = {"events"} if family.events_declined_at is None else set()
    if family.first_months_declined_at is None:
        marks.add(FIRST_MONTHS)
    if family.birthdays_asked_at is not None:
        marks.add("birthdays")
    return Facts(
        days=_known({**days, "born_on": giver.born_on}),
        chosen=about.rites[family.pk] | {BIRTHDAY: family.birthdays_calendar},
        own=tuple(about.own[family.pk]),
        counts_the_day=family.counts_the_day,
        parents_born=tuple(about.parents[family.pk]),
        marks=frozenset(marks),
        silent=tuple(about.silent[family.pk]),
        quiet_until=quiet.until(family),
    )


def of_donors(subject_ids: Iterable[UUID]) -> dict[UUID, Facts]:
    """Return what planning must know of donors, by their subjects: one query."""
    found = Donor.objects.filter(subject__in=list(subject_ids)).annotate(gave_on=_last_collected())
    return {donor.subject_id: of_donor(donor, gave_on=getattr(donor, "gave_on", None)) for donor in found}


def _last_collected() -> Subquery:
    given = MatchCase.objects.filter(donor=OuterRef("pk"), state=CaseState.DONATED)
    return Subquery(given.order_by("-donated_on").values("donated_on")[:1])


def of_donor(donor: Donor, *, gave_on: date | None) -> Facts:
    """
    Return what planning must know of one donor.

    :param gave_on: the last day of collection, as the match says; records taken over have no match.
    """
    given = gave_on or (_day(donor.donated_at) if donor.donated_at else None)
    days = {
        "registered_on": _day(donor.registered_at),
        "listed_on": donor.listed_on,
        "donated_on": given if donor.donated_at else None,
        "verified_on": donor.contact_verified_on,
        "graduates_on": donor.graduates_on,
        "limit_notice_on": donor.limit_notice_on,
        "age_notice_on": donor.age_notice_on,
    }
    marks = {"goes_on"} if donor.age_notice_on is None else set()
    return Facts(days=_known(days), marks=frozenset(marks))


def of_visitors(subject_ids: Iterable[UUID]) -> dict[UUID, Facts]:
    """Return what planning must know of people who are expected at a drive: one query."""
    found = Appointment.objects.filter(
        subject__in=list(subject_ids), came_at__isnull=True, cancelled_at__isnull=True
    )
    days = found.values_list("subject_id", "starts_at")
    return {subject: Facts(days={"drive_on": _day(moment)}) for subject, moment in days if subject}


def _of(people: Mapping[UUID, Facts], subject_id: UUID | None) -> Facts:
    return people.get(subject_id, NOTHING) if subject_id else NOTHING


def _living_parents(ids: Sequence[UUID]) -> QuerySet[Member]:
    """Return the parents who live, want to hear from us, and whose birth date is known."""
    return Member.objects.who_hear().filter(family__in=ids, kin=Kin.PARENT, born_on__isnull=False)


def _known(days: Mapping[str, date | None]) -> dict[str, date]:
    return {name: day for name, day in days.items() if day is not None}


def _day(moment: datetime) -> date:
    return calendar.day_of(moment)


_SILENT: Final = standing.Question(
    lambda: (
        SilentDay.objects.filter(family=slot("family", ID))
        .order_by("pk")
        .values_list("month", "day", "year", "calendar")
    )
)
