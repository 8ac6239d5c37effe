"""What the pages of events read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from foundation.access import Branch, Scope
from foundation.vault import Subject
from notifications.answers.models import AnswerState, Writer
from notifications.care.queries import names_of
from notifications.care.unsent import Reason, reason_of
from notifications.channel_names import Channel
from notifications.events import actions, heard
from notifications.events.heard import Heard
from notifications.events.models import Event, Invitation, InvitationQuerySet, Kind
from notifications.links.replies import Invitation as Shown
from notifications.outbox import Message
from notifications.plans import whys
from notifications.plans.models import Touchpoint
from notifications.plans.states import PlanState, TouchpointState
from notifications.plans.whys import Why
from registry.families.models import Complaint, Family

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN = 400  # households of one page
COUNTED = 2000  # invitations of a page of events that are looked through


@dataclass(frozen=True, slots=True)
class Guest:
    """One household of an event: what it heard, by which way, or why not; or not invited yet."""

    family: Family
    name: object
    invitation: Invitation | None = None
    way: str = ""
    is_invited: bool = False
    kind: Kind | None = None  # what it is to know now
    unsent: Message | None = None  # what did not leave of that
    why: Reason | None = None
    answered_before: bool = False  # it was moved since
    writes: bool = False  # a person does, rather than ring
    think_first: StrOrPromise = ""  # why a person should think twice before they invite this one


@dataclass(frozen=True, slots=True)
class Seats:
    """How an event stands: households and people."""

    invited: int
    answered: int
    coming: int
    attended: int
    left: int


@dataclass(frozen=True, slots=True)
class Left:
    """How many households of an event a person has still to tell: at its branch, and where others came to."""

    here: int
    elsewhere: int


def guests(event: Event, *, at: datetime) -> list[Guest]:
    """Return the invited households of an event, those without an answer first."""
    rows = _here(event).order_by("answered_at", "id")[:SHOWN]
    return _shown(sorted(heard.of(rows), key=lambda one: _of_answer(one.invitation)), at=at)


def to_tell(event: Event, *, at: datetime) -> list[Guest]:
    """Return the households that a person has still to ring or write to, in a fixed number of queries."""
    left = [one for one in heard.of(_here(event)) if one.is_for_a_person(at=at)]
    return _shown(sorted(left, key=lambda one: (one.invitation.channel, one.invitation.pk))[:SHOWN], at=at)


def left_to_tell(events: Iterable[Event], *, at: datetime) -> dict[UUID, Left]:
    """Return by event how many households a person has still to tell, in a fixed number of queries."""
    rows = Invitation.objects.filter(event__in=list(events)).select_related("event", "family")
    found = [one for one in heard.of(rows.order_by("-pk")[:COUNTED]) if one.is_for_a_person(at=at)]
    here = Counter(one.event.pk for one in found if one.event.is_where(one.invitation.family))
    all_of_it = Counter(one.event.pk for one in found)
    return {pk: Left(here[pk], n - here[pk]) for pk, n in all_of_it.items()}


def asked_to_tell(event: Event, *, at: datetime) -> list[tuple[Branch, int]]:
    """
    Return which branches have still to tell how many households that came to them since; whom to ask.

    Of the households nothing: they are another branch's.
    """
    gone = event.invitations.elsewhere().select_related("event", "family")
    count = Counter(one.invitation.family.branch_id for one in heard.of(gone) if one.is_for_a_person(at=at))
    return [(one, count[one.pk]) for one in Branch.objects.filter(pk__in=count).order_by("path")]


def to_tell_of_others(scope: Scope, *, at: datetime) -> list[Guest]:
    """Return the households of a scope that another branch invited, and that a person has still to tell."""
    open_ones = Q(event__starts_at__gt=at) | Q(event__thanked_at__isnull=False, attended__gt=0)
    rows = Invitation.objects.filter(scope.q("family__branch_path"), open_ones).elsewhere()
    rows = rows.select_related("event", "family__giver").order_by("event__starts_at", "pk")
    return _shown([one for one in heard.of(rows[:COUNTED]) if one.is_for_a_person(at=at)][:SHOWN], at=at)


def _here(event: Event) -> InvitationQuerySet:
    """Return the invitations of the households that still belong to the branch of the event."""
    here = Invitation.objects.filter(event=event, family__branch_path__startswith=event.branch_path)
    return here.select_related("event", "family__giver")


def _of_answer(one: Invitation) -> tuple[bool, bool, UUID]:
    return (one.people is not None, not one.people, one.pk)


def _shown(found: Sequence[Heard], *, at: datetime) -> list[Guest]:
    names = names_of([one.invitation.family.giver for one in found])
    return [_guest(one, names[one.invitation.family.giver_id], at=at) for one in found]


def _guest(one: Heard, name: object, *, at: datetime) -> Guest:
    invitation, unsent, moved_at = one.invitation, one.unsent(at=at), one.event.moved_at
    sent = one.messages.get(Kind.EVENT)
    answered_at = invitation.answered_at
    return Guest(
        invitation.family,
        name,
        invitation,
        sent.get_channel_display() if sent and one.has(Kind.EVENT) else invitation.get_channel_display(),
        one.is_invited,
        one.kind(at=at),
        unsent,
        reason_of(unsent.why) if unsent and unsent.why else None,
        bool(moved_at and answered_at and answered_at < moved_at),
        invitation.channel == Channel.LETTER and one.kind(at=at) not in heard.NEWS,
    )


def to_invite(event: Event, scope: Scope) -> list[Guest]:
    """
    Return the households that may be invited and are not yet, in a fixed number of queries.

    Each with what a person should know first: an occasion that is held, a complaint, an unread answer.
    By which way is found when they are invited, and who cannot be reached is named then.
    """
    here = Family.objects.visible_to(scope).filter(branch_path__startswith=event.branch_path)
    running = here.filter(
        plans__state=PlanState.ACTIVE, events_declined_at__isnull=True, stopped_at__isnull=True
    )
    left = running.exclude(invitations__event=event).select_related("giver").distinct().order_by("-id")
    rows = left.annotate(**_what_is_open())[:SHOWN]
    names = names_of([one.giver for one in rows])
    return [Guest(one, names[one.giver_id], think_first=_think_first(one)) for one in rows]


def _what_is_open() -> dict[str, Any]:
    """Return what is asked of each household that may be invited, as annotations."""
    mine = Touchpoint.objects.filter(plan__family=OuterRef("pk"), state=TouchpointState.HELD)
    wrote = Writer.objects.filter(answer__state=AnswerState.OPEN, subject__member__family=OuterRef("pk"))
    return {
        "held_for": Subquery(mine.order_by("on_date", "id").values("held_reason")[:1]),
        "complained": Exists(Complaint.objects.open().filter(family=OuterRef("pk"))),
        "wrote": Exists(wrote),
    }


def _think_first(family: Any) -> StrOrPromise:
    if family.held_for:
        return _("Held: %(why)s") % {"why": whys.words(family.held_for)}
    if family.complained:
        return Why.COMPLAINT.label
    return Why.REPLIED.label if family.wrote else ""


def not_asked(event: Event, scope: Scope) -> int:
    """Return how many households of an event's branch do not want to be invited to events."""
    here = Family.objects.visible_to(scope).filter(branch_path__startswith=event.branch_path)
    return here.filter(events_declined_at__isnull=False).count()


def paused(event: Event, scope: Scope) -> int:
    """Return how many households of an event's branch are not invited while their plan is paused."""
    here = Family.objects.visible_to(scope).filter(branch_path__startswith=event.branch_path)
    waiting = here.filter(plans__state=PlanState.PAUSED, events_declined_at__isnull=True)
    return waiting.exclude(plans__state=PlanState.ACTIVE).exclude(invitations__event=event).distinct().count()


def seats(event: Event) -> Seats:
    """Return how an event stands. Who was not reached was not invited."""
    found = heard.of_event(event)
    rows = [one.invitation for one in found]
    coming = sum(one.people or 0 for one in rows)
    return Seats(
        sum(1 for one in found if one.is_invited),
        sum(1 for one in rows if one.people is not None),
        coming,
        sum(one.attended or 0 for one in rows),
        event.seats - coming,
    )


def describe(matter: str, subject: Subject) -> Shown | None:
    """Return an invitation as who opens its link sees it; None where it stands no more."""
    try:
        invitation = actions.invitation_of(matter, subject)
    except actions.EventOver:
        return None
    event = invitation.event
    return Shown(
        event.name,
        event.starts_at,
        event.place,
        event.seats_a_household,
        invitation.people,
        called_off=event.called_off_at is not None,
        standing=event.standing,
    )
