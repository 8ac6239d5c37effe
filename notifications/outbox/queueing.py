"""Put a message into the outbox, once a touchpoint and person whatever happens, and wake a worker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from foundation import trail, trips, vault
from foundation.trail import Actor
from foundation.vault import Subject
from notifications.outbox.models import Message
from notifications.outbox.states import MessageState

if TYPE_CHECKING:
    from notifications.plans.models import Touchpoint
    from notifications.recipients import Recipient

log = structlog.get_logger(__name__)
DELIVER: Final = "notifications.tasks.deliver"  # by name: tasks stand above


@transaction.atomic
def queue(
    *,
    subject: Subject,
    branch_path: str,
    channel: str,
    wording: str,
    language: str,
    due_at: datetime,
    programme_key: str,
    at: datetime,
    touchpoint: Touchpoint | None = None,
    occasion: str = "",
    fields: Mapping[str, Any] | None = None,
    bereaved: bool = False,
    service: bool = False,
    at_least_once: bool = False,
    beats_gap: bool = False,
    not_before: datetime | None = None,
) -> Message | None:
    """
    Put one message to one person into the outbox; a worker is woken after the commit if it is due.

    :param occasion: what makes it one of its kind where no touchpoint does, as "drive:<id>".
    :param fields: merge fields that are no personal data: ids, dates, places.
    :returns: the message, or None where this touchpoint or occasion has one for this person,
        by whatever channel, unless that one failed.
    """
    message = Message(
        subject=subject,
        branch_path=branch_path,
        channel=channel,
        wording=wording,
        language=language,
        due_at=due_at,
        programme_key=programme_key,
        touchpoint=touchpoint,
        occasion="" if touchpoint else occasion,
        fields=dict(fields or {}),
        bereaved=bereaved,
        service=service,
        at_least_once=at_least_once and not bereaved,
        beats_gap=beats_gap,
        not_before=not_before,
        made_at=at,
    )
    if not _kept(message):
        return None
    if due_at <= at:
        transaction.on_commit(partial(wake, [message.pk], at=at), robust=True)
    return message


def copy(
    message: Message,
    *,
    channel: str,
    at: datetime,
    due_at: datetime | None = None,
    to: Recipient | None = None,
) -> Message | None:
    """
    Queue a message once more, by the same channel or another. The database takes it after FAILED alone.

    :param due_at: whose day it is; without it, that of now.
    :param to: somebody else whom it was meant for too; without it, the same person.
    """
    return queue(
        subject=to.subject if to else message.subject,
        branch_path=message.branch_path,
        channel=channel,
        wording=message.wording,
        language=to.language if to else message.language,
        due_at=due_at or at,
        not_before=at,
        programme_key=message.programme_key,
        touchpoint=message.touchpoint,
        occasion=message.occasion,
        fields=message.fields,
        bereaved=message.bereaved,
        service=message.service,
        at_least_once=message.at_least_once,
        beats_gap=message.beats_gap,
        at=at,
    )


@transaction.atomic
def record_by_hand(
    *,
    touchpoint: Touchpoint,
    subject: Subject,
    channel: str,
    by: Actor,
    at: datetime,
    note: str = "",
    wording: str = "",
    sent_to: str = "",
) -> Message | None:
    """
    Write down what a person did: posted a letter, rang, went there. It counts as that person's one copy.

    It takes the place of a copy that was cancelled, which reached nobody.

    :param note: words about it, sealed under the recipient's key.
    :param sent_to: the address of a letter, sealed there too: it may come back.
    :returns: the message, or None where this touchpoint has reached this person, or may have.
    """
    vault.lock(subject.pk)
    done: dict[str, Any] = {
        "branch_path": touchpoint.branch_path,
        "programme_key": touchpoint.plan.programme_key,
        "wording": wording or touchpoint.step.wording,
        "channel": channel,
        "language": subject.language,
        "state": MessageState.SENT,
        "due_at": at,
        "sent_at": at,
        "settled_at": at,
        "why": "by_hand",
    }
    message = _instead_of_a_cancelled(touchpoint, subject, done, note, sent_to)
    if message is None:
        message = Message(subject=subject, touchpoint=touchpoint, made_at=at, **done)
        _seal_note(message, note, sent_to)
        if not _kept(message):
            return None
    trail.record(
        "message.done_by_hand", by=by, at=at, object=message, branch=subject.branch_id, channel=str(channel)
    )
    return message


def _instead_of_a_cancelled(
    touchpoint: Touchpoint, subject: Subject, done: Mapping[str, Any], note: str, sent_to: str
) -> Message | None:
    """Let what was done by hand stand in the place of a copy that was cancelled; None where there is none."""
    cancelled = Message.objects.filter(touchpoint=touchpoint, subject=subject, state=MessageState.CANCELLED)
    message = cancelled.select_related("subject").first()
    if message is None:
        return None
    sealed = _seal_note(message, note, sent_to)
    gone = {"not_before": None, "begun_at": None, "provider_id": "", "version": None}
    taken = cancelled.filter(pk=message.pk).update(**done, **gone, **sealed)
    return Message.objects.get(pk=message.pk) if taken else None


def _seal_note(message: Message, note: str, sent_to: str) -> dict[str, Any]:
    """Seal what was noted in place of any words before; return the columns that changed."""
    key = message.subject.key_id
    if key is None or not (note or sent_to or message.words or message.sent_to):
        return {}
    saves = vault.seal(message, key=key, words=note or None, sent_to=sent_to or None)
    return {name: getattr(message, name) for name in saves}


def wake(ids: Iterable[UUID], *, at: datetime) -> None:
    """
    Tell a worker that these may be due; ids only, and what they say is read from the rows.

    A wake-up that is lost, or that nobody reads in time, is told again by the sweep.
    """
    told, due = list(ids), Message.objects.filter(state=MessageState.DUE)
    try:
        for start in range(0, len(told), settings.OUTBOX_AT_ONCE):
            part = told[start : start + settings.OUTBOX_AT_ONCE]
            free = due.filter(pk__in=part).select_for_update(skip_locked=True)  # and wait for no worker
            with transaction.atomic(), trips.last():
                Message.objects.filter(pk__in=free.values("pk")).update(told_at=at)
            args, lives = [[str(pk) for pk in part]], settings.OUTBOX_WAKE_SECONDS
            current_app.send_task(DELIVER, args=args, expires=lives, retry=False)
    except (OperationalError, OSError):
        log.warning("outbox.not_told", messages=len(told))


def _kept(message: Message) -> bool:
    """Insert the row unless one like it is there; the database decides, whoever else is at it."""
    Message.objects.bulk_create([message], ignore_conflicts=True)
    return Message.objects.filter(pk=message.pk).exists()
