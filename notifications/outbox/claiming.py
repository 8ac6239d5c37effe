"""
Take messages up that are due, and read anew what is asked about each of them once it is locked.

A claim is one conditional update, committed before anything else is done with what was claimed.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q

from foundation import standing
from foundation.standing import ID, MOMENT, TEXT, Asked, slot
from foundation.vault import Capacity, Subject
from notifications import recipients
from notifications.outbox import following
from notifications.outbox.models import Message, OutboxEpoch
from notifications.outbox.states import REACHED_NOBODY, MessageState
from notifications.plans.models import Touchpoint

HOST: Final = socket.gethostname()[:20]


def claim(message_id: UUID, *, at: datetime) -> Message | None:
    """
    Take up a message that is due, and return it; None where it is not due, or another has it.

    To be committed before anything else is done with it.
    """
    return next(iter(claim_all([message_id], at=at)), None)


def claim_all(message_ids: Sequence[UUID], *, at: datetime) -> list[Message]:
    """
    Take up those of several messages that are due, and return them in the order they were named.

    One statement and one commit for all, to be committed before anything else is done with them. Each is
    begun and settled by itself: of a worker that is lost, the others of them were surely not handed over.
    """
    ids = list(dict.fromkeys(message_ids))
    if not ids:
        return []
    named = {f"pk{n}": pk for n, pk in enumerate(ids)}
    token = f"{HOST}:{os.getpid()}:{uuid4().hex}"[-64:]
    taken = {one.pk: one for one in _claiming(len(ids)).made(at=at, token=token, lease=lease(at), **named)}
    asked = {f"pk{n}": one.subject_id for n, one in enumerate(taken.values())}
    people = {one.pk: one for one in _people(len(asked)).ask(**asked)} if asked else {}
    for one in taken.values():
        one.subject = people[one.subject_id]
    return [taken[pk] for pk in ids if pk in taken]


@lru_cache(maxsize=64)
def _claiming(count: int) -> standing.Change[Message]:
    return standing.Change(
        lambda: (
            Message.objects.due(slot("at", MOMENT)).filter(pk__in=[slot(f"pk{n}", ID) for n in range(count)]),
            {
                "state": MessageState.CLAIMED,
                "claimed_by": slot("token", TEXT),
                "lease_until": slot("lease", MOMENT),
                "attempts": F("attempts") + 1,
            },
        ),
        returns=True,
    )


@lru_cache(maxsize=64)
def _people(count: int) -> standing.Question[Subject]:
    return standing.Question(
        lambda: Subject.objects.filter(pk__in=[slot(f"pk{n}", ID) for n in range(count)])
    )


def lease(at: datetime) -> datetime:
    """Return until when whoever takes a message up now is believed to be at it."""
    return at + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def locking(message: Message) -> list[Asked]:
    """Return what ``lock_if_free`` will ask, to be asked first of several things at hand."""
    return [_FREE.about(pk=message.pk)] if connection.features.has_select_for_update else []


def lock_if_free(message: Message) -> bool:
    """
    Hold a message and its person as ``vault.lock`` does, unless another holds either; return whether.

    For one that holds rows already: whoever waits for those must not be waited for.
    """
    return not connection.features.has_select_for_update or bool(_FREE.ask(pk=message.pk))


def hold_occasion_if_free(message: Message) -> bool:
    """
    Hold the touchpoint of a message of which others have copies, unless another holds it; return whether.

    For one that holds the person: of two at one address, the second then sees how the first went. The message
    is held before it, and neither is waited for: who stops an occasion holds that first, then its messages.
    """
    if not others_have_copies(message) or not connection.features.has_select_for_update:
        return True
    if message.touchpoint is None or message.touchpoint.plan.family_id is None:
        return True  # of a donor, who is locked and alone
    return bool(_OCCASION.ask(pk=message.pk))


def others_have_copies(message: Message) -> bool:
    """Return whether others have a copy of its touchpoint that reached them, or may; where that was read."""
    return message.touchpoint is not None and bool(getattr(message.touchpoint, "others", True))


def asked(message: Message) -> Iterator[Asked]:
    """Return what ``read_again`` will ask, to be asked with other things."""
    yield _person_of(message.subject.capacity).about(pk=message.subject_id)
    if message.touchpoint_id is not None:
        yield _TOUCHPOINT.about(pk=message.touchpoint_id, subject=message.subject_id)


def read_again(message: Message) -> bool:
    """Read what is asked about anew, now that it is locked; return whether everything is held."""
    person: Any = _person_of(message.subject.capacity).ask(pk=message.subject_id)[0]
    message.subject = person
    if message.touchpoint_id is not None:
        (message.touchpoint,) = _TOUCHPOINT.ask(pk=message.touchpoint_id, subject=message.subject_id)
    return bool(person.all_held)


@lru_cache(maxsize=len(Capacity))
def _person_of(capacity: str) -> standing.Question[Subject]:
    people = Subject.objects.select_related("key", *recipients.reads(capacity))
    held = Exists(OutboxEpoch.objects.filter(held_at__isnull=False))
    return standing.Question(lambda: people.annotate(all_held=held).filter(pk=slot("pk", ID)))


_FREE: Final = standing.Question(  # of two tables: rows of both are locked
    lambda: (
        Message.objects.filter(pk=slot("pk", ID))
        .select_for_update(skip_locked=True)
        .values_list("pk", "subject__capacity")
    )
)
# Of all tables up to the one who gave, several of whose households may have one occasion; nothing that others
# point to is kept from them.
_OCCASION: Final = standing.Question(
    lambda: (
        Message.objects.filter(pk=slot("pk", ID), touchpoint__plan__family__giver__isnull=False)
        .select_for_update(skip_locked=True, no_key=True)
        .values_list("pk", "touchpoint__plan__family__giver__died_on")
    )
)


def _of_others() -> ExpressionWrapper[Q]:
    """Ask for a copy of somebody else, in this household or in another of the same giver on the same day."""
    same = {"key": OuterRef("key"), "on_date": OuterRef("on_date")}
    of_giver = {f"touchpoint__{name}": said for name, said in same.items()}
    elsewhere = {"touchpoint__plan__family__giver": OuterRef("plan__family__giver"), **of_giver}
    here, there = (
        Message.objects.filter(**which).exclude(subject=slot("subject", ID)).exclude(state__in=REACHED_NOBODY)
        for which in ({"touchpoint": OuterRef("pk")}, elsewhere)
    )
    return ExpressionWrapper(Q(Exists(here)) | Q(Exists(there)), output_field=BooleanField())


_TOUCHPOINT: Final = standing.Question(
    lambda: (
        Touchpoint.objects.select_related(*following.READ)
        .annotate(others=_of_others())
        .filter(pk=slot("pk", ID))
    )
)
