"""Put words about an event into the outbox; a call or a letter is a person's to do, on the event's page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Final

from django.db.models import Q

from notifications import outbox
from notifications.channel_names import BY_MACHINE
from notifications.events import heard, telling
from notifications.events.heard import Heard
from notifications.events.models import Invitation, Kind
from notifications.outbox import Message, MessageState
from registry.families.models import Family

PROGRAMME: Final = "family_care"


def queue(found: Iterable[Heard], kind: Kind, *, due_at: datetime, at: datetime) -> int:
    """
    Queue words of a kind to the households that are to hear them now, and return how many there were.

    What an event is and when, they say as it stands when they are sent. A person tells who declined events.
    """
    for_machines = (
        one for one in found if one.invitation.channel in BY_MACHINE and not one.is_past_a_no(kind)
    )
    return sum(_queue(one.invitation, kind, due_at=due_at, at=at) for one in for_machines)


def go_along(family: Family) -> int:
    """
    Let what is open of words about events stand where a household is looked after now. Twice is once.

    What was sent, or failed for good, stays where that was done.

    :returns: how many messages went along.
    """
    ids = list(family.invitations.values_list("pk", flat=True))
    if not ids:
        return 0
    of_it = reduce(or_, (Q(occasion__startswith=f"{kind.value}:{pk}") for pk in ids for kind in Kind))
    theirs = Message.objects.filter(of_it, subject__invitations__family=family, touchpoint=None)
    left = theirs.exclude(state__in=[MessageState.SENT, MessageState.FAILED])
    left = left.exclude(branch_path=family.branch_path)
    return Message.objects.filter(pk__in=left.values("pk")).update(branch_path=family.branch_path)


def _queue(invitation: Invitation, kind: Kind, *, due_at: datetime, at: datetime) -> bool:
    queued = outbox.queue(
        subject=invitation.subject,
        branch_path=invitation.family.branch_path,
        channel=invitation.channel,
        wording=telling.WORDS[kind],
        language=invitation.subject.language,
        due_at=due_at,
        programme_key=PROGRAMME,
        occasion=heard.occasion(invitation, kind),
        bereaved=True,
        beats_gap=kind in heard.NEWS,
        at=at,
    )
    return queued is not None
