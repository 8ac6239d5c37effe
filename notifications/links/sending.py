"""Send somebody a link that they asked for, by a way that is open to them; the act itself stays theirs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import access, calendar, moves, trail, vault
from foundation.access import Permission
from foundation.trail import Actor
from notifications import outbox, recipients
from notifications.channel_names import Channel
from notifications.links import facts, walls
from notifications.links.purposes import ON_REQUEST, Purpose, fits
from notifications.outbox import Message
from notifications.plans import quiet
from notifications.recipients import Recipient

PROGRAMME: Final = "self_service"
WAYS: Final = (Channel.SMS, Channel.EMAIL)
WORDS: Final = {"donor": "link.code", "relative": "link.code_family"}


@transaction.atomic
def send(person: Recipient, purpose: Purpose, *, channel: str, by: Actor, at: datetime) -> Message:
    """
    Queue one message with a link that somebody asked for; the same once a day.

    It was asked for just now, so that neither quiet hours nor the 48 hours hold it.

    :raises moves.Refused: if such a link is not for them, or would not reach them or not open.
    :raises moves.NotAllowed: if the actor may not change this person's record.
    """
    vault.lock(person.subject.pk)
    person = recipients.of([person.subject.pk])[person.subject.pk]
    _check_right(person, by=by, at=at)
    if sentences := against(person, at=at):
        raise moves.Refused(sentences, move="send")
    if purpose not in purposes_of(person) or channel not in ways_to(person):
        raise moves.Refused([_("This link is not for this person, or not by this way.")], move="send")
    message = outbox.queue(
        subject=person.subject,
        branch_path=person.branch.path,
        channel=channel,
        wording=WORDS[person.kind],
        language=person.language,
        due_at=at,
        programme_key=PROGRAMME,
        occasion=f"link:{purpose}:{calendar.day_of(at):%Y%m%d}",
        fields={"link": purpose.value},
        bereaved=person.kind == "relative",
        service=True,
        at=at,
    )
    if message is None:
        raise moves.Refused([_("This link was sent to them today already.")], move="send")
    trail.record(
        "link.asked_for",
        by=by,
        at=at,
        object=message,
        branch=person.branch.pk,
        purpose=purpose.value,
        channel=str(channel),
    )
    return message


def against(person: Recipient, *, at: datetime) -> list[str]:
    """Return what stands against sending somebody any link, each as a sentence."""
    sentences = []
    if not facts.are_kept(person):
        sentences.append(
            _("Neither a document nor a telephone number is written down, so that no link would open.")
        )
    if not ways_to(person):
        sentences.append(_("Neither an SMS nor an e-mail may go to them now. Do it together with them."))
    if _is_early(person, at=at):
        sentences.append(_("Before the hundredth day only a call, a visit or a letter is possible."))
    return sentences


def purposes_of(person: Recipient) -> list[Purpose]:
    """Return for what somebody may ask a link; a page for the wall is looked at once it is shown."""
    fitting = [one for one in ON_REQUEST if fits(one, person.subject.capacity)]
    return [one for one in fitting if one != Purpose.WALL or walls.shown_to(person) is not None]


def ways_to(person: Recipient) -> Sequence[Channel]:
    """Return by which ways a link can reach somebody now."""
    return [way for way in WAYS if not recipients.stands_against(person, way)]


def _is_early(person: Recipient, *, at: datetime) -> bool:
    """
    Return whether no machine speaks to them yet.

    Source: domain.md section 7, "no machine text"
    """
    family = person.member.family if person.member else None
    return quiet.is_early(family, calendar.day_of(at))


def _check_right(person: Recipient, *, by: Actor, at: datetime) -> None:
    right = Permission.DONOR_EDIT if person.donor is not None else Permission.FAMILY_EDIT
    on: Any = person.donor or (person.member.family if person.member else person.branch)
    if not access.may(by, right, on=on, at=at):
        raise moves.NotAllowed(right.value)
