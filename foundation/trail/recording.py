"""Write to the trail. When the trail cannot be written, the act that asked for it fails."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias
from uuid import UUID

import structlog
from django.db import models, transaction

from foundation import rows
from foundation.trail.actors import Actor
from foundation.trail.models import TrailRow

Thing: TypeAlias = models.Model | tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One line for the trail.

    ``before``, ``after`` and ``facts`` hold ids, codes, counts and dates only: a
    name, a number or free text never stands in the trail, because it outlives erasure.
    """

    verb: str
    by: Actor
    at: datetime
    object: Thing = None
    branch: str = ""
    reason: str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def record(
    verb: str,
    *,
    by: Actor,
    at: datetime,
    object: Thing = None,  # noqa: A002 - the word the trail's readers use
    branch: str | UUID = "",
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    **facts: Any,
) -> None:
    """
    Write one line: who did what to which thing, when, why, and what changed.

    :param verb: ``noun.verbed``, as ``donor.viewed``.
    :param facts: ids, codes, counts and dates; never a personal field.
    """
    record_many([Entry(verb, by, at, object, str(branch), reason, before, after, facts)])


def record_many(entries: Iterable[Entry]) -> None:
    """Write many lines in one insert, in their order."""
    rows.insert(TrailRow, map(_row, entries))


def cut(entry: Entry) -> rows.Cut:
    """Return a line as it is kept until ``record_cut`` writes it; those of one act differ by their thing."""
    row = _row(entry)
    return _like(row.at, row.branch, row.verb, row.by_id).cut(row.pk, row.object, row.body)


def record_cut(lines: Iterable[rows.Cut]) -> None:
    """Write lines that were cut, in one insert."""
    rows.insert(TrailRow, lines)


def refused(
    verb: str,
    *,
    by: Actor,
    at: datetime,
    object: Thing = None,  # noqa: A002 - the word the trail's readers use
    reason: str = "",
    **facts: Any,
) -> None:
    """Write that an act was refused, after its own transaction has rolled back."""
    with transaction.atomic():
        record(verb, by=by, at=at, object=object, reason=reason, refused=True, **facts)


def object_name(thing: Thing) -> str:
    """Return how the trail names a thing: its kind and id."""
    if thing is None:
        return ""
    if isinstance(thing, models.Model):
        return f"{thing._meta.label_lower}:{thing.pk}"
    return f"{thing[0]}:{thing[1]}"


def request_id() -> str:
    """Return the number of the request that is being answered, as the log and a page of a fault have it."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def moment(at: datetime) -> str:
    """Return a moment as the text that is hashed: UTC with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _row(entry: Entry) -> TrailRow:
    body = {
        "verb": entry.verb,
        "by": {k: v for k, v in entry.by.columns().items() if v},
        "reason": entry.reason,
        "before": entry.before,
        "after": entry.after,
        "facts": dict(entry.facts),
        "request": request_id(),
    }
    return rows.new(
        TrailRow,
        at=moment(entry.at),
        branch=entry.branch or entry.by.branch,
        object=object_name(entry.object),
        verb=entry.verb,
        by_id=entry.by.id,
        body=canonical({k: v for k, v in body.items() if v not in (None, "", {})}),
    )


@lru_cache(maxsize=16)
def _like(at: str, branch: str, verb: str, by_id: str) -> rows.Stencil:
    like = TrailRow(at=at, branch=branch, verb=verb, by_id=by_id)
    return rows.Stencil(like, "id", "object", "body")


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return the one way to write a body: sorted keys, no spaces, UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
    return text.encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date | UUID | Decimal):
        return str(value)
    message = f"{type(value).__name__} does not belong on the trail"
    raise TypeError(message)
