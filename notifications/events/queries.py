"""What the pages of events read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from foundation.access import Scope
from foundation.vault import Subject
from notifications.care.queries import names_of
from notifications.care.unsent import Reason, reason_of
from notifications.channel_names import Channel
from notifications.events import inviting
from notifications.events.models import Event, Invitation
from notifications.links.replies import Invitation as Shown
from registry.families.models import Family

SHOWN = 400  # households of one page


@dataclass(frozen=True, slots=True)
class Guest:
    """One household of an event: invited, or not and why."""

    family: Family
    name: object
    invitation: Invitation | None = None
    way: str = ""
    why: Reason | None = None


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
    found = event.invitations.select_related("family__giver", "subject").order_by("answered_at", "id")[:SHOWN]
    rows = sorted(found, key=lambda one: (one.people is not None, not one.people, one.pk))
    names = names_of([one.family.giver for one in rows])
    return [Guest(one.family, names[one.family.giver_id], one, one.get_channel_display()) for one in rows]


def to_invite(event: Event, scope: Scope, *, at: datetime) -> list[Guest]:
    """Return the households not invited yet: by which way they would be, or why not."""
    found = Family.objects.visible_to(scope).filter(branch_path__startswith=event.branch_path)
    rows = list(found.exclude(invitations__event=event).select_related("giver").order_by("-id")[:SHOWN])
    names = names_of([one.giver for one in rows])
    return [_guest(inviting.candidate(event, one, at=at), names[one.giver_id]) for one in rows]


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
    _kind, _sep, pk = matter.partition(":")
    found = Invitation.objects.filter(subject=subject, event__called_off_at__isnull=True)
    invitation = found.select_related("event").filter(pk=pk).first() if pk else None
    if invitation is None:
        return None
    event = invitation.event
    return Shown(event.name, event.starts_at, event.place, event.seats_a_household, invitation.people)


def _guest(found: inviting.Candidate, name: object) -> Guest:
    if found.to is None:
        return Guest(found.family, name, why=reason_of(found.why))
    return Guest(found.family, name, way=str(Channel(found.channel).label))
