"""What the desk writes: only through the plans and the outbox."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import access, moves, vault
from foundation.access import Permission
from foundation.templatetags.relay import day
from foundation.trail import Actor
from foundation.vault import Subject
from notifications import outbox, recipients
from notifications.channel_names import Channel
from notifications.channels import post
from notifications.outbox import Message, MessageState
from notifications.plans import actions as plans
from notifications.plans.actions.beginning import FAMILY_CARE
from notifications.plans.models import Touchpoint
from notifications.plans.states import LIVE_PLANS
from notifications.recipients import contact
from notifications.recipients.models import Reach
from registry.families import actions as families
from registry.families.models import Family, Member


@transaction.atomic
def done_by_hand(
    touchpoint: Touchpoint, *, channel: str, people: Collection[UUID], by: Actor, at: datetime, note: str = ""
) -> None:
    """
    Write down that somebody rang, went there or posted a letter. It counts as each person's one copy.

    :param people: subjects who were reached.
    :raises moves.Refused: if it was stopped, done or sent before, has reached one of them by another
        way, lies printed for somebody else, or is not the actor's to do.
    """
    if channel == Channel.LETTER:
        _check_paper(touchpoint, people)
        post.posted(touchpoint, by=by, at=at, note=note, of=people)
        return
    plans.done(touchpoint, by=by, at=at, channel=channel)
    for subject in Subject.objects.filter(pk__in=people).order_by("pk"):
        written = outbox.record_by_hand(
            touchpoint=touchpoint, subject=subject, channel=channel, by=by, at=at, note=note
        )
        if written is None:
            raise moves.Refused([_("This person was reached already, by another way.")], move="do")


def _check_paper(touchpoint: Touchpoint, people: Collection[UUID]) -> None:
    """Refuse to write down a letter while one lies printed for another than who was reached."""
    paper = post.papers_of([touchpoint]).get(touchpoint.pk)
    if paper is not None and paper.subject_id not in people:
        sentence = _(
            "A letter of this lies printed for somebody else. Take that paper out of the pile first."
        )
        raise moves.Refused([sentence], move="do")


@transaction.atomic
def asked_about_gift(
    family: Family,
    *,
    member: Member,
    on: date,
    helped: int,
    channel: str,
    by: Actor,
    at: datetime,
    words: str = "",
) -> Touchpoint:
    """
    Write down that somebody of a family asked what the gift did, and plan to tell how many were helped.

    :param member: who asked; it stands in the family's history.
    :param words: what else they said, sealed under that person's key.
    :raises moves.Refused: with every sentence that stands against it.
    :raises moves.NotAllowed: if the actor may not change the household.
    """
    plan = family.plans.filter(programme_key=FAMILY_CARE, state__in=LIVE_PLANS).first()
    if plan is None:
        raise moves.Refused([_("The plan is not running.")], move="answer")
    vault.lock(member.subject_id, family.giver.subject_id)
    member = Member.objects.select_related("subject", "family").get(pk=member.pk)
    if not member.may_hear or member.family_id != family.pk:
        raise moves.Refused([_("This person wants to hear nothing from us now.")], move="answer")
    made = plans.answer_about_gift(plan, helped=helped, channel=channel, on=on, by=by, at=at)
    said = _("Asked on %(on)s what the gift did. The answer: how many people were helped, %(n)d.")
    sentence = said % {"on": day(on), "n": helped}
    families.write_note(family, words=f"{sentence}\n{words.strip()}", member=member, by=by, at=at)
    return made


@transaction.atomic
def came_back(touchpoint: Touchpoint, *, by: Actor, at: datetime) -> int:
    """
    Write down that the letter of a touchpoint came back: nobody is written to at its address any more.

    Another address works, be it of one of them who shared the letter. Twice is once.

    :returns: for how many people the address counts as one that does not work.
    :raises moves.NotAllowed: if the actor may not send care there.
    """
    if not access.may(by, Permission.CARE_SEND, on=touchpoint, at=at):
        raise moves.NotAllowed(Permission.CARE_SEND.value)
    plans.lock_everybody(touchpoint.plan)
    by_post = Message.objects.filter(touchpoint=touchpoint, channel=Channel.LETTER)
    posted = list(by_post.filter(state=MessageState.SENT))
    people, marked = recipients.of(one.subject_id for one in posted), 0
    for message, cells in zip(posted, vault.open(posted, ["sent_to"]), strict=True):
        one, went_to = people.get(message.subject_id), cells["sent_to"]
        address = recipients.address(one, Channel.LETTER) or "" if one else ""
        if one is None or not address or went_to not in {None, "", _lines(address)}:
            continue  # they live elsewhere, or have a new address since
        contact.mark(one.subject, Channel.LETTER, Reach.BOUNCED, by=by, at=at, address=address)
        marked += 1
    return marked


def _lines(address: str) -> str:
    return "\n".join(line.strip() for line in address.splitlines() if line.strip())
