"""What the pages of events read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from foundation.access import Scope
from foundation.vault import Subject
from notifications.care.queries import names_of
from notifications.events import actions, telling
from notifications.events.models import Event, Invitation
from notifications.links.replies import Invitation as Shown
from notifications.plans.states import LIVE_PLANS
from registry.families.models import Family

SHOWN = 400  # households of one page


@dataclass(frozen=True, slots=True)
class Guest:
    """One household of an event: invited by a way, or not yet."""

    family: Family
    name: object
    invitation: Invitation | None = None
    way: str = ""


@dataclass(frozen=True, slots=True)
class Seats:
    """How an event stands: households and people."""

    invited: int
    answered: int
    coming: int
    attended: int
    left: int


def guests(event: Event) -> list[Guest]:
    """Return the invited households of an event, those without an answer first."""
    here = event.invitations.filter(family__branch_path__startswith=event.branch_path)
    found = here.select_related("family__giver", "subject").order_by("answered_at", "id")[:SHOWN]
    rows = sorted(found, key=lambda one: (one.people is not None, not one.people, one.pk))
    names = names_of([one.family.giver for one in rows])
    return [Guest(one.family, names[one.family.giver_id], one, one.get_channel_display()) for one in rows]


def to_tell(event: Event, *, at: datetime) -> list[Guest]:
    """Return the households that a person has still to ring or write to, in a fixed number of queries."""
    here = telling.waiting(event, at=at).filter(family__branch_path__startswith=event.branch_path)
    rows = list(here.select_related("family__giver").order_by("channel", "id")[:SHOWN])
    names = names_of([one.family.giver for one in rows])
    return [Guest(one.family, names[one.family.giver_id], one, one.get_channel_display()) for one in rows]


def to_invite(event: Event, scope: Scope) -> list[Guest]:
    """
    Return the households that may be invited and are not yet, in a fixed number of queries.

    By which way is found when they are invited, and who cannot be reached is named then.
    """
    here = Family.objects.visible_to(scope).filter(branch_path__startswith=event.branch_path)
    running = here.filter(
        plans__state__in=LIVE_PLANS, events_declined_at__isnull=True, stopped_at__isnull=True
    )
    rows = (
        running.exclude(invitations__event=event).select_related("giver").distinct().order_by("-id")[:SHOWN]
    )
    names = names_of([one.giver for one in rows])
    return [Guest(one, names[one.giver_id]) for one in rows]


def not_asked(event: Event, scope: Scope) -> int:
    """Return how many households of an event's branch do not want to be invited to events."""
    here = Family.objects.visible_to(scope).filter(branch_path__startswith=event.branch_path)
    return here.filter(events_declined_at__isnull=False).count()


def seats(event: Event) -> Seats:
    """Return how an event stands."""
    rows = list(event.invitations.values_list("people", "attended"))
    coming = sum(people or 0 for people, _there in rows)
    return Seats(
        len(rows),
        sum(1 for people, _there in rows if people is not None),
        coming,
        sum(there or 0 for _people, there in rows),
        event.seats - coming,
    )


def describe(matter: str, subject: Subject) -> Shown | None:
    """Return an invitation as who opens its link sees it; None where it stands no more."""
    try:
        invitation = actions.invitation_of(matter, subject)
    except actions.EventOver:
        return None
    if invitation.event.called_off_at is not None:
        return None
    event = invitation.event
    return Shown(event.name, event.starts_at, event.place, event.seats_a_household, invitation.people)
