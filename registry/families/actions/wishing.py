"""What a household wishes: its rites, the days it wants to be left alone, invitations. All start empty."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import moves, trail, vault
from foundation.trail import Actor
from registry.families import rites as kinds
from registry.families.actions import common
from registry.families.days import exists
from registry.families.models import About, Calendar, Family, OwnRite, Rite, SilentDay, Tradition
from registry.families.records import Wishes


@transaction.atomic
def record_rites(family: Family, wishes: Wishes, *, on: date, by: Actor, at: datetime) -> Family:
    """
    Write down the sheet that a household ticked; it takes the place of the one before.

    :param on: the day on which it was ticked.
    :raises moves.Refused: if a rite or a day is none that exists, or the day lies ahead.
    :raises moves.NotAllowed: if the actor may not change the household.
    """
    family = common.locked(family)
    common.check(family, by=by, at=at, permissions=common.MAY_EDIT)
    common.check_kept(family.giver)
    _check(wishes, on, today=timezone.localdate(at))
    _choose(family, wishes, by=by, at=at)
    family.wishes_recorded_on, family.counts_the_day = on, wishes.counts_the_day
    family.events_declined_at = None if wishes.events else family.events_declined_at or at
    declined = None if wishes.first_months else family.first_months_declined_at or at
    family.first_months_declined_at = declined
    family.birthdays_asked_at = (family.birthdays_asked_at or at) if wishes.birthdays else None
    family.birthdays_calendar = wishes.birthdays_calendar
    _keep_their_own(family, wishes, by=by)
    sealed = vault.seal(
        family,
        key=family.giver.subject.key,
        tradition=wishes.tradition or None,
        own_way=wishes.own_way.strip() or None,
    )
    family.save(
        update_fields=[
            *sealed,
            "wishes_recorded_on",
            "counts_the_day",
            "events_declined_at",
            "first_months_declined_at",
            "birthdays_asked_at",
            "birthdays_calendar",
        ]
    )
    common.remember(family, About.WISHES, by=by, at=at)
    trail.record("family.wishes_recorded", by=by, at=at, object=family, rites=len(wishes.rites))
    common.tell(family, by=by, at=at)
    return family


@transaction.atomic
def decline_events(family: Family, *, by: Actor, at: datetime) -> None:
    """
    Write down that a household wants no invitations. Twice is once.

    :raises moves.NotAllowed: if the actor may not record it here.
    """
    _invite(family, declined=True, by=by, at=at)


@transaction.atomic
def accept_events(family: Family, *, by: Actor, at: datetime) -> None:
    """
    Write down that a household may be invited again. Twice is once.

    :raises moves.NotAllowed: if the actor may not change the household.
    """
    _invite(family, declined=False, by=by, at=at)


def _invite(family: Family, *, declined: bool, by: Actor, at: datetime) -> None:
    family = common.locked(family)
    permissions = (*common.MAY_STOP, *common.MAY_EDIT) if declined else common.MAY_EDIT
    common.check(family, by=by, at=at, permissions=permissions)
    if declined == (family.events_declined_at is not None):
        return
    family.events_declined_at = at if declined else None
    family.save(update_fields=["events_declined_at"])
    common.remember(family, About.NO_EVENTS if declined else About.EVENTS, by=by, at=at)
    verb = "family.events_declined" if declined else "family.events_accepted"
    trail.record(verb, by=by, at=at, object=family)
    common.tell(family, by=by, at=at)


def _choose(family: Family, wishes: Wishes, *, by: Actor, at: datetime) -> None:
    """Keep what was ticked before and is ticked still; take the rest away."""
    family.rites.exclude(rite__in=wishes.rites).delete()
    before = {rite.rite: rite for rite in family.rites.all()}
    for key, kept_by in wishes.rites.items():
        if key not in before:
            Rite.objects.create(family=family, rite=key, calendar=kept_by, chosen_at=at, **by.columns())
        elif before[key].calendar != kept_by:
            family.rites.filter(rite=key).update(calendar=kept_by)
    family.silent_days.all().delete()
    SilentDay.objects.bulk_create(
        SilentDay(
            family=family, month=day.month, day=day.day, year=day.year, calendar=day.calendar, **by.columns()
        )
        for day in dict.fromkeys(wishes.silent_days)
    )


def _keep_their_own(family: Family, wishes: Wishes, *, by: Actor) -> None:
    """Keep the days of their own as they were written; what is planned for a day is known by the day."""
    family.own_rites.all().delete()
    for own in {own.day: own for own in wishes.own_rites}.values():
        day = own.day
        rite = OwnRite(
            family=family, month=day.month, day=day.day, year=day.year, calendar=day.calendar, **by.columns()
        )
        vault.seal(rite, key=family.giver.subject.key, words=own.words.strip())
        rite.save(force_insert=True)


def _check(wishes: Wishes, on: date, *, today: date) -> None:
    sentences = []
    if on > today:
        sentences.append(_("A day in the future cannot be right."))
    kept_by = {*wishes.rites.values(), wishes.birthdays_calendar}
    known = set(wishes.rites) <= set(kinds.BY_KEY) and kept_by <= set(Calendar)
    if not known or wishes.tradition not in {"", *Tradition}:
        sentences.append(_("The sheet has no such box. Please load the page again."))
    if not all(map(exists, [*wishes.silent_days, *(own.day for own in wishes.own_rites)])):
        sentences.append(_("There is no such day in the calendar. Look at the day and the month again."))
    if sentences:
        raise moves.Refused(sentences, move="wishes")
