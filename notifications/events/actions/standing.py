"""Whether something may be done about an event now, and by whom."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from foundation import access, moves
from foundation.access import Permission
from foundation.trail import Actor
from notifications.events.models import Event, Invitation
from registry.families.models import Family


class EventOver(moves.Refused):
    """The event was called off, or it is over."""


class NoSeats(moves.Refused):
    """There are not so many seats left."""


def to_come(event: Event, *, at: datetime) -> Event:
    """
    Hold an event's row until the transaction ends, and return it as it is now.

    After the rows of people, never before them: who answers by link holds their own first.

    :raises EventOver: if it was called off or has begun.
    """
    event = Event.objects.select_for_update().get(pk=event.pk)
    if event.called_off_at is not None or event.starts_at <= at:
        raise EventOver([_("The event was called off, or it is over.")])
    return event


def check_speaks(invitation: Invitation, *, by: Actor, at: datetime) -> None:
    """
    Ask whether somebody may speak to a household about an event: where it is looked after now.

    As long as it belongs to the branch of the event, whoever may send there may.

    :raises moves.NotAllowed: if not.
    """
    family = Family.objects.get(pk=invitation.family_id)
    on = invitation.event if invitation.event.is_where(family) else family
    if not access.may(by, Permission.CARE_SEND, on=on, at=at):
        raise moves.NotAllowed(Permission.CARE_SEND)


def check_allowed(event: Event, permission: Permission, *, by: Actor, at: datetime) -> None:
    """
    Ask whether somebody may do a thing at the event's branch.

    :raises moves.NotAllowed: if not.
    """
    if not access.may(by, permission, on=event, at=at):
        raise moves.NotAllowed(permission)
