"""Open a way again that was stopped, came back or was wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from foundation import access, moves, vault
from foundation.access import Permission
from foundation.trail import Actor
from notifications import recipients
from notifications.recipients import contact
from notifications.recipients.models import ContactState


@transaction.atomic
def works_again(state: ContactState, *, by: Actor, at: datetime) -> None:
    """
    Record that a way works again.

    :raises moves.NotAllowed: if the actor may not change this person's record.
    """
    vault.lock(state.subject_id)
    person = recipients.of([state.subject_id]).get(state.subject_id)
    on: Any = (person.donor or (person.member and person.member.family)) if person else state.subject
    donor = person is not None and person.donor is not None
    right = Permission.DONOR_EDIT if donor else Permission.FAMILY_EDIT
    if not access.may(by, right, on=on, at=at):
        raise moves.NotAllowed(right.value)
    contact.clear(state.subject, state.channel, by=by, at=at)
