"""What planning must know of households and donors, read in a fixed number of queries, however many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from foundation import calendar
from notifications.plans import quiet
from notifications.plans.models import Plan
from notifications.programmes.planning import Facts, Silence
from registry.donors.models import Donor
from registry.families.models import Family, Kin

NOTHING = Facts()  # of people of whom nothing is known any more


def of_plans(plans: Iterable[Plan]) -> dict[UUID, Facts]:
    """Return what is known of the people of each plan, by the plan's id."""
    plans = list(plans)
    families = of_families({plan.family_id for plan in plans if plan.family_id})
    donors = of_donors({plan.subject_id for plan in plans if plan.subject_id})
    return {
        plan.pk: families.get(plan.family_id, NOTHING) if plan.family_id else _of(donors, plan.subject_id)
        for plan in plans
    }


def of_families(ids: Iterable[UUID]) -> dict[UUID, Facts]:
    """Return what planning must know of households: five queries, however many they are."""
    found = Family.objects.filter(pk__in=list(ids)).select_related("giver__subject")
    return {
        family.pk: of_family(family)
        for family in found.prefetch_related("rites", "silent_days", "members__subject")
    }


def of_family(family: Family) -> Facts:
    """Return what planning must know of one household; one who was erased has no days any more."""
    giver = family.giver
    if giver.subject.erased_at is not None:
        return NOTHING
    days = {"died_on": giver.died_on, "gave_on": giver.gave_on, "opened_on": _day(family.opened_at)}
    marks = {"events"} if family.events_declined_at is None else set()
    if family.birthdays_asked_at is not None:
        marks.add("birthdays")
    return Facts(
        days=_known({**days, "born_on": giver.born_on}),
        chosen={rite.rite: str(rite.calendar) for rite in family.rites.all()},
        counts_the_day=family.counts_the_day,
        parents_born=_living_parents(family),
        marks=frozenset(marks),
        silent=tuple(
            Silence(day.month, day.day, day.year, str(day.calendar)) for day in family.silent_days.all()
        ),
        quiet_until=quiet.hundredth(giver.died_on, counts_the_day=family.counts_the_day),
    )


def of_donors(subject_ids: Iterable[UUID]) -> dict[UUID, Facts]:
    """Return what planning must know of donors, by their subjects: one query."""
    found = Donor.objects.filter(subject__in=list(subject_ids))
    return {donor.subject_id: of_donor(donor) for donor in found}


def of_donor(donor: Donor) -> Facts:
    """Return what planning must know of one donor."""
    days = {
        "registered_on": _day(donor.registered_at),
        "listed_on": donor.listed_on,
        "donated_on": _day(donor.donated_at) if donor.donated_at else None,
        "verified_on": donor.contact_verified_on,
        "graduates_on": donor.graduates_on,
        "age_notice_on": donor.age_notice_on,
    }
    return Facts(days=_known(days))


def _of(donors: Mapping[UUID, Facts], subject_id: UUID | None) -> Facts:
    return donors.get(subject_id, NOTHING) if subject_id else NOTHING


def _living_parents(family: Family) -> tuple[date, ...]:
    """Return when parents were born who live, want to hear from us, and whose birth date is known."""
    return tuple(
        member.born_on
        for member in family.members.all()
        if member.kin == Kin.PARENT
        and member.born_on is not None
        and member.no_more_at is None
        and member.subject.died_reported_at is None
        and member.subject.erased_at is None
    )


def _known(days: Mapping[str, date | None]) -> dict[str, date]:
    return {name: day for name, day in days.items() if day is not None}


def _day(moment: datetime) -> date:
    return calendar.day_of(moment)
