"""At most once, and only while we may."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, connection

from notifications import channels, outbox
from notifications.delivery import asking

log = structlog.get_logger(__name__)
TOLD_AGAIN_AFTER: Final = (0.1, 0.3, 1.0, 2.0, 4.0, 8.0)  # seconds, while the database is away


def deliver(message_id: UUID, *, at: datetime) -> None:
    """
    Send a message, unless it was settled before or may no longer be sent.

    A message is claimed, and the claim committed, before it is handed over. A
    crash in between leaves it for a person to look into: a bereaved family is
    hurt less by a missing letter than by two. The sweep, not the caller, tries
    again what was surely not handed over.

    :param at: now. What follows is dated by the time that went by, so that no clock set back matters.
    """
    deliver_all([message_id], at=at)


def deliver_all(message_ids: Sequence[UUID], *, at: datetime) -> None:
    """
    Send several messages one after the other, each as ``deliver`` does; they are taken up together.

    Each is begun and settled in transactions of its own. What is left of them where this process is lost
    was surely not handed over, and is free again when its lease ends.

    :param at: now; see ``deliver``.
    """
    clock = _from(at)
    if outbox.keep_up(at=at):
        return
    for message in outbox.claim_all(message_ids, at=at):
        outbox.keep_up(at=clock())
        _deliver(message, clock)


def _deliver(message: outbox.Message, clock: Callable[[], datetime]) -> None:
    try:
        channels.prepare(message.channel)
        ahead = asking.ahead(message)
        ready = outbox.begin_sending(message, at=clock(), ask=asking.ask, ahead=ahead)
    except channels.NotHandedOver as fault:
        _not_handed_over(message, fault, at=clock())
    except Exception as fault:  # noqa: BLE001 - nothing has left: it is tried again, and stands in the log
        log.error("message.not_begun", message=str(message.pk), fault=type(fault).__name__)
        _tell(lambda: outbox.free(message, at=clock(), why="fault"))
    else:
        if isinstance(ready, outbox.Ready):
            _hand_over(message, ready, clock)


def _hand_over(message: outbox.Message, ready: outbox.Ready, clock: Callable[[], datetime]) -> None:
    try:
        receipt = channels.send(message, ready.rendered, ready.address, ready.recipient)
    except channels.NotHandedOver as fault:
        _not_handed_over(message, fault, at=clock())
    except channels.Unclear as fault:
        why = fault.code
        _tell(lambda: outbox.leave_to_a_person(message, at=clock(), why=why))
    except Exception as fault:  # noqa: BLE001 - whatever it was, nobody can tell whether the words left
        log.error("message.unclear", message=str(message.pk), fault=type(fault).__name__)
        _tell(lambda: outbox.leave_to_a_person(message, at=clock(), why="fault"))
    else:
        _tell(lambda: outbox.settle(message, at=clock(), provider_id=receipt.provider_id))


def _not_handed_over(message: outbox.Message, fault: channels.NotHandedOver, *, at: datetime) -> None:
    end = outbox.fail if fault.permanent else outbox.free
    _tell(lambda: end(message, at=at, why=fault.code))


def _tell(write: Callable[[], object]) -> None:
    """
    Write a result down, also over a database that went away for a moment.

    One that stays away leaves the row as it is: its lease ends, and the sweep sees to it.
    """
    for pause in (*TOLD_AGAIN_AFTER, None):
        try:
            write()
        except (OperationalError, InterfaceError) as fault:
            if pause is None or connection.in_atomic_block:
                raise
            log.warning("message.not_written", fault=type(fault).__name__)
            connection.close()
            time.sleep(pause)
        else:
            return


def _from(at: datetime) -> Callable[[], datetime]:
    """Return a clock that goes on from a moment, whatever is done to the machine's own."""
    began = time.monotonic()
    return lambda: at + timedelta(seconds=time.monotonic() - began)
