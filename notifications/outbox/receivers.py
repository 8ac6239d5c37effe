"""What messages do when something happens to a person, a consent or a touchpoint. Twice is once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from consent.models import Consent
from consent.purposes import CONTACT, Purpose
from foundation import moves
from foundation.moves.stops import Stop
from foundation.trail import Actor
from foundation.vault import Subject
from notifications.outbox import queueing, stopping
from notifications.outbox.models import Message
from notifications.outbox.states import REACHED, WAITING, MessageState
from notifications.plans import asked
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.sendings import Sending
from notifications.plans.whys import GOES_ON_ANEW, Why
from notifications.recipients.against import PURPOSES
from registry.donors.models import Donor
from registry.families.models import Member

_CHANNELS: Final = {purpose: channel for channel, purpose in PURPOSES.items()}
# Copies that a new release lets go on: what was held, what it left out for want of an open way, and what
# planning took away and brought back.
_STOPPED: Final = Q(state=MessageState.HELD) | Q(state=MessageState.CANCELLED, why__in=GOES_ON_ANEW)


def donor_withdrawn(*, donor: Donor, by: Actor, at: datetime, **_more: Any) -> Stop:
    """Cancel what has not left, and say on the receipt what had."""
    return stopping.cancel_for(donor.subject_id, why="withdrawn", by=by, at=at)


def donor_silenced(*, donor: Donor, why: str, by: Actor, at: datetime, **_more: Any) -> Stop:
    """Cancel what has not left: reported dead, objected, or to hear only of a match."""
    return stopping.cancel_for(donor.subject_id, why=why, by=by, at=at)


def died_reported(*, subject: Subject, by: Actor, at: datetime, **_more: Any) -> None:
    """Cancel what has not left to somebody who is said to have died, in whatever capacity."""
    stopping.cancel_for(subject.pk, why="dead", by=by, at=at)


def erased(*, subject: Subject, by: Actor, at: datetime, **_more: Any) -> None:
    """Cancel what has not left to somebody who was erased; what was sent went unreadable with their key."""
    stopping.cancel_for(subject.pk, why="erased", by=by, at=at)


def consent_ended(
    *, consent: Consent, by: Actor, at: datetime, whole: bool = False, **_more: Any
) -> Stop | None:
    """Cancel what has not left by a way that somebody no longer agrees to."""
    if whole or consent.purpose not in CONTACT or consent.purpose == Purpose.CONTACT_IF_MATCHED_ONLY:
        return None
    channels = [_CHANNELS[Purpose(consent.purpose)]]
    return stopping.cancel_for(consent.subject_id, why="no_consent", by=by, at=at, channels=channels)


def no_more(*, member: Member, by: Actor, at: datetime, whole: bool = False, **_more: Any) -> list[Stop]:
    """Cancel what has not left to a relative who wants to hear no more, or to all of the household."""
    people = [member.subject_id]
    if whole:
        people = list(member.family.members.order_by("subject_id").values_list("subject_id", flat=True))
    return [stopping.cancel_for(pk, why="no_more", by=by, at=at) for pk in people]


def donor_merged(*, emptied: Donor, by: Actor, at: datetime, **_more: Any) -> None:
    """Cancel what has not left to a record that was joined with another: the other has its own."""
    stopping.cancel_for(emptied.subject_id, why="merged", by=by, at=at)


def touchpoint_approved(
    *, touchpoint: Touchpoint, sendings: Sequence[Sending], by: Actor, at: datetime, **_more: Any
) -> None:
    """
    Queue one copy a person; one that was stopped with the touchpoint goes on, or is left out with it.

    :raises moves.Refused: if nothing of it would go to anybody.
    """
    of_it = Message.objects.filter(touchpoint=touchpoint)
    by_person = {message.subject_id: message for message in of_it.filter(_STOPPED).select_related("subject")}
    for sending in sendings:
        if message := by_person.get(sending.recipient.subject.pk):
            _go_on(message, touchpoint, sending, by=by, at=at)
        else:
            _queue(touchpoint, sending, at=at)
    if sendings:  # else a person does it by hand, and what is held is taken back when it is done
        left_out = of_it.exclude(subject__in=[one.recipient.subject.pk for one in sendings])
        stopping.cancel(left_out.filter(state=MessageState.HELD), why=Why.NO_WAY.value, by=by, at=at)
    if sendings and not of_it.filter(state__in=[*WAITING, *REACHED]).exists():
        raise moves.Refused([_("Nobody can be reached by this way now. Choose another one.")], move="approve")


def touchpoint_released_to(
    *, touchpoint: Touchpoint, sendings: Sequence[Sending], at: datetime, **_more: Any
) -> None:
    """Queue one more copy, for who joined the household; the copies of the others stay as they are."""
    for sending in sendings:
        _queue(touchpoint, sending, at=at)


def _queue(touchpoint: Touchpoint, sending: Sending, *, at: datetime) -> None:
    step = touchpoint.step
    queueing.queue(
        subject=sending.recipient.subject,
        branch_path=touchpoint.branch_path,
        programme_key=step.programme.key,
        touchpoint=touchpoint,
        bereaved=step.programme.bereaved,
        service=step.programme.service,
        at_least_once=step.at_least_once,
        beats_gap=step.beats_gap,
        at=at,
        **_as_released(touchpoint, sending),
    )


def _go_on(message: Message, touchpoint: Touchpoint, sending: Sending, *, by: Actor, at: datetime) -> None:
    """Let a copy that was stopped go on as it is released now, by another way it may be."""
    now = {**_as_released(touchpoint, sending), "not_before": None, "attempts": 0, "settled_at": None}
    if Message.objects.filter(_STOPPED, pk=message.pk).update(state=MessageState.HELD, **now):
        message.channel = sending.channel
        stopping.release([message], by=by, at=at)


def _as_released(touchpoint: Touchpoint, sending: Sending) -> dict[str, Any]:
    """Return by which way, in which words and for which day a copy goes out."""
    return {
        "channel": sending.channel,
        "wording": touchpoint.step.wording,
        "language": sending.recipient.language,
        "due_at": sending.due_at,
        "fields": asked.fields(touchpoint),
    }


def touchpoint_held(*, touchpoint: Touchpoint, why: str, by: Actor, at: datetime, **_more: Any) -> None:
    """Hold what has not left of a touchpoint that a person stopped."""
    stopping.hold(Message.objects.filter(touchpoint=touchpoint).waiting(), why=why, by=by, at=at)


def plan_moved(*, plan: Plan, **_more: Any) -> None:
    """
    Let what is open of a plan stand at the branch that looks after its household now.

    What was sent, or failed for good, stays where that was done; what was cancelled may be released again.
    """
    of_it = Message.objects.filter(touchpoint__plan=plan)
    of_it.exclude(state__in=[MessageState.SENT, MessageState.FAILED]).update(branch_path=plan.branch_path)


def touchpoint_ended(*, touchpoint: Touchpoint, why: str, by: Actor, at: datetime, **_more: Any) -> None:
    """Cancel what has not left of a touchpoint that was left out, taken away or done by hand."""
    stopping.cancel(Message.objects.filter(touchpoint=touchpoint).waiting(), why=why, by=by, at=at)
