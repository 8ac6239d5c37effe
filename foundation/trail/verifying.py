"""Check the whole trail: every row, every place, every root, every signature, and the anchors outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from typing import Any

from django.db import connection, connections, models

from foundation.trail import anchor, merkle, sealing, signing
from foundation.trail.models import TrailBatch, TrailLeaf, TrailRow


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

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(_Fault, self.fault, **self.where), ()


_Link = tuple[TrailBatch, str, int, tuple[int, int, int] | None]  # batch, root before, first position, placed


def verify(*, processes: int = 1) -> Report:
    """
    Check everything and name the first bad row.

    The trail still verifies after a person was erased: it holds nothing of theirs.

    :param processes: how many share the hashing; more than one only outside a transaction
        and outside a worker's own process.
    """
    report = Report()
    try:
        _check_batches(report, processes)
        _check_anchors(report)
        _check_all_placed(report)
    except _Fault as found:
        report.fault, report.where = found.fault, found.where
    except anchor.AnchorProblem as found:
        report.fault = str(found)
    return report


def _check_batches(report: Report, processes: int) -> None:
    placed = _placed_per_batch()
    chain = list(_chain(placed))
    for (batch, *_), fault in zip(chain, _faults(chain, processes), strict=True):
        if fault is not None:
            raise fault
        report.batches, report.rows = batch.number, batch.last_position
    if TrailBatch.objects.count() != len(chain):
        raise _Fault("A batch is missing.", batch=len(chain) + 1)
    if strays := set(placed) - {batch.number for batch, *_ in chain}:
        raise _Fault("Rows have a place in a batch that does not exist.", batch=min(strays))


def _chain(placed: dict[int, tuple[int, int, int]]) -> Iterator[_Link]:
    """Yield each batch with the root and the position it must follow; stop before a gap."""
    previous, first = merkle.NOTHING, 1
    for number, batch in enumerate(TrailBatch.objects.order_by("number"), start=1):
        if batch.number != number:
            return
        yield batch, previous, first, placed.get(batch.number)
        previous, first = batch.root, batch.last_position + 1


def _faults(chain: Sequence[_Link], processes: int) -> Iterator[_Fault | None]:
    """Check each batch, in this process or in several, and yield what is wrong with it."""
    if processes == 1 or len(chain) < processes:
        yield from map(_fault_of, chain)
        return
    connections.close_all()  # a child must not share the parent's line to the database
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        yield from pool.map(_fault_of, chain)


def _fault_of(link: _Link) -> _Fault | None:
    try:
        _check_batch(*link)
    except _Fault as found:
        return found
    return None


def _check_batch(batch: TrailBatch, previous: str, first: int, placed: tuple[int, int, int] | None) -> None:
    here: dict[str, str | int] = {"batch": batch.number, "first": first, "last": batch.last_position}
    if placed is None:
        raise _Fault("The rows of a batch are missing.", **here)
    leaves = _leaves(batch)
    if placed != (first, batch.last_position, len(leaves)) or batch.first_position != first:
        raise _Fault("A batch does not have as many rows as it says.", **here)
    if batch.previous_root != previous:
        raise _Fault("A batch does not follow the one before it.", **here)
    last, tree = batch.last_position, merkle.root_of(leaves)
    root = merkle.batch_root(number=batch.number, first=first, last=last, previous=previous, tree=tree)
    if root != batch.root:
        raise _Fault("The root of a batch is not that of its rows.", **here)
    text = merkle.signed_text(
        number=batch.number, first=first, last=last, sealed_at=batch.sealed_at, previous=previous, root=root
    )
    if not signing.verifies(text, key_id=batch.key_id, signature=batch.signature):
        raise _Fault("The signature of a batch is not ours.", **here)


def _leaves(batch: TrailBatch) -> list[str]:
    """Hash the rows of a batch as stored, in a tight loop; the first bad row is looked for apart."""
    rows = _rows(batch.first_position, batch.last_position)
    try:
        leaves = [merkle.leaf_of(row_id, head, body) for _, _, row_id, head, body in rows]
    except TypeError:  # a row that is not there has no body
        leaves = []
    if leaves != [row[1] for row in rows] or len(leaves) != batch.last_position - batch.first_position + 1:
        _name_first_bad(rows, batch.first_position)
    return leaves


def _name_first_bad(rows: list[tuple[Any, ...]], first: int) -> None:
    for expected, (position, leaf, row_id, head, body) in enumerate(rows, start=first):
        if position != expected:
            raise _Fault("A row is missing.", position=expected)
        if body is None:
            raise _Fault("A row is missing.", position=position)
        if merkle.leaf_of(row_id, head, body) != leaf:
            raise _Fault("A row was changed.", position=position, row=row_id)


def _placed_per_batch() -> dict[int, tuple[int, int, int]]:
    """Return the first and last position and the number of rows that stand under each batch."""
    counted = TrailLeaf.objects.values("batch_id").annotate(
        low=models.Min("position"), high=models.Max("position"), count=models.Count("position")
    )
    return {one["batch_id"]: (one["low"], one["high"], one["count"]) for one in counted}


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
    old = (
        TrailRow.objects.filter(leaf__isnull=True, pk__lt=sealing.late_before(newest)).order_by("pk").first()
    )
    if old is not None:
        raise _Fault("A row has no place though the sealer has long passed it.", row=old.pk.hex)


# A row's fields as one text, made where the rows lie: half the time goes into handing over columns.
_HEAD = "r.at || chr(9) || r.branch || chr(9) || r.object || chr(9) || r.verb || chr(9) || r.by_id"


def _rows(first: int, last: int) -> list[tuple[Any, ...]]:
    """Return position, leaf, id, head and body of the rows placed from one position to another."""
    on_sqlite = connection.vendor == "sqlite"
    head = _HEAD.replace("chr(", "char(") if on_sqlite else _HEAD
    row_id = "r.id" if on_sqlite else "replace(r.id::text, '-', '')"
    query = (
        f"SELECT l.position, l.leaf, {row_id}, {head}, r.body FROM foundation_trailleaf l "  # noqa: S608 - no input
        "LEFT JOIN foundation_trailrow r ON r.id = l.row_id "
        "WHERE l.position BETWEEN %s AND %s ORDER BY l.position"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [first, last])
        return list(cursor.fetchall())
