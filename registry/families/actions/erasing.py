"""What an erasure leaves of a family: that it was there, what was given, and on which days."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from foundation import access, trail, vault
from foundation.trail import Actor
from foundation.vault import Subject
from registry.families.actions import common, taking_down
from registry.families.models import Family, Giver, Member, WallPage


@transaction.atomic
def forget_relative(subject: Subject, *, by: Actor, at: datetime) -> None:
    """
    Null the blind indexes of an erased relative and cut the birth date to its year; twice is once.

    Relation, place and history stay, without a word that anybody could be known by. Where nobody of
    the household is left, so go its rites: what a family believes is kept for nobody.
    """
    members = Member.objects.select_related("family__giver__subject", "family__branch")
    member = members.filter(subject=subject).first()
    if member is None:
        return
    saves = vault.index.put(member, name_index=None, phone_index=None)
    member.born_on = _year_of(member.born_on)
    member.save(update_fields=[*saves, "born_on"])
    family = member.family
    if not family.members.filter(subject__erased_at__isnull=True).exists():
        _forget_wishes(family)
    taking_down.hide_for_erasure(family.giver, by=access.task_actor("families.erased"), at=at)
    trail.record("relative.forgotten", by=by, at=at, object=member)
    common.tell(family, by=by, at=at)


@transaction.atomic
def forget_giver(subject: Subject, *, by: Actor, at: datetime) -> None:
    """
    Null the blind index of one who gave and was erased; what they gave and when stays, for it was counted.

    Their households keep their people, but no address, rites or words.
    """
    giver = Giver.objects.filter(subject=subject).first()
    if giver is None:
        return
    saves = vault.index.put(giver, name_index=None)
    giver.born_on = _year_of(giver.born_on)
    giver.save(update_fields=[*saves, "born_on"])
    trail.record("giver.forgotten", by=by, at=at, object=giver)
    for page in WallPage.objects.filter(giver=giver).select_related("giver"):
        taking_down.end_wall_page(page, by=access.task_actor("families.erased"), at=at, reason="erased")
    for family in giver.families.select_related("giver__subject", "branch"):
        _forget_wishes(family)
        common.tell(family, by=by, at=at)


def _forget_wishes(family: Family) -> None:
    for chosen in (family.rites, family.silent_days, family.own_rites):
        chosen.all().delete()


def _year_of(day: date | None) -> date | None:
    return day and date(day.year, 1, 1)
