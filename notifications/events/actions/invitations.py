"""Invite households, take their answers, and write down who came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation import trail, vault
from foundation.access import Permission
from foundation.trail import Actor, ActorKind
from foundation.vault import Subject
from notifications import outbox
from notifications.events import heard, inviting
from notifications.events.actions.queueing import queue
from notifications.events.actions.standing import EventOver, NoSeats, check_allowed, check_speaks, to_come
from notifications.events.models import Event, Invitation, Kind, Telling
from registry.families.models import Family


@dataclass(slots=True)
class Invited:
    """How many households were invited, and why others were not: code → how many."""

    invited: int = 0
    left_out: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def invite(event: Event, families: Sequence[Family], *, by: Actor, at: datetime) -> Invited:
    """
    Invite households, each once; one that declined events, or hears no more, is left out and counted.

    :raises EventOver: if it was called off or has begun.
    :raises moves.NotAllowed: if the actor may not send at the event's branch.
    """
    vault.lock(*(one.giver.subject_id for one in families))
    event = to_come(event, at=at)
    check_allowed(event, Permission.CARE_SEND, by=by, at=at)
    done, made = Invited(), []
    for asked in sorted(families, key=lambda one: str(one.giver.subject_id)):
        now = Family.objects.select_related("giver", "branch").get(pk=asked.pk)  # as it is under the lock
        found = inviting.candidate(event, now, at=at)
        if found.to is None:
            done.left_out[found.why] = done.left_out.get(found.why, 0) + 1
        elif invitation := _invite(event, found, by=by, at=at):
            made.append(invitation)
    queue(heard.of(made), Kind.EVENT, due_at=at, at=at)
    done.invited = len(made)
    trail.record("event.invited", by=by, at=at, object=event, branch=event.branch_id, invited=done.invited)
    return done


@transaction.atomic
def answer(invitation: Invitation, *, people: int, by: Actor, at: datetime) -> Invitation:
    """
    Keep how many of a household come; 0 is a no, and a later word replaces an earlier one.

    Who said no to another day, and comes after all, hears of the day it has now.

    :raises EventOver: if it was called off or has begun.
    :raises NoSeats: if more want to come than there are seats for.
    :raises moves.NotAllowed: if somebody of the staff may not send where the household is looked after.
    """
    vault.lock(invitation.subject_id)
    event = to_come(invitation.event, at=at)
    if by.kind == ActorKind.STAFF:
        check_speaks(invitation, by=by, at=at)
    others = event.invitations.exclude(pk=invitation.pk).aggregate(n=Sum("people"))["n"] or 0
    _check_seats(event, people, left=max(0, event.seats - others), by=by)
    invitation = Invitation.objects.select_related("event", "subject").get(pk=invitation.pk)
    invitation.people, invitation.answered_at = people, at
    invitation.save(update_fields=["people", "answered_at"])
    trail.record(
        "invitation.answered", by=by, at=at, object=invitation, branch=event.branch_id, people=people
    )
    (now,) = heard.of([invitation])
    if now.kind(at=at) == Kind.CHANGED and not now.has(Kind.CHANGED):
        queue([now], Kind.CHANGED, due_at=at, at=at)
    return invitation


def _check_seats(event: Event, people: int, *, left: int, by: Actor) -> None:
    """
    Go on only where there are seats for so many of one household.

    :raises NoSeats: with how many there are; only who is not of the branch is told to ring it.
    """
    most = event.seats_a_household
    if people <= min(most, left):
        return
    if people > most:
        words = ngettext(
            "There is a seat for %(most)d person of one family.",
            "There are seats for %(most)d people of one family.",
            most,
        ) % {"most": most}
    else:
        words = ngettext("%(n)d seat is left.", "%(n)d seats are left.", left) % {"n": left}
    ring = [] if by.kind == ActorKind.STAFF else [_("Ring the branch; they will find a way.")]
    raise NoSeats([words, *ring])


@transaction.atomic
def attended(invitation: Invitation, *, people: int, by: Actor, at: datetime) -> None:
    """
    Write down how many of a household were there; nobody is 0. Where thanks went out, they are thanked too.

    :raises EventOver: if it was called off, or has not begun.
    :raises moves.NotAllowed: if the actor may not send at the event's branch.
    """
    vault.lock(invitation.subject_id)
    invitation = Invitation.objects.select_related("event", "family", "subject").get(pk=invitation.pk)
    event = invitation.event
    check_allowed(event, Permission.CARE_SEND, by=by, at=at)
    if event.called_off_at is not None or event.starts_at > at:
        raise EventOver([_("Who was there is written down once the event has begun.")])
    invitation.attended = people
    invitation.save(update_fields=["attended"])
    trail.record(
        "invitation.attended", by=by, at=at, object=invitation, branch=event.branch_id, people=people
    )
    queue(
        (one for one in heard.of([invitation]) if one.kind(at=at) == Kind.THANKS),
        Kind.THANKS,
        due_at=at,
        at=at,
    )


@transaction.atomic
def take_back(family: Family, *, by: Actor, at: datetime) -> int:
    """Cancel what has not left of a household's invitations, and return how many. Twice is once."""
    theirs = heard.of(Invitation.objects.select_related("event").filter(family=family))
    return outbox.cancel(heard.messages_of(theirs, heard.DECLINED), why="events_declined", by=by, at=at)


@transaction.atomic
def answered_by_link(
    matter: str, subject: Subject, *, people: int, standing: str, by: Actor, at: datetime
) -> Invitation:
    """
    Keep the answer that somebody gave by their own link; who answers to a new day knows of it.

    :param standing: which day and place the page showed, as ``Event.standing`` names it.
    :raises EventOver: if the event was moved since; further as ``answer``.
    """
    vault.lock(subject.pk)
    invitation = invitation_of(matter, subject)
    if standing != invitation.event.standing:
        raise EventOver([_("The event was moved meanwhile. Please look at the new day and answer again.")])
    if standing:
        Telling.objects.update_or_create(
            invitation=invitation, kind=Kind.CHANGED, defaults={"told_at": at, **by.columns()}
        )
    return answer(invitation, people=people, by=by, at=at)


def invitation_of(matter: str, subject: Subject) -> Invitation:
    """
    Return the invitation a link is about.

    :raises EventOver: if there is none of this person.
    """
    try:
        pk = heard.invitation_in(matter)
        return Invitation.objects.select_related("event").get(pk=pk, subject=subject)
    except (ValueError, Invitation.DoesNotExist) as fault:
        raise EventOver([_("This invitation stands no more. Ring the branch.")], move="event") from fault


def _invite(event: Event, found: inviting.Candidate, *, by: Actor, at: datetime) -> Invitation | None:
    """Return the invitation of a household that has none yet."""
    if found.to is None:
        return None
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
    return invitation if made else None
