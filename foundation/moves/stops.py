"""Tell every room above that something ends, and collect what each stopped; none can hold it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

import structlog
from django.apps import apps
from django.db import models, transaction
from django.dispatch import Signal

from foundation.moves.models import StopDue
from foundation.moves.offers import every
from foundation.trail import Actor, ActorKind

log = structlog.get_logger(__name__)

TRY_AGAIN = timedelta(minutes=1)  # design/architecture.md section 1: tried again every minute
SETTLING = timedelta(seconds=10)  # an answer waits so long for what is leaving; messaging.md, "The outbox" 6


@dataclass(frozen=True, slots=True)
class Stop:
    """
    What one room stopped.

    :param what: a code of the room, as ``samples.destruction_ordered``; its words are
        the room's.
    :param count: how many of it.
    :param when: when it stopped, or is to stop.
    :param ok: False where it failed and stands red until it holds.
    :param remains: a code of what is still to come or was already handed over.
    :param settle: waits until what is under way has ended, at the latest at the deadline, and returns the
        stop as it stands then. What was waited for when the change was committed is only looked at.
    """

    what: str
    when: datetime
    ok: bool = True
    count: int = 0
    remains: str = ""
    due: StopDue | None = None
    settle: Callable[[datetime], Stop] | None = None


def collect(signal: Signal, *, at: datetime, **arguments: Any) -> list[Stop]:
    """
    Send a signal and return the stops of its receivers, each run in its own savepoint.

    A receiver that fails is kept as ``StopDue`` and stands as a stop that is not ok;
    the caller's own change goes on. A receiver returns a ``Stop``, several, or None.
    """
    stops: list[Stop] = []
    for receiver in signal._live_receivers(None)[0]:  # noqa: SLF001 - send_robust keeps no savepoints
        stops.extend(_run(receiver, {**arguments, "at": at}, at))
    return stops


def settle_all(found: Iterable[Stop], *, at: datetime) -> list[Stop]:
    """Wait, after the commit, for what is under way, and return every stop as it stands then."""
    return [stop.settle(at + SETTLING) if stop.settle else stop for stop in found]


def try_again(*, at: datetime) -> int:
    """Run the stops that failed once more, and return how many hold now."""
    settled = 0
    due = StopDue.objects.filter(settled_at__isnull=True, tried_at__lte=at - TRY_AGAIN)
    for waiting in due.order_by("tried_at")[:200]:
        settled += _again(waiting, at)
    return settled


def _run(receiver: Callable[..., Any], arguments: dict[str, Any], at: datetime) -> list[Stop]:
    try:
        with transaction.atomic():
            answer = receiver(signal=None, sender=None, **arguments)
    except Exception as fault:  # noqa: BLE001 - whatever it is, it never holds a withdrawal back
        log.error("stop_failed", receiver=_name(receiver), fault=type(fault).__name__)
        due = StopDue.objects.create(
            receiver=_name(receiver), arguments=_pack(arguments), first_at=at, tried_at=at
        )
        return [Stop(what=_name(receiver), when=at, ok=False, due=due)]
    if answer is None:
        return []
    return [answer] if isinstance(answer, Stop) else list(answer)


def _again(waiting: StopDue, at: datetime) -> bool:
    receiver = _found(waiting.receiver)
    try:
        with transaction.atomic():
            receiver(signal=None, sender=None, **_unpack(waiting.arguments))
            waiting.settled_at = at
            waiting.save(update_fields=["settled_at"])
    except Exception as fault:  # noqa: BLE001 - it stays due
        log.error("stop_failed_again", receiver=waiting.receiver, fault=type(fault).__name__)
        waiting.settled_at = None
        waiting.tried_at, waiting.tries = at, waiting.tries + 1
        waiting.save(update_fields=["tried_at", "tries", "settled_at"])
        return False
    return True


def _name(receiver: Callable[..., Any]) -> str:
    return f"{receiver.__module__}.{receiver.__name__}"


def _found(name: str) -> Callable[..., Any]:
    module, _, function = name.rpartition(".")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def _pack(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: _packed(value) for name, value in arguments.items()}


def _packed(value: Any) -> Any:
    if isinstance(value, models.Model):
        return {"model": value._meta.label, "pk": str(value.pk)}
    if isinstance(value, Actor):
        return {"actor": value.columns()}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    return value


def _unpack(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: _unpacked(value) for name, value in arguments.items()}


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "model" in value:
        return every(apps.get_model(value["model"])).get(pk=UUID(value["pk"]))
    if "actor" in value:
        columns = value["actor"]
        return Actor(
            ActorKind(columns["by_kind"]), columns["by_id"], columns["by_role"], columns["by_branch"]
        )
    if "moment" in value:
        return datetime.fromisoformat(value["moment"])
    return value
