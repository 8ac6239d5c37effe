"""Plan an event, invite to it, take answers, write down who came, and thank them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from foundation import access, moves, trail, vault
from foundation.access import Branch, Permission
from foundation.trail import Actor, ActorKind
from foundation.vault import Subject
from notifications import outbox
from notifications.channel_names import BY_MACHINE
from notifications.events import inviting, telling
from notifications.events.models import Event, Invitation, Kind, Telling
from registry.families.models import Family

PROGRAMME: Final = "family_care"
FARTHEST: Final = timedelta(days=730)  # an event lies ahead, and not in another decade [D]


class EventOver(moves.Refused):
    """The event was called off, or it is over."""


class NoSeats(moves.Refused):
    """There are not so many seats left."""


@dataclass(slots=True)
class Invited:
    """How many households were invited, and why others were not: code → how many."""

    invited: int = 0
    left_out: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def plan(
    *,
    branch: Branch,
    name: str,
    place: str,
    starts_at: datetime,
    seats: int,
    seats_a_household: int,
    by: Actor,
    at: datetime,
) -> Event:
    """
    Plan an event of a branch.

    :raises moves.NotAllowed: if the actor may not plan care there.
    """
    if not access.may(by, Permission.CARE_PLAN, on=branch, at=at):
        raise moves.NotAllowed
    if not at < starts_at < at + FARTHEST:
        raise moves.Refused([_("Choose a day to come, within two years.")], move="plan")
    event = Event.objects.create(
        branch=branch,
        branch_path=branch.path,
        name=name,
        place=place,
        starts_at=starts_at,
        seats=seats,
        seats_a_household=seats_a_household,
        made_at=at,
        **by.columns(),
    )
    trail.record("event.planned", by=by, at=at, object=event, branch=branch.pk, seats=seats)
    return event


@transaction.atomic
def invite(event: Event, families: Sequence[Family], *, by: Actor, at: datetime) -> Invited:
    """
    Invite households, each once; one that declined events, or hears no more, is left out and counted.

    :raises EventOver: if it was called off or has begun.
    """
    event = _standing(event, at=at)
    _allowed(event, Permission.CARE_SEND, by=by, at=at)
    done = Invited()
    for asked in sorted(families, key=lambda one: str(one.giver.subject_id)):
        vault.lock(asked.giver.subject_id)
        now = Family.objects.select_related("giver", "branch").get(pk=asked.pk)  # as it is under the lock
        found = inviting.candidate(event, now, at=at)
        if found.to is None:
            done.left_out[found.why] = done.left_out.get(found.why, 0) + 1
        elif _invite(event, found, by=by, at=at):
            done.invited += 1
    trail.record("event.invited", by=by, at=at, object=event, branch=event.branch_id, invited=done.invited)
    return done


@transaction.atomic
def answer(invitation: Invitation, *, people: int, by: Actor, at: datetime) -> Invitation:
    """
    Keep how many of a household come; 0 is a no, and a later word replaces an earlier one.

    :raises EventOver: if it was called off or has begun.
    :raises NoSeats: if more want to come than there are seats for.
    """
    event = _standing(Event.objects.select_for_update().get(pk=invitation.event_id), at=at)
    if by.kind == ActorKind.STAFF:
        _allowed(event, Permission.CARE_SEND, by=by, at=at)
    others = event.invitations.exclude(pk=invitation.pk).aggregate(n=Sum("people"))["n"] or 0
    if people > event.seats_a_household or people + others > event.seats:
        raise NoSeats([_("There are not so many seats left. Ring the branch; they will find a way.")])
    invitation = Invitation.objects.get(pk=invitation.pk)
    invitation.people, invitation.answered_at = people, at
    invitation.save(update_fields=["people", "answered_at"])
    trail.record(
        "invitation.answered", by=by, at=at, object=invitation, branch=event.branch_id, people=people
    )
    return invitation


@transaction.atomic
def attended(invitation: Invitation, *, people: int, by: Actor, at: datetime) -> None:
    """Write down how many of a household were there; nobody is 0."""
    event = invitation.event
    _allowed(event, Permission.CARE_SEND, by=by, at=at)
    Invitation.objects.filter(pk=invitation.pk).update(attended=people)
    trail.record(
        "invitation.attended", by=by, at=at, object=invitation, branch=event.branch_id, people=people
    )


@transaction.atomic
def call_off(event: Event, *, by: Actor, at: datetime) -> int:
    """Call an event off: what has not left is cancelled, and who said yes is told. Twice is once."""
    event = Event.objects.select_for_update().get(pk=event.pk)
    _allowed(event, Permission.CARE_PLAN, by=by, at=at)
    if event.called_off_at is not None:
        return 0
    event.called_off_at = at
    event.save(update_fields=["called_off_at"])
    invitations = list(event.invitations.select_related("subject"))
    waiting = outbox.Message.objects.filter(occasion__in=[_occasion(one) for one in invitations]).waiting()
    outbox.cancel(waiting, why="event_called_off", by=by, at=at)
    trail.record("event.called_off", by=by, at=at, object=event, branch=event.branch_id)
    coming = [one for one in invitations if one.people]
    return sum(_tell(event, one, Kind.CHANGED, at=at) for one in coming)


@transaction.atomic
def thank(event: Event, *, by: Actor, at: datetime) -> int:
    """Thank every household that was there, once."""
    event = Event.objects.select_for_update().get(pk=event.pk)
    _allowed(event, Permission.CARE_SEND, by=by, at=at)
    if event.called_off_at is not None or event.starts_at > at:
        raise EventOver([_("Thanks go out after the event.")])
    event.thanked_at = event.thanked_at or at
    event.save(update_fields=["thanked_at"])
    there = event.invitations.filter(attended__gt=0).select_related("subject")
    trail.record("event.thanked", by=by, at=at, object=event, branch=event.branch_id)
    return sum(_tell(event, one, Kind.THANKS, at=at) for one in there)


@transaction.atomic
def tell(invitation: Invitation, kind: Kind, *, people: int | None = None, by: Actor, at: datetime) -> None:
    """
    Write down that a person rang or wrote to a household that no machine writes to. Twice is once.

    :param kind: what they were told.
    :param people: how many of them come, where they said so.
    :raises EventOver: if that is not what there is to tell them any more.
    :raises NoSeats: if more want to come than there are seats for.
    """
    vault.lock(invitation.subject_id)
    invitation = Invitation.objects.select_related("event").get(pk=invitation.pk)
    event = invitation.event
    _allowed(event, Permission.CARE_SEND, by=by, at=at)
    if telling.kind_of(event, at=at) != kind:
        raise EventOver([_("The event has changed meanwhile. Look again before you tell them.")])
    _told, first = Telling.objects.get_or_create(
        invitation=invitation, kind=kind, defaults={"told_at": at, **by.columns()}
    )
    if first:
        trail.record(
            "invitation.told", by=by, at=at, object=invitation, branch=event.branch_id, reason=kind.value
        )
    if people is not None and kind == Kind.EVENT:
        answer(invitation, people=people, by=by, at=at)


@transaction.atomic
def take_back(family: Family, *, by: Actor, at: datetime) -> int:
    """Cancel what has not left of a household's invitations, and return how many. Twice is once."""
    occasions = [_occasion(one) for one in Invitation.objects.filter(family=family)]
    waiting = outbox.Message.objects.filter(occasion__in=occasions).waiting()
    return outbox.cancel(waiting, why="events_declined", by=by, at=at)


def answered_by_link(matter: str, subject: Subject, *, people: int, by: Actor, at: datetime) -> Invitation:
    """Keep the answer that somebody gave by their own link."""
    return answer(invitation_of(matter, subject), people=people, by=by, at=at)


def invitation_of(matter: str, subject: Subject) -> Invitation:
    """
    Return the invitation a link is about.

    :raises EventOver: if there is none of this person.
    """
    kind, _sep, pk = matter.partition(":")
    try:
        return Invitation.objects.select_related("event").get(pk=UUID(pk), subject=subject)
    except (ValueError, Invitation.DoesNotExist) as fault:
        raise EventOver([_("This invitation stands no more. Ring the branch.")], move=kind) from fault


def _invite(event: Event, found: inviting.Candidate, *, by: Actor, at: datetime) -> bool:
    if found.to is None:
        return False
    invitation, made = Invitation.objects.get_or_create(
        event=event,
        family=found.family,
        defaults={
            "subject": found.to.subject,
            "channel": found.channel,
            "invited_at": at,
            **by.columns(),
        },
    )
    if made:
        _tell(event, invitation, Kind.EVENT, at=at)
    return made


def _tell(event: Event, invitation: Invitation, kind: Kind, *, at: datetime) -> bool:
    """Queue words about an event; a call or a letter is a person's to do, on the event's page."""
    if invitation.channel not in BY_MACHINE:
        return False
    queued = outbox.queue(
        subject=invitation.subject,
        branch_path=event.branch_path,
        channel=invitation.channel,
        wording=telling.WORDS[kind],
        language=invitation.subject.language,
        due_at=at,
        programme_key=PROGRAMME,
        occasion=_occasion(invitation, kind),
        fields=telling.fields(event),
        bereaved=True,
        beats_gap=kind == Kind.CHANGED,
        at=at,
    )
    return queued is not None


def _occasion(invitation: Invitation, kind: Kind = Kind.EVENT) -> str:
    return f"{kind.value}:{invitation.pk}"


def _standing(event: Event, *, at: datetime) -> Event:
    event = Event.objects.get(pk=event.pk)
    if event.called_off_at is not None or event.starts_at <= at:
        raise EventOver([_("The event was called off, or it is over.")])
    return event


def _allowed(event: Event, permission: Permission, *, by: Actor, at: datetime) -> None:
    if not access.may(by, permission, on=event, at=at):
        raise moves.NotAllowed
