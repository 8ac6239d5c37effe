"""Let households hear of an event: by the outbox where a machine may, else by a person who says so."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from foundation import calendar, trail, vault
from foundation.access import task_actor
from foundation.trail import Actor
from notifications import outbox
from notifications.channel_names import BY_MACHINE
from notifications.events import heard, telling
from notifications.events.actions.invitations import answer
from notifications.events.actions.queueing import queue
from notifications.events.actions.standing import EventOver, check_speaks
from notifications.events.heard import Heard
from notifications.events.models import Event, Invitation, Kind, Telling
from notifications.outbox import fences


@transaction.atomic
def tell(
    invitation: Invitation,
    kind: Kind,
    *,
    people: int | None = None,
    standing: str | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """
    Write down that a person rang or wrote to a household. Twice is once.

    A copy that was held goes to them no more, and from now on a person tells them what follows.

    :param kind: what they were told.
    :param people: how many of them come, where they said so.
    :param standing: of which day and place, as ``Event.standing`` names it; None is the one it has now.
    :raises EventOver: if that is not what there is to tell them any more.
    :raises NoSeats: if more want to come than there are seats for.
    :raises moves.NotAllowed: if the actor may not send where the household is looked after.
    """
    vault.lock(invitation.subject_id)
    invitation = Invitation.objects.select_related("event", "subject").get(pk=invitation.pk)
    event = invitation.event
    check_speaks(invitation, by=by, at=at)
    (now,) = heard.of([invitation])
    another_day = standing is not None and standing != event.standing
    if another_day or (kind not in now.told and now.kind(at=at) != kind):
        raise EventOver([_("The event has changed meanwhile. Look again before you tell them.")])
    if kind not in now.told:
        _write_down(now, kind, by=by, at=at)
    if people is not None and kind in (Kind.EVENT, Kind.CHANGED):
        answer(invitation, people=people, by=by, at=at)


def remind(at: datetime) -> int:
    """
    Queue the reminders of tomorrow's events, to who said yes, and return how many came in.

    They leave the day before at the hour of the rules. Safe to run twice.
    """
    return _remind(calendar.at(calendar.day_of(at), time(settings.EVENT_REMINDED_AT)), at=at)


def remind_of_lost_days(lost_at: datetime, at: datetime) -> None:
    """Queue what a database that is gone had queued by itself; a person decides whether it left."""
    first, days = calendar.day_of(lost_at), (calendar.day_of(at) - calendar.day_of(lost_at)).days
    for n in range(days + 1):
        _remind(calendar.at(first + timedelta(days=n), time(settings.EVENT_REMINDED_AT)), at=at)


def _remind(leaves_at: datetime, *, at: datetime) -> int:
    ends = calendar.start_of(calendar.day_of(leaves_at) + timedelta(days=2))
    soon = Event.objects.filter(starts_at__gt=leaves_at, starts_at__lt=ends, called_off_at=None)
    count = 0
    for event in soon.order_by("pk"):
        with fences.fenced("event.not_reminded", event.pk):  # a person reminds: ``is_for_a_person``
            count += _remind_of(event, leaves_at, at=at)
    return count


@transaction.atomic
def _remind_of(event: Event, leaves_at: datetime, *, at: datetime) -> int:
    vault.lock(*event.invitations.values_list("subject_id", flat=True))
    due = [one for one in heard.of_event(event) if one.kind(at=leaves_at) == Kind.REMINDER]
    count = queue(due, Kind.REMINDER, due_at=leaves_at, at=at)
    if count:
        by = task_actor("events.remind")
        trail.record("event.reminded", by=by, at=at, object=event, branch=event.branch_id, messages=count)
    return count


def _write_down(now: Heard, kind: Kind, *, by: Actor, at: datetime) -> None:
    invitation = now.invitation
    Telling.objects.update_or_create(
        invitation=invitation, kind=kind, defaults={"told_at": at, **by.columns()}
    )
    outbox.cancel(heard.messages_of([now], [kind]), why="done_otherwise", by=by, at=at)
    if invitation.channel in BY_MACHINE:
        told = telling.opened(invitation, kind, at=at)
        invitation.channel = told.channel if told else telling.ways(invitation, kind)[0]
        invitation.save(update_fields=["channel"])
    branch = invitation.event.branch_id
    trail.record("invitation.told", by=by, at=at, object=invitation, branch=branch, reason=kind.value)
