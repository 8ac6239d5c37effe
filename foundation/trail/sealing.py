"""The sealer: it alone gives rows their place in the sealed order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from foundation.rows import Stencil, insert
from foundation.trail import merkle, signing
from foundation.trail.models import TrailBatch, TrailLeaf, TrailRow
from foundation.trail.recording import moment

LARGEST_BATCH = 10_000  # rows under one signature
LATE = timedelta(days=1)  # no transaction stays open longer; ``everything`` looks further back


def seal(*, at: datetime, everything: bool = False) -> int:
    """
    Give every row without a leaf its place, in signed batches, and return how many rows.

    Late commits get later positions. When two sealers meet, one waits or gives way.

    :param everything: look through the whole trail and not only the last day.
    """
    sealed = 0
    while count := _seal_batch(at, everything=everything):
        sealed += count
        if count < LARGEST_BATCH:
            break
    return sealed


def unsealed(*, since: UUID | None = None) -> int:
    """Return how many rows have no leaf yet."""
    rows = TrailRow.objects.filter(leaf__isnull=True)
    return (rows.filter(pk__gte=since) if since else rows).count()


def leaf_of(row: TrailRow) -> str:
    """Return the hash of a row."""
    head = merkle.head_of(at=row.at, branch=row.branch, object=row.object, verb=row.verb, by_id=row.by_id)
    return merkle.leaf_of(row.pk.hex, head, bytes(row.body))


def _seal_batch(at: datetime, *, everything: bool) -> int:
    try:
        with transaction.atomic():
            last = TrailBatch.objects.order_by("-number").first()  # a lock would need the right to change it
            rows = _waiting(last, everything=everything)
            if rows:
                _write(rows, last, at)
            return len(rows)
    except IntegrityError:  # another sealer took these places first
        return 0


def _waiting(last: TrailBatch | None, *, everything: bool) -> list[TrailRow]:
    rows = TrailRow.objects.filter(leaf__isnull=True)
    if last and not everything:
        rows = rows.filter(pk__gte=_first_id_at(datetime.fromisoformat(last.sealed_at) - LATE))
    return list(rows.order_by("pk")[:LARGEST_BATCH])


def _write(rows: list[TrailRow], last: TrailBatch | None, at: datetime) -> None:
    number = last.number + 1 if last else 1
    first = last.last_position + 1 if last else 1
    previous = last.root if last else merkle.NOTHING
    leaves = [leaf_of(row) for row in rows]
    end = first + len(rows) - 1
    tree = merkle.root_of(leaves)
    root = merkle.batch_root(number=number, first=first, last=end, previous=previous, tree=tree)
    sealed_at = moment(at)
    text = merkle.signed_text(
        number=number, first=first, last=end, sealed_at=sealed_at, previous=previous, root=root
    )
    key_id, signature = signing.sign(text)
    batch = TrailBatch.objects.create(
        number=number,
        first_position=first,
        last_position=end,
        sealed_at=sealed_at,
        previous_root=previous,
        root=root,
        key_id=key_id,
        signature=signature,
    )
    like = Stencil(TrailLeaf(position=first, row=rows[0], batch=batch, leaf=""), "position", "row_id", "leaf")
    placed = enumerate(zip(rows, leaves, strict=True), start=first)
    insert(TrailLeaf, (like.cut(n, row.pk, leaf) for n, (row, leaf) in placed))


def _first_id_at(at: datetime) -> UUID:
    return UUID(int=max(0, int(at.astimezone(UTC).timestamp() * 1000)) << 80)


def late_before(newest: UUID) -> UUID:
    """Return the smallest id a row may have and still wait, when this one is the newest that is placed."""
    made = datetime.fromtimestamp((newest.int >> 80) / 1000, tz=UTC)
    return _first_id_at(made - LATE)
