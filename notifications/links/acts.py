"""Do what a link is for, once: each act is one action of the room whose it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consent import actions as consents
from consent.models import Consent
from consent.purposes import CORE
from foundation import calendar, moves, trail, vault
from foundation.moves import stops
from notifications import outbox
from notifications.answers import actions as answers
from notifications.channel_names import Channel
from notifications.links import replies, walls
from notifications.links.models import FollowUp, Link
from notifications.links.opening import Opened
from notifications.links.purposes import Purpose
from notifications.plans import actions as plans
from notifications.recipients import contact
from notifications.recipients.models import Reach
from registry.cases import actions as cases
from registry.donors import actions as donors
from registry.donors.guards import months_later
from registry.donors.models import CallKind, ContactChoice, Donor, Word
from registry.donors.reasons import Reason
from registry.donors.states import DonorState
from registry.families import actions as families

Said = Mapping[str, Any]
Settle = Callable[[datetime], object]  # waits, after the commit, for what is under way; until a deadline
A_DAY: Final = "day"  # a pause until a day of one's own


class NoLongerHolds(moves.Refused):
    """The link was used or ended while its page was open."""

    def __init__(self) -> None:
        super().__init__([_("This link was used before. Nothing was changed now.")], move="link")


@transaction.atomic
def use(opened: Opened, said: Said, *, at: datetime) -> list[Settle]:
    """
    Do the one thing that a link is for, and use it up.

    :returns: what to wait for after the commit, each with a deadline.
    :raises NoLongerHolds: if it was used or ended meanwhile.
    :raises moves.Refused: with every sentence that stands against the act; the link then still holds.
    """
    link = opened.link
    vault.lock(link.subject_id, *_with_them(opened))
    mine = Link.objects.filter(pk=link.pk, used_at=None, ended_at=None, expires_at__gt=at)
    if not mine.update(used_at=at):
        raise NoLongerHolds
    settles: list[Settle] = _ACTS[opened.purpose](opened, said, at=at)
    trail.record(
        "link.used", by=opened.by, at=at, object=link, branch=opened.person.branch.pk, purpose=link.purpose
    )
    return settles


def settle(settles: Iterable[Settle], *, at: datetime) -> None:
    """Wait, after the commit and before the answer, for what is under way."""
    for each in settles:
        each(at + stops.SETTLING)


def pause_until(said: Said, *, at: datetime) -> date:
    """Return the day to which somebody wishes to pause."""
    if said["length"] == A_DAY:
        until: date = said["until"]
        return until
    return months_later(timezone.localdate(at), int(said["length"]))


def _confirm(opened: Opened, _said: Said, *, at: datetime) -> list[Settle]:
    """Believe the number and the e-mail address they were shown, also where messages came back before."""
    donor = _donor(opened)
    donors.confirm_contact(donor, by=opened.by, at=at)
    contact.forget_broken(donor.subject, Channel.EMAIL, by=opened.by, at=at)
    return []


def _pause(opened: Opened, said: Said, *, at: datetime) -> list[Settle]:
    donor = _donor(opened)
    act = donors.change_hold if donor.state == DonorState.ON_HOLD else donors.hold
    reason = donor.hold_reason or Reason.PR_NOT_STATED
    act(donor, until=pause_until(said, at=at), reason=reason, by=opened.by, at=at)
    return []


def _leave_a_number(opened: Opened, said: Said, *, at: datetime) -> list[Settle]:
    """Have the new number rung; until then a relative's old one is written to no more."""
    if opened.person.member is not None:
        answers.number_left(
            opened.person.subject, said["phone"], told_by=f"link:{opened.link.pk}", by=opened.by, at=at
        )
    elif donors.leave_number(_donor(opened), said["phone"], by=opened.by, at=at) is None:
        raise moves.Refused([_("You are not on the register any more, so no number is kept.")])
    return []


def _only_if_matched(opened: Opened, _said: Said, *, at: datetime) -> list[Settle]:
    donors.choose_contact(_donor(opened), choice=ContactChoice.ONLY_IF_MATCHED, by=opened.by, at=at)
    return []


def _withdraw(opened: Opened, said: Said, *, at: datetime) -> list[Settle]:
    receipt = donors.withdraw(
        _donor(opened),
        by=opened.by,
        at=at,
        word=Word.LINK,
        destroy_now=said.get("samples") == "now",
    )
    return [lambda deadline: donors.settle(receipt, deadline=deadline)]


def _withdraw_one(opened: Opened, said: Said, *, at: datetime) -> list[Settle]:
    """Withdraw one consent; one on which the register stands is the withdrawal itself."""
    standing = Consent.objects.standing().filter(subject=opened.person.subject)
    consent = standing.filter(pk=said["consent"]).first()
    if consent is None:
        raise moves.Refused([_("This permission was withdrawn before.")])
    if consent.purpose in CORE and opened.person.donor is not None:
        return _withdraw(opened, said, at=at)
    stopped = consents.withdraw(consent, by=opened.by, at=at)
    return [stop.settle for stop in stopped if stop.settle is not None]


def _stop(opened: Opened, said: Said, *, at: datetime) -> list[Settle]:
    """
    Stop the ways, and take back what has not left by them and who was to ring, as a reply of "T" does.

    A relative who stops every way wants to hear nothing more: nor is a call, a letter or a visit planned.
    """
    ways = list(Channel) if said.get("ways") == "all" else [Channel(opened.link.matter)]
    for way in ways:
        contact.mark(opened.person.subject, way, Reach.STOPPED, by=opened.by, at=at)
    if Channel.CALL in ways and opened.person.donor is not None:
        donors.stop_calls(opened.person.donor, by=opened.by, at=at)
    if len(ways) == len(Channel) and opened.person.member is not None:
        families.no_more(opened.person.member, whole_plan=False, by=opened.by, at=at)
    stopped = outbox.cancel_for(
        opened.person.subject.pk, why=contact.STOPPED, by=opened.by, at=at, channels=ways
    )
    return [stopped.settle] if stopped.settle is not None else []


def _reply(opened: Opened, said: Said, *, at: datetime) -> list[Settle]:
    people = said["people"] if said["coming"] == "yes" else 0
    given = {"people": people, "standing": said["standing"]}
    replies.answer(opened.link.matter, opened.person.subject, **given, by=opened.by, at=at)
    return []


def _follow_up(opened: Opened, said: Said, *, at: datetime) -> list[Settle]:
    """Keep how somebody is, here and in the follow-up of their donation; who is not well is rung."""
    donor, words = _donor(opened), said["words"].strip()
    answer = FollowUp(
        subject=donor.subject,
        matter=opened.link.matter,
        at=at,
        wellbeing=int(said["wellbeing"]),
        symptoms=said["symptoms"] == "yes",
        call_me=said["call_me"],
    )
    if words and donor.subject.key_id:
        vault.seal(answer, key=donor.subject.key_id, words=words)
    answer.save(force_insert=True)
    cases.answer_by_donor(
        donor,
        step=opened.link.matter,
        wellbeing=answer.wellbeing,
        symptoms=answer.symptoms,
        words=words,
        by=opened.by,
        at=at,
    )
    plans.respond_to(opened.link.subject, answer.matter, by=opened.by, at=at)
    unwell = answer.wellbeing <= settings.FOLLOW_UP_BAD or answer.symptoms
    if (unwell or answer.call_me) and not donor.is_gone:
        due = calendar.add_working_days(timezone.localdate(at), settings.FOLLOW_UP_WORKING_DAYS)
        donors.plan_call(donor, kind=CallKind.FOLLOW_UP, due_on=due, by=opened.by, at=at)
    return []


def _with_them(opened: Opened) -> list[UUID]:
    """Return who else is locked at once, so that two acts never wait for each other."""
    donor, member = opened.person.donor, opened.person.member
    if member is not None:
        return [member.family.giver.subject_id]
    return [donor.subject_id] if donor else []


def _wall(opened: Opened, said: Said, *, at: datetime) -> list[Settle]:
    """Keep what somebody of the family says to the page for the memorial wall."""
    walls.answer(
        opened.person,
        said=said["answer"],
        words=said["words"],
        seen=said["standing"],
        by=opened.by,
        at=at,
    )
    return []


def _donor(opened: Opened) -> Donor:
    donor = opened.person.donor
    if donor is None:
        raise NoLongerHolds
    return donor


_ACTS: Final[dict[Purpose, Any]] = {
    Purpose.CONFIRM: _confirm,
    Purpose.PAUSE: _pause,
    Purpose.PHONE: _leave_a_number,
    Purpose.ONLY_IF_MATCHED: _only_if_matched,
    Purpose.WITHDRAW: _withdraw,
    Purpose.CONSENTS: _withdraw_one,
    Purpose.STOP: _stop,
    Purpose.REPLY: _reply,
    Purpose.FOLLOW_UP: _follow_up,
    Purpose.WALL: _wall,
}
