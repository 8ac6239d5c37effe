"""What a night does to many matches: each by itself, so that one that fails holds nobody else up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from uuid import UUID

    from foundation.trail import Actor

log = structlog.get_logger(__name__)


def one_by_one(pks: Iterable[UUID], act: Callable[..., bool], *, failed: str, by: Actor, at: datetime) -> int:
    """
    Do one act to each of several matches, and return to how many it was done.

    :param act: ``act(pk, by=…, at=…)``, in a transaction of its own; returns whether it changed anything.
    :param failed: what the log calls one that failed; the next night tries it again.
    """
    return sum(_tried(pk, act, failed=failed, by=by, at=at) for pk in pks)


def _tried(pk: UUID, act: Callable[..., bool], *, failed: str, by: Actor, at: datetime) -> bool:
    try:
        return act(pk, by=by, at=at)
    except Exception as fault:  # noqa: BLE001 - the log names it, and the next night tries again
        log.error(failed, of=str(pk), fault=type(fault).__name__)
        return False
