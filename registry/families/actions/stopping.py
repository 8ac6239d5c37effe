"""A relative's "no more", and a death: what stops at once. Never refused, never needs approval."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from foundation import trail, vault
from foundation.moves import stops
from foundation.moves.stops import Stop
from foundation.trail import Actor
from foundation.vault import Subject
from registry.families import signals
from registry.families.actions import common
from registry.families.models import About, Member


@transaction.atomic
def no_more(member: Member, *, whole_plan: bool, by: Actor, at: datetime, words: str = "") -> list[Stop]:
    """
    Stop everything for a relative who wants to hear nothing more; of the household only if asked.

    :param words: what they said, sealed.
    :returns: what each room stopped.
    :raises moves.NotAllowed: if the actor may not record it here.

    Source: domain.md section 7
    """
    member = common.locked_member(member)
    family = member.family
    common.check(family, by=by, at=at, permissions=common.MAY_STOP, own=member)
    if member.no_more_at is None:
        member.no_more_at = at
        member.save(update_fields=["no_more_at"])
    common.remember(family, About.NO_MORE, by=by, at=at, member=member, words=words)
    if whole_plan and family.stopped_at is None:
        family.stopped_at = at
        family.save(update_fields=["stopped_at"])
        common.remember(family, About.STOPPED, by=by, at=at)
    trail.record("relative.no_more", by=by, at=at, object=member, family=family.pk, whole=whole_plan)
    return stops.collect(signals.no_more, member=member, whole=whole_plan, by=by, at=at)


@transaction.atomic
def hear_again(member: Member, *, by: Actor, at: datetime) -> None:
    """
    Write down that a relative, and so their household, wants to hear from us again.

    What was cancelled stays so.

    :raises moves.NotAllowed: if the actor may not change the household.
    """
    member = common.locked_member(member)
    family = member.family
    common.check(family, by=by, at=at, permissions=common.MAY_EDIT)
    if member.no_more_at is None:
        return
    member.no_more_at = None
    member.save(update_fields=["no_more_at"])
    if family.stopped_at is not None:
        family.stopped_at = None
        family.save(update_fields=["stopped_at"])
    common.remember(family, About.AGAIN, by=by, at=at, member=member)
    trail.record("relative.hears_again", by=by, at=at, object=member, family=family.pk)
    common.tell(family, by=by, at=at)


@transaction.atomic
def report_dead(member: Member, *, by: Actor, at: datetime) -> list[Subject]:
    """
    Silence everything for a relative who is said to have died, on any word.

    :returns: the person in every capacity that was marked now.
    :raises moves.NotAllowed: if the actor may not record it here.
    """
    member = common.locked_member(member)
    common.check(member.family, by=by, at=at, permissions=common.MAY_STOP)
    return vault.report_dead(member.subject, by=by, at=at)


@transaction.atomic
def lift_death_report(member: Member, *, by: Actor, at: datetime) -> None:
    """
    Take back a death report that was a mistake.

    :raises moves.NotAllowed: if the actor may not record it here.
    """
    member = common.locked_member(member)
    common.check(member.family, by=by, at=at, permissions=common.MAY_STOP)
    if not vault.lift_death_report(member.subject, by=by, at=at):
        return
    common.remember(member.family, About.NOT_DEAD, by=by, at=at, member=member)
    common.tell(member.family, by=by, at=at)


@transaction.atomic
def note_death_report(subject: Subject, *, by: Actor, at: datetime) -> None:
    """
    Let the household of a relative who was reported dead, in whatever capacity, know it.

    Who plans for it hears of the death itself: the household's own lock would cross that of who died.
    """
    members = Member.objects.select_related("family__giver__subject", "subject")
    member = members.filter(subject=subject).first()
    if member is None:
        return
    common.remember(member.family, About.REPORTED_DEAD, by=by, at=at, member=member)
