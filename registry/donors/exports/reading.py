"""Read donors line by line for a sheet: in pieces, so that memory stays flat, a query a table and piece.

Whoever calls decides which donors, and whether they may be opened: nothing is asked here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final
from uuid import UUID

from foundation import vault
from registry.donors.exports.fields import FIELDS, Field, Line
from registry.donors.exports.words import FULL
from registry.donors.models import Contact, Donor
from registry.donors.querysets import DonorQuerySet
from registry.hla.models import StoredTyping

PIECE: Final = 500
_TURNED_AWAY: Final = "REJECTED"  # a tube that counts no more
_IN_FULL: Final = tuple(one for one in FIELDS if set(one.columns) & set(FULL))


def full_lines(donors: DonorQuerySet) -> Iterator[tuple[Donor, dict[str, str]]]:
    """
    Yield each donor with everything a registry's sheet says of them, opened: header → text.

    The headers are those of a paper list and ``状态 国家库编号 入库日期 分型 联系核实日期``; what is not
    known is an empty text. Nothing is asked and nothing recorded: the caller has the right.
    """
    for piece in pieces(donors, _IN_FULL):
        for line in lines_of(piece, _IN_FULL):
            told = {
                str(header): text
                for one in _IN_FULL
                for header, text in zip(one.columns, one.texts(line, opened=True), strict=True)
            }
            yield line.donor, {str(header): told[header] for header in FULL}


def pieces(
    donors: DonorQuerySet, fields: Iterable[Field], *, after: UUID | None = None, size: int = PIECE
) -> Iterator[list[Donor]]:
    """
    Yield donors piece by piece in the order of their ids.

    Each piece is a query of its own, so that no transaction stays open as long as the work.

    :param after: the last one of an earlier run; those before it are not read again.
    """
    related = {name for one in fields for name in one.reads}
    ordered = donors.order_by("pk").prefetch_related(*sorted(related - {"branches"}))
    if "branches" in related:
        ordered = ordered.select_related("service_branch", "owner_branch")
    while True:
        piece = list((ordered.filter(pk__gt=after) if after else ordered)[:size])
        if not piece:
            return
        yield piece
        after = piece[-1].pk


def lines_of(piece: Sequence[Donor], fields: Sequence[Field]) -> list[Line]:
    """Return one piece of donors, opened as these fields need it; the keys of a table in one query."""
    opens = sorted({name for one in fields for name in one.opens})
    reads = {name for one in fields for name in one.reads}
    plain = vault.open(piece, opens) if opens else [{} for _ in piece]
    lines = [Line(donor, values) for donor, values in zip(piece, plain, strict=True)]
    if "contacts" in reads:
        _open_contacts(lines)
    if "typings" in reads:
        _open_typings(lines)
    if "samples" in reads:
        for line in lines:
            line.barcode = _barcode(line.donor)
    return lines


def _open_contacts(lines: Sequence[Line]) -> None:
    people = [sorted(line.donor.contacts.all(), key=lambda one: one.order) for line in lines]
    opened = iter(vault.open(list(chain.from_iterable(people)), ["name", "phone"]))
    for line, known in zip(lines, people, strict=True):
        pairs: list[tuple[Contact, Any]] = [(contact, next(opened)) for contact in known]
        line.contacts = pairs


def _open_typings(lines: Sequence[Line]) -> None:
    newest: dict[UUID, StoredTyping] = {
        line.donor.pk: typing
        for line in lines
        for typing in sorted(line.donor.typings.all(), key=lambda one: one.pk)
        if typing.disputed_at is None
    }
    opened = dict(zip(newest, vault.open(list(newest.values()), ["text"]), strict=True))
    for line in lines:
        line.typing = opened.get(line.donor.pk, {}).get("text")


def _barcode(donor: Donor) -> str:
    """Return the barcode of the donor's newest tube that was not turned away."""
    counted = [tube for tube in donor.samples.all() if tube.state != _TURNED_AWAY]
    return max(counted, key=lambda tube: tube.pk).barcode if counted else ""
