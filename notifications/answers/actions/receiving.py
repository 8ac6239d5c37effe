"""Take an answer in: a stop stops at once, anything else holds at once, and then somebody reads it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from foundation import moves, trail, vault
from foundation.access import Branch
from foundation.trail import Actor
from foundation.vault import Capacity, Subject, normal
from notifications import outbox, recipients
from notifications.answers import finding
from notifications.answers.actions.common import lock_with_households
from notifications.answers.models import Answer, Desk, Held, Kind, Writer
from notifications.answers.stopping import is_stop
from notifications.channel_names import Channel
from notifications.message_states import QUEUED, MessageState
from notifications.outbox.models import Message
from notifications.outbox.querysets import MessageQuerySet
from notifications.plans import actions as plans
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import LIVE_PLANS, TouchpointState
from notifications.plans.whys import Why
from notifications.recipients import contact
from notifications.recipients.models import Reach

REPLIED: Final = Why.REPLIED.value
LONGEST: Final = 2000  # characters kept of an answer
_GOING_OUT: Final = (TouchpointState.DUE, TouchpointState.APPROVED)


@transaction.atomic
def received(
    channel: str,
    address: str,
    text: str,
    *,
    provider_id: str,
    by: Actor,
    at: datetime,
    to: Message | None = None,
) -> Answer | None:
    """
    Take in what somebody wrote back.

    A word that stops messages stops this channel for everybody at the address; of an address where nobody
    is known, somebody reads it. Anything else holds
    every message of these people that has not left, and of the plans that speak to them, until
    somebody has read it; of others who have their telephone too.

    :param provider_id: of the answer: told twice, it is taken once.
    :param to: the message it answers, where the answer says so.
    :returns: the answer, or None where it was taken before.
    """
    address = normal.phone(address) if channel in finding.BY_NUMBER else address.strip()
    known = {person.pk for person in finding.people_at(channel, address, at=at)}
    known = finding.kept(known | ({to.subject_id} if to else set()))
    everybody = lock_with_households(known | finding.sharing_a_number(known))
    people = [one for one in everybody if one.pk in known]
    if Answer.objects.filter(channel=channel, provider_id=_mark(provider_id)).exists():
        return None
    message = to or finding.last_message(people, channel, at=at)
    stops = is_stop(text)
    try:
        with transaction.atomic():
            answer = _begin(
                Kind.STOP if stops else Kind.REPLY,
                channel,
                provider_id=provider_id,
                whose=finding.whose(people, message),
                message=message,
                sealed={"sender": address, "words": text[:LONGEST]},
                by=by,
                at=at,
            )
    except IntegrityError:  # told twice at the same instant
        return None
    if stops:
        _stop(answer, people, by=by, at=at)
    else:
        _hold(answer, everybody, by=by, at=at)
    return answer


@transaction.atomic
def number_left(whose: Subject, number: str, *, told_by: str, by: Actor, at: datetime) -> Answer:
    """
    Take in a new number that a relative left by their own link: somebody rings it and writes it down.

    Until then what is about to leave to them waits, as with any answer: the old one may be a stranger's.

    :param number: as it is rung. :param told_by: what makes this answer known again.
    """
    whose = next(iter(lock_with_households([whose.pk])))
    answer = _begin(
        Kind.REPLY,
        Channel.SMS,
        provider_id=told_by,
        whose=whose,
        message=None,
        sealed={"sender": number, "words": _("My new number is %(number)s.") % {"number": number}},
        by=by,
        at=at,
    )
    _hold(answer, [whose], by=by, at=at)
    return answer


@transaction.atomic
def came_back(message: Message, *, state: Reach | None, by: Actor, at: datetime) -> Answer | None:
    """
    Note that a message came back, and have somebody look for another way to the person.

    :param state: what is known of the address by it; None where nothing is.
    :returns: what stands on the list of the desk; None where it is known already of this address.
    """
    whose = next(iter(lock_with_households(finding.kept([message.subject_id]))))
    number = f"back:{message.pk}"
    if Answer.objects.filter(channel=message.channel, provider_id=_mark(number)).exists():
        return None
    opened = vault.open_one(message, "sent_to")["sent_to"]
    address = opened if isinstance(opened, str) else ""
    erased = whose.erased_at is not None  # nobody looks for another way to them
    known = erased or (
        state is not None and not _learnt(whose, message.channel, state, address, by=by, at=at)
    )
    answer = _begin(
        Kind.CAME_BACK,
        message.channel,
        provider_id=number,
        whose=whose,
        message=message,
        sealed={"sender": address or None},
        by=by,
        at=at,
    )
    if not known:
        return answer
    answer.settled_at = at  # kept, so that this message teaches nothing again once the way was opened
    moves.make(answer, "settle", by=by, at=at, saves=("settled_at",))
    return None


def _learnt(whose: Subject, channel: str, state: Reach, address: str, *, by: Actor, at: datetime) -> bool:
    """Mark the way, and return whether that was new."""
    row = contact.mark(whose, channel, state, by=by, at=at, address=address)
    return row.since == at and row.state == state


def _begin(
    kind: Kind,
    channel: str,
    *,
    provider_id: str,
    whose: Subject | None,
    message: Message | None,
    sealed: dict[str, str | None],
    by: Actor,
    at: datetime,
) -> Answer:
    answer = Answer(
        kind=kind,
        channel=channel,
        provider_id=_mark(provider_id),
        received_at=at,
        desk=_desk(whose),
        branch_path=_place(whose),
        subject=whose,
        message=message,
    )
    key_id = whose.key_id if whose else None
    if key_id is None:  # nobody is known, or whoever it was is erased: what they write is read all the same
        answer.key = vault.new_key()
        key_id = answer.key.pk
    vault.seal(answer, key=key_id, **sealed)
    moves.begin(answer, "receive", by=by, at=at, reason=str(kind))
    return answer


def _stop(answer: Answer, people: Sequence[Subject], *, by: Actor, at: datetime) -> None:
    """Stop the channel for everybody at the address; who it is needs a person where nobody is known there."""
    for person in people:
        contact.mark(person, answer.channel, Reach.STOPPED, by=by, at=at)
        outbox.cancel_for(person.pk, why=contact.STOPPED, by=by, at=at, channels=[answer.channel])
    if not people:
        return
    answer.settled_at = at
    moves.make(answer, "settle", by=by, at=at, saves=("settled_at",))


def _hold(answer: Answer, people: Sequence[Subject], *, by: Actor, at: datetime) -> None:
    """
    Hold what has not left to these people, and what their plans are about to send to anybody.

    What an earlier answer holds is held by this one too: only the last that is settled lets it go.
    """
    Writer.objects.bulk_create([Writer(answer=answer, subject=one) for one in people])
    their_plans = _plans_of(people, answer.message)
    of_them = Q(subject__in=[one.pk for one in people]) | Q(touchpoint__plan__in=their_plans)
    held = [Held(answer=answer, message=one) for one in _held_before(Message.objects.filter(of_them))]
    touchpoints = Touchpoint.objects.filter(plan__in=their_plans)
    held += [
        Held(answer=answer, touchpoint=one)
        for one in touchpoints.filter(state=TouchpointState.HELD, held_reason=REPLIED)
    ]
    for touchpoint in touchpoints.filter(state__in=_GOING_OUT).order_by("pk"):
        plans.hold(touchpoint, why=REPLIED, by=by, at=at)
        held.append(Held(answer=answer, touchpoint=touchpoint))
    held += [
        Held(answer=answer, message=message)
        for message in list(Message.objects.filter(of_them, state__in=QUEUED))
        if outbox.hold([message], why=REPLIED, by=by, at=at)
    ]
    Held.objects.bulk_create(held)
    trail.record("answer.held", by=by, at=at, object=answer, count=len(held))


def _held_before(messages: MessageQuerySet) -> MessageQuerySet:
    """Return those that an earlier answer holds by themselves, and not with their touchpoint."""
    held = messages.filter(state=MessageState.HELD, why=REPLIED)
    return held.exclude(touchpoint__state=TouchpointState.HELD)


def _plans_of(people: Iterable[Subject], message: Message | None) -> list[Plan]:
    ids = [one.pk for one in people]
    live = Plan.objects.filter(state__in=LIVE_PLANS)
    found = {plan.pk: plan for plan in live.filter(subject__in=ids)}
    found |= {plan.pk: plan for plan in live.filter(family__members__subject__in=ids)}
    if message is not None and message.touchpoint is not None:
        found |= {plan.pk: plan for plan in live.filter(pk=message.touchpoint.plan_id)}
    return [found[pk] for pk in sorted(found)]


def _mark(provider_id: str) -> str:
    """Return by what an answer is known again: an e-mail's id may name its sender."""
    return hashlib.sha256(provider_id.encode("utf-8", "replace")).hexdigest()


def _desk(whose: Subject | None) -> Desk:
    families = whose is not None and whose.capacity in {Capacity.RELATIVE, Capacity.GIVER}
    return Desk.FAMILIES if families else Desk.DONORS


def _place(whose: Subject | None) -> str:
    """Return where an answer is read: where the person is served; of nobody we know, at the top."""
    if whose is None:
        return Branch.objects.order_by("path").values_list("path", flat=True).first() or ""
    person = recipients.of([whose.pk]).get(whose.pk)
    return person.branch.path if person else whose.branch_path
