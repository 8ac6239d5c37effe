"""Write down what came of a call or a visit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import access, moves, trail, vault
from foundation.access import Permission
from foundation.trail import Actor
from foundation.vault import Subject
from notifications import outbox, recipients
from notifications.channel_names import Channel
from notifications.channels.by_hand.models import Result, Try
from notifications.plans import actions as plans
from notifications.plans import sendings
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from notifications.recipients import Recipient, contact
from notifications.recipients.models import Reach

# What is wrong too where a number or a home is somebody else's.
_SHARED: Final = {
    Channel.CALL: (Channel.CALL, Channel.SMS),
    Channel.VISIT: (Channel.VISIT, Channel.LETTER),
}


@transaction.atomic
def record(
    touchpoint: Touchpoint,
    *,
    who: Subject,
    channel: str,
    result: str,
    by: Actor,
    at: datetime,
    words: str = "",
    again_on: date | None = None,
) -> Try | None:
    """
    Write down how a call or a visit ended.

    Once somebody was spoken with, the touchpoint is done and answered, and this is the person's one
    copy of it; the words are kept with it. Any other result leaves it to be tried again.

    :returns: the try; None where the task is done with it.
    :raises moves.Refused: if it is not released, was done before, has reached ``who`` by another way,
        or ``who`` is none of its people.
    :raises moves.NotAllowed: if the actor may not do it here.
    """
    people = {one.subject.pk: one for one in sendings.people_of(touchpoint)}
    vault.lock(*people, *_kept_for(touchpoint))
    person = people.get(who.pk)
    touchpoint = Touchpoint.objects.select_related("plan", "step").get(pk=touchpoint.pk)
    if person is None:
        raise moves.Refused([_("This person wants to hear nothing from us now.")], move="do")
    if touchpoint.state != TouchpointState.APPROVED:
        raise moves.WrongState(move="do", state=str(touchpoint.state))
    if result == Result.REACHED:
        plans.done(touchpoint, by=by, at=at, channel=channel)
        written = outbox.record_by_hand(
            touchpoint=touchpoint, subject=who, channel=channel, by=by, at=at, note=words.strip()
        )
        if written is None:
            raise moves.Refused([_("This person was reached already, by another way.")], move="do")
        plans.respond(touchpoint, by=by, at=at)  # they spoke with us
        return None
    _check_right(touchpoint, by=by, at=at)
    made = _write(touchpoint, person, channel, result, words=words, again_on=again_on, by=by, at=at)
    if result == Result.WRONG:
        _mark_wrong(person, channel, by=by, at=at)
    return made


def _write(
    touchpoint: Touchpoint,
    person: Recipient,
    channel: str,
    result: str,
    *,
    words: str,
    again_on: date | None,
    by: Actor,
    at: datetime,
) -> Try:
    made = Try(
        touchpoint=touchpoint,
        subject=person.subject,
        channel=channel,
        result=Result(result),
        at=at,
        again_on=again_on,
        **by.columns(),
    )
    if words.strip() and person.subject.key_id:
        vault.seal(made, key=person.subject.key_id, words=words.strip())
    made.save(force_insert=True)
    trail.record("touchpoint.tried", by=by, at=at, object=touchpoint, reason=result, channel=str(channel))
    return made


def _mark_wrong(person: Recipient, channel: str, *, by: Actor, at: datetime) -> None:
    address = recipients.address(person, channel) or ""
    for way in _SHARED.get(Channel(channel), (channel,)):
        contact.mark(person.subject, way, Reach.WRONG, by=by, at=at, address=address)


def _check_right(touchpoint: Touchpoint, *, by: Actor, at: datetime) -> None:
    """A family is rung by who looks after families, a donor by who rings donors."""
    right = Permission.CARE_SEND if touchpoint.plan.family_id else Permission.CALL_MAKE
    if not access.may(by, right, on=touchpoint, at=at):
        raise moves.NotAllowed(right.value)


def _kept_for(touchpoint: Touchpoint) -> list[UUID]:
    """Return whose household the plan is kept for; a donor is among its people."""
    family = touchpoint.plan.family
    return [family.giver.subject_id] if family else []
