"""Say what an answer means: it is done at once, and what the answer held goes on or is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import access, calendar, moves, trail, vault
from foundation.access import Permission, task_actor
from foundation.moves.stops import Stop
from foundation.trail import Actor, ActorKind
from foundation.vault import Capacity, Subject
from notifications import outbox
from notifications.answers import finding, holding
from notifications.answers.actions import closing
from notifications.answers.actions.common import lock_with_households
from notifications.answers.models import Answer, AnswerState, Meaning
from notifications.channel_names import Channel
from notifications.outbox import late
from notifications.outbox.models import Message, MessageState
from notifications.plans import actions as plans
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from notifications.plans.whys import Why
from notifications.recipients import contact
from notifications.recipients.models import Reach
from registry.donors import actions as donors
from registry.donors.models import CallKind, ContactChoice, Donor
from registry.families import actions as families
from registry.families.models import Member
from registry.families.records import Relative

WHY: Final = "answer_settled"
_OF_A_NUMBER: Final = (Channel.SMS, Channel.CALL)
# What they said themselves; a stranger at their number, or who tells of a death, did not answer for them.
_THEIR_WORD: Final = frozenset({Meaning.THANKS, Meaning.TALK, Meaning.NEW_NUMBER, Meaning.NO_MORE})


@dataclass(frozen=True, slots=True)
class Said:
    """
    What staff found an answer to mean.

    ``who`` is whom it is about: who has died need not be who wrote. ``goes_on``: whether what the
    answer held may go on. ``household``: nobody of it wants to hear more.
    """

    meaning: Meaning
    who: Subject | None = None
    goes_on: bool = False
    household: bool = False
    number: str = field(default="", repr=False)


@transaction.atomic
def settle(answer: Answer, said: Said, *, by: Actor, at: datetime) -> list[Stop]:
    """
    Record what an answer means, do what follows from it, and let go of what it held.

    Where nobody is known at the address nothing follows: it was done on the page of whom it is about.

    :returns: what stopped, where something had to; each may be waited for after the commit.
    :raises moves.Refused: if it was settled before, or it is not said whom it is about.
    :raises moves.NotAllowed: if the actor may not do what follows from it.
    :raises phones.PhoneProblem: if nobody can be called at the new number.
    """
    written_to = answer.message.subject_id if answer.message else None
    who = said.who.pk if said.who else None
    concerned = [pk for pk in (answer.subject_id, written_to, who) if pk is not None]
    lock_with_households(finding.kept(concerned).union(concerned))
    read = Answer.objects.select_related("subject", "message__touchpoint__plan__family__giver")
    answer = read.get(pk=answer.pk)
    if answer.state != AnswerState.OPEN:
        raise moves.WrongState(move="settle", state=str(answer.state))
    answer.meaning, answer.settled_at = said.meaning, at
    moves.make(answer, "settle", by=by, at=at, reason=said.meaning, saves=("meaning", "settled_at"))
    if said.meaning in _THEIR_WORD and answer.message and answer.message.touchpoint:
        plans.respond(answer.message.touchpoint, by=by, at=at, on=answer)
    follow = _FOLLOWS[said.meaning] if concerned else _nothing
    stops = follow(answer, said, by, at)
    _let_go(answer, goes_on=said.goes_on, by=by, at=at)
    return stops


def _nothing(_answer: Answer, _said: Said, _by: Actor, _at: datetime) -> list[Stop]:
    return []


def _talk(answer: Answer, said: Said, by: Actor, at: datetime) -> list[Stop]:
    """A donor is put on the list of calls; a family's officer has read it, and rings."""
    donor = _donor(said.who or answer.subject)
    if donor is not None:
        due = calendar.add_working_days(timezone.localdate(at), 1)
        donors.plan_call(donor, kind=CallKind.CONTACT_CHECK, due_on=due, by=by, at=at)
    return []


def _new_number(_answer: Answer, said: Said, by: Actor, at: datetime) -> list[Stop]:
    """A donor's new number is rung before it is believed; a relative's is taken from who knows them."""
    who = _about(said)
    donor, member = _donor(who), _member(who)
    if donor is not None:
        donors.leave_number(donor, said.number, by=by, at=at)
    elif member is not None:
        families.correct_member(member, _with_number(member, said.number), by=by, at=at)
        for channel in _OF_A_NUMBER:
            contact.forget_broken(who, channel, by=by, at=at)
    else:
        raise moves.Refused([_("Note a new appointment with the new number.")], move="settle")
    return []


def _wrong_person(answer: Answer, said: Said, by: Actor, at: datetime) -> list[Stop]:
    """Nothing goes to that address any more; a donor is looked for by the call list."""
    who = said.who or answer.subject
    if who is None:
        return []
    opened = vault.open_one(answer, "sender")["sender"]
    address = opened if isinstance(opened, str) else ""
    by_number = answer.channel in _OF_A_NUMBER
    for channel in _OF_A_NUMBER if by_number else (answer.channel,):
        contact.mark(who, channel, Reach.WRONG, by=by, at=at, address=address)
    donor = _donor(who)
    if donor is not None:
        with suppress(moves.WrongState):
            donors.plan_call(donor, kind=CallKind.CONTACT_CHECK, due_on=timezone.localdate(at), by=by, at=at)
    stop = outbox.cancel_for(who.pk, why=contact.BROKEN, by=by, at=at, channels=[answer.channel])
    return [stop]


def _no_more(_answer: Answer, said: Said, by: Actor, at: datetime) -> list[Stop]:
    who = _about(said)
    donor, member = _donor(who), _member(who)
    if donor is not None:
        donors.choose_contact(donor, choice=ContactChoice.ONLY_IF_MATCHED, by=by, at=at)
    if member is not None:
        return families.no_more(member, whole_plan=said.household, by=by, at=at)
    return _of_a_visitor(who, by, at)


def _died(_answer: Answer, said: Said, by: Actor, at: datetime) -> list[Stop]:
    who = _about(said)
    donor, member = _donor(who), _member(who)
    if donor is not None:
        donors.report_dead(donor, by=by, at=at)
    elif member is not None:
        families.report_dead(member, by=by, at=at)
    return _of_a_visitor(who, by, at)


def _of_a_visitor(who: Subject, by: Actor, at: datetime) -> list[Stop]:
    """Who is only expected at a drive hears no more of it; a donor or a relative has stops of their own."""
    if who.capacity != Capacity.VISITOR:
        return []
    contact.mark(who, Channel.SMS, Reach.STOPPED, by=by, at=at)
    return [outbox.cancel_for(who.pk, why=contact.STOPPED, by=by, at=at)]


Follow = Callable[[Answer, Said, Actor, datetime], list[Stop]]
_FOLLOWS: Final[dict[str, Follow]] = {
    Meaning.THANKS: _nothing,
    Meaning.NOTHING: _nothing,
    Meaning.TALK: _talk,
    Meaning.NEW_NUMBER: _new_number,
    Meaning.WRONG_PERSON: _wrong_person,
    Meaning.NO_MORE: _no_more,
    Meaning.DIED: _died,
}


def _let_go(answer: Answer, *, goes_on: bool, by: Actor, at: datetime) -> None:
    """
    Let go of what is still held by this answer; what stopped meanwhile stays stopped.

    What another answer holds that nobody has read yet does not go on before that; what one held that
    nobody can read any more is held on, for a person to decide. What was held of
    people whom others look after is theirs to leave out: it goes back to them.
    """
    count = 0
    also_lost = answer.held.filter(holding.also_lost())
    rows = answer.held.select_related("message__subject", "touchpoint__plan", "touchpoint__step")
    if goes_on:
        count += closing.hold_on_unread(also_lost, by=by, at=at)
    for held in holding.by_no_other(rows) if goes_on else rows:
        if held.message is not None:
            theirs = _is_theirs(by, held.message.bereaved, held.message, at=at)
            count += _let_message_go(held.message, goes_on=goes_on or not theirs, by=by, at=at)
        elif held.touchpoint is not None:
            count += _let_touchpoint_go(held.touchpoint, goes_on=goes_on, by=by, at=at)
    trail.record("answer.let_go", by=by, at=at, object=answer, count=count, goes_on=goes_on)


def _let_message_go(message: Message, *, goes_on: bool, by: Actor, at: datetime) -> int:
    if message.state != MessageState.HELD or message.why != Why.REPLIED:
        return 0
    if goes_on:
        if by.kind == ActorKind.STAFF and _is_theirs(by, message.bereaved, message, at=at):
            late.of_now(message, at=at)  # who reads it knows that it is late
        return outbox.release([message], by=by, at=at)
    return outbox.cancel([message], why=WHY, by=by, at=at)


def _let_touchpoint_go(touchpoint: Touchpoint, *, goes_on: bool, by: Actor, at: datetime) -> int:
    if touchpoint.state != TouchpointState.HELD or touchpoint.held_reason != Why.REPLIED:
        return 0
    if not _is_theirs(by, touchpoint.plan.family_id is not None, touchpoint, at=at):
        plans.release(touchpoint, by=task_actor("answers.settled"), at=at)
    elif goes_on:
        plans.release(touchpoint, by=by, at=at)
    else:
        plans.skip(touchpoint, why=Why.NOT_FITTING.value, by=by, at=at)
    return 1


def _is_theirs(by: Actor, bereaved: bool, thing: Message | Touchpoint, *, at: datetime) -> bool:  # noqa: FBT001
    """Return whether who settles an answer looks after these people, too: a number may be of several."""
    right = Permission.CARE_APPROVE if bereaved else Permission.CALL_MAKE
    return by.kind != ActorKind.STAFF or access.may(by, right, on=thing, at=at)


def _about(said: Said) -> Subject:
    if said.who is None:
        raise moves.Refused([_("Say whom it is about.")], move="settle")
    return said.who


def _donor(who: Subject | None) -> Donor | None:
    """Return the donor; of two records that were joined, the one that was kept."""
    found = Donor.objects.select_related("merged_into__subject").filter(subject=who).first() if who else None
    return (found.merged_into or found) if found else None


def _member(who: Subject | None) -> Member | None:
    found = Member.objects.select_related("subject", "family__giver__subject")
    return found.filter(subject=who).first() if who else None


def _with_number(member: Member, number: str) -> Relative:
    return Relative(**(families.values_of_member(member) | {"phone": number}))
