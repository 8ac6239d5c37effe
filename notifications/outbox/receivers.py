"""What messages do when something happens to a person, a consent or a touchpoint. Twice is once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from consent.models import Consent
from consent.purposes import CONTACT, Purpose
from foundation.moves.stops import Stop
from foundation.trail import Actor
from foundation.vault import Subject
from notifications.outbox import queueing, stopping
from notifications.outbox.models import Message
from notifications.outbox.states import MessageState
from notifications.plans.models import Touchpoint
from notifications.plans.sendings import Sending
from notifications.recipients.against import PURPOSES
from registry.donors.models import Donor
from registry.families.models import Member

_CHANNELS: Final = {purpose: channel for channel, purpose in PURPOSES.items()}


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
    """Queue one copy a person; one that was held with the touchpoint goes on."""
    held = Message.objects.filter(touchpoint=touchpoint, state=MessageState.HELD)
    by_person = {message.subject_id: message for message in held.select_related("subject")}
    step = touchpoint.step
    for sending in sendings:
        if message := by_person.get(sending.recipient.subject.pk):
            Message.objects.filter(pk=message.pk).update(due_at=sending.due_at, not_before=None)
            stopping.release([message], by=by, at=at)
            continue
        queueing.queue(
            subject=sending.recipient.subject,
            branch_path=touchpoint.branch_path,
            channel=sending.channel,
            wording=step.wording,
            language=sending.recipient.language,
            due_at=sending.due_at,
            programme_key=step.programme.key,
            touchpoint=touchpoint,
            fields={"on_date": touchpoint.on_date.isoformat()},
            bereaved=step.programme.bereaved,
            service=step.programme.service,
            at_least_once=step.at_least_once,
            beats_gap=step.beats_gap,
            at=at,
        )


def touchpoint_held(*, touchpoint: Touchpoint, why: str, by: Actor, at: datetime, **_more: Any) -> None:
    """Hold what has not left of a touchpoint that a person stopped."""
    stopping.hold(Message.objects.filter(touchpoint=touchpoint).waiting(), why=why, by=by, at=at)


def touchpoint_ended(*, touchpoint: Touchpoint, why: str, by: Actor, at: datetime, **_more: Any) -> None:
    """Cancel what has not left of a touchpoint that was left out, taken away or done by hand."""
    stopping.cancel(Message.objects.filter(touchpoint=touchpoint).waiting(), why=why, by=by, at=at)
