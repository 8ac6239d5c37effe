"""Check the whole trail: every row, every place, every root, every signature, and the anchors outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import connection

from foundation.trail import anchor, merkle, sealing, signing
from foundation.trail.models import TrailBatch, TrailLeaf, TrailRow

_PIECE = 5000  # rows fetched at once


@dataclass(slots=True)
class Report:
    """
    What a verification found.

    ``fault`` names the first thing that is wrong and where; it is empty when all holds.
    """

    rows: int = 0
    batches: int = 0
    unsealed: int = 0
    anchors: int = 0
    fault: str = ""
    where: dict[str, str | int] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.fault


class _Fault(Exception):
    def __init__(self, fault: str, **where: str | int) -> None:
        super().__init__(fault)
        self.fault, self.where = fault, where


def verify() -> Report:
    """
    Check everything and name the first bad row.

    The trail still verifies after a person was erased: it holds nothing of theirs.
    """
    report = Report()
    try:
        _check_batches(report)
        _check_anchors(report)
        _check_all_placed(report)
    except _Fault as found:
        report.fault, report.where = found.fault, found.where
    except anchor.AnchorProblem as found:
        report.fault = str(found)
    return report


def _check_batches(report: Report) -> None:
    batches = {batch.number: batch for batch in TrailBatch.objects.order_by("number")}
    previous, expected = merkle.NOTHING, 1
    placed = groupby(_placed(), key=lambda row: row[1])
    for number, batch in batches.items():
        if number != report.batches + 1:
            raise _Fault("A batch is missing.", batch=report.batches + 1)
        key, rows = next(placed, (None, iter(())))
        if key != number:
            raise _Fault("The rows of a batch are missing.", batch=number, position=expected)
        leaves = [_checked_leaf(row, expected + n) for n, row in enumerate(rows)]
        _check_batch(batch, leaves, previous, expected)
        previous, expected = batch.root, expected + len(leaves)
        report.batches, report.rows = report.batches + 1, report.rows + len(leaves)
    stray = next(placed, None)
    if stray is not None:
        raise _Fault("Rows have a place in a batch that does not exist.", batch=int(stray[0]))


def _checked_leaf(row: tuple[Any, ...], expected: int) -> str:
    position, _, leaf, row_id, *fields, body = row
    if position != expected:
        raise _Fault("A row is missing.", position=expected)
    if body is None:
        raise _Fault("A row is missing.", position=position, row=_hex(row_id))
    hashed = merkle.leaf_of(merkle.RowBytes(_hex(row_id), *fields, bytes(body)))
    if hashed != leaf:
        raise _Fault("A row was changed.", position=position, row=_hex(row_id))
    return hashed


def _check_batch(batch: TrailBatch, leaves: list[str], previous: str, first: int) -> None:
    last = first + len(leaves) - 1
    here: dict[str, str | int] = {"batch": batch.number, "first": first, "last": batch.last_position}
    if (batch.first_position, batch.last_position) != (first, last):
        raise _Fault("A batch does not have as many rows as it says.", **here)
    if batch.previous_root != previous:
        raise _Fault("A batch does not follow the one before it.", **here)
    tree = merkle.root_of(leaves)
    root = merkle.batch_root(number=batch.number, first=first, last=last, previous=previous, tree=tree)
    if root != batch.root:
        raise _Fault("The root of a batch is not that of its rows.", **here)
    text = merkle.signed_text(
        number=batch.number, first=first, last=last, sealed_at=batch.sealed_at, previous=previous, root=root
    )
    if not signing.verifies(text, key_id=batch.key_id, signature=batch.signature):
        raise _Fault("The signature of a batch is not ours.", **here)


def _check_anchors(report: Report) -> None:
    roots = dict(TrailBatch.objects.values_list("number", "root"))
    for outside in anchor.anchors():
        if outside.number not in roots:
            raise _Fault("The trail was cut: an anchored batch is not there.", batch=outside.number)
        if roots[outside.number] != outside.root:
            raise _Fault("The trail was recomputed: an anchored root differs.", batch=outside.number)
        report.anchors += 1


def _check_all_placed(report: Report) -> None:
    report.unsealed = sealing.unsealed()
    newest = TrailLeaf.objects.order_by("-row_id").values_list("row_id", flat=True).first()
    if newest is None:
        return
    old = TrailRow.objects.filter(leaf__isnull=True, pk__lt=sealing.late_before(newest)).order_by("pk").first()
    if old is not None:
        raise _Fault("A row has no place though the sealer has long passed it.", row=old.pk.hex)


def _placed() -> Iterator[tuple[Any, ...]]:
    query = (
        "SELECT l.position, l.batch_id, l.leaf, l.row_id, r.at, r.branch, r.object, r.verb, r.by_id, r.body "
        "FROM foundation_trailleaf l LEFT JOIN foundation_trailrow r ON r.id = l.row_id ORDER BY l.position"
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(_PIECE):
            yield from rows


def _hex(row_id: Any) -> str:
    return row_id if isinstance(row_id, str) else row_id.hex
