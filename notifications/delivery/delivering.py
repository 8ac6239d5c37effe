"""At most once, and only while we may."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, connection

from notifications import channels, outbox
from notifications.delivery import asking

log = structlog.get_logger(__name__)
BEGUN_AGAIN_AFTER: Final = (0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0)  # seconds, while another is at it
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

    How one went is committed with the beginning of the next, or by itself. Where this process is lost, one of
    them at most may have been handed over; the others surely were not, and are free when their lease ends.

    :param at: now; see ``deliver``.
    """
    clock = _from(at)
    if outbox.keep_up(at=at):
        return
    round_ = _Round(clock)
    try:
        for message in outbox.claim_all(message_ids, at=at):
            outbox.keep_up(at=clock())
            round_.deliver(message)
    finally:
        round_.settle()


class _Round:
    """The way of a process through what it took up; one message at most has left and is not written down."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._sent: outbox.Sent | None = None
        self._followed: outbox.Sent | None = None

    def deliver(self, message: outbox.Message) -> None:
        """Send one, then see to what follows from the one before, which may have to wait for people."""
        self._send(message)
        followed, self._followed = self._followed, None
        if followed is not None:
            _tell(lambda: outbox.follow_up(followed))

    def _send(self, message: outbox.Message) -> None:
        if not channels.is_open(message.channel):
            self.settle()  # it waits for no line
        try:
            channels.prepare(message.channel)
            ready = self._begin(message)
        except channels.NotHandedOver as fault:
            self._not_handed_over(message, fault)
        except Exception as fault:  # noqa: BLE001 - nothing has left: it is tried again, and stands in the log
            self.settle()
            log.error("message.not_begun", message=str(message.pk), fault=type(fault).__name__)
            _tell(lambda: outbox.free(message, at=self._clock(), why="fault"))
        else:
            if isinstance(ready, outbox.Ready):
                self._hand_over(message, ready)

    def settle(self) -> None:
        """Write down what was handed over and is not written down yet."""
        sent, self._sent = self._sent, None
        if sent is not None:
            _tell(lambda: outbox.settle(sent))

    def _begin(self, message: outbox.Message) -> outbox.Ready | outbox.NotNow | None:
        at, ahead = self._clock(), [*asking.ahead(message)]
        begin = partial(outbox.begin_sending, message, at=at, ask=asking.ask, ahead=ahead)
        for pause in BEGUN_AGAIN_AFTER:
            try:
                ready = begin(after=self._sent)
            except outbox.Busy:
                self.settle()
                time.sleep(pause)
            else:
                self._followed, self._sent = self._sent, None
                return ready
        return begin()

    def _hand_over(self, message: outbox.Message, ready: outbox.Ready) -> None:
        try:
            receipt = channels.send(
                self._enveloped(message, ready), ready.rendered, ready.address, ready.recipient
            )
        except channels.NotHandedOver as fault:
            self._not_handed_over(message, fault)
        except channels.Unclear as fault:
            why = fault.code
            _tell(lambda: outbox.leave_to_a_person(message, at=self._clock(), why=why))
        except Exception as fault:  # noqa: BLE001 - whatever it was, nobody can tell whether the words left
            log.error("message.unclear", message=str(message.pk), fault=type(fault).__name__)
            _tell(lambda: outbox.leave_to_a_person(message, at=self._clock(), why="fault"))
        else:
            self._sent = outbox.Sent(message, self._clock(), receipt.provider_id)

    def _enveloped(self, message: outbox.Message, ready: outbox.Ready) -> channels.Envelope:
        again = message.attempts > 1
        return channels.Envelope(
            message.pk, message.channel, self._clock(), ready.began, ready.stop_url, again=again
        )

    def _not_handed_over(self, message: outbox.Message, fault: channels.NotHandedOver) -> None:
        self.settle()
        end = outbox.fail if fault.permanent else outbox.free
        _tell(lambda: end(message, at=self._clock(), why=fault.code))


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
