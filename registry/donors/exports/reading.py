"""Read donors line by line for a sheet: in pieces, so that memory stays flat, a query a table and piece.

Whoever calls decides which donors, and whether they may be opened: nothing is asked here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from foundation import vault
from registry.donors.columns import OF_THE_RECORDS
from registry.donors.exports.fields import FIELDS, Field, Line, headers_of, writer_of
from registry.donors.models import Contact, Donor
from registry.donors.querysets import DonorQuerySet
from registry.hla.models import StoredTyping

PIECE: Final = 500
_TURNED_AWAY: Final = "REJECTED"  # a tube that counts no more
_IN_OF_THE_RECORDS: Final = tuple(one for one in FIELDS if set(one.columns) & set(OF_THE_RECORDS))


def full_lines(donors: DonorQuerySet) -> Iterator[tuple[Donor, dict[str, str]]]:
    """
    Yield each donor with everything a registry's sheet says of them, opened: header → text.

    The headers are those of a paper list and ``状态 国家库编号 入库日期 分型 联系核实日期``; what is not
    known is an empty text. Nothing is asked and nothing recorded: the caller has the right.
    """
    write, headers = writer_of(_IN_OF_THE_RECORDS, opened=True), headers_of(_IN_OF_THE_RECORDS)
    for piece in whole_pieces(donors):
        for line in lines_of(piece, _IN_OF_THE_RECORDS):
            told = dict(zip(headers, write(line), strict=True))
            yield line.donor, {str(header): told[header] for header in OF_THE_RECORDS}


def whole_pieces(donors: DonorQuerySet) -> Iterator[list[Donor]]:
    """Yield donors piece by piece in the order of their ids."""
    return _pieces(donors.order_by("pk"), after=None, size=PIECE)


def pieces(
    donors: DonorQuerySet, fields: Iterable[Field], *, after: UUID | None = None, size: int = PIECE
) -> Iterator[list[Any]]:
    """
    Yield donors piece by piece in the order of their ids, as rows with what these fields need alone.

    Each piece is a query of its own, so that no transaction stays open as long as the work.

    :param after: the last one of an earlier run; those before it are not read again.
    """
    needed = {name for one in fields for name in (*one.opens, *one.needs)}
    columns = sorted(needed - {"pk", "seal_version"})
    return _pieces(
        donors.order_by("pk").values_list("pk", "seal_version", *columns, named=True),
        after=after,
        size=size,
    )


def lines_of(piece: Sequence[Any], fields: Sequence[Field]) -> list[Line]:
    """
    Return one piece of donors, opened as these fields need it; the keys of a table in one query.

    :param piece: donors, or rows of ``pieces``.
    """
    opens = sorted({name for one in fields for name in one.opens})
    reads = {name for one in fields for name in one.reads}
    plain = vault.open(piece, opens, model=Donor) if opens else [{} for _ in piece]
    lines = [Line(donor, values) for donor, values in zip(piece, plain, strict=True)]
    if "contacts" in reads:
        _open_contacts(lines)
    if "typings" in reads:
        _open_typings(lines)
    if "samples" in reads:
        _add_barcodes(lines)
    return lines


def _pieces(ordered: Any, *, after: UUID | None, size: int) -> Iterator[list[Any]]:
    while True:
        piece = list((ordered.filter(pk__gt=after) if after else ordered)[:size])
        if not piece:
            return
        yield piece
        after = piece[-1].pk


def _open_contacts(lines: Sequence[Line]) -> None:
    people = list(Contact.objects.filter(donor__in=_ids(lines)).order_by("donor_id", "order"))
    known: dict[UUID, list[tuple[Contact, Any]]] = defaultdict(list)
    for contact, plain in zip(people, vault.open(people, ["name", "phone"]), strict=True):
        known[contact.donor_id].append((contact, plain))
    for line in lines:
        line.contacts = known[line.donor.pk]


def _open_typings(lines: Sequence[Line]) -> None:
    valid = StoredTyping.objects.filter(donor__in=_ids(lines), disputed_at__isnull=True).order_by("pk")
    newest = {typing.donor_id: typing for typing in valid}
    opened = vault.open(list(newest.values()), ["text"])
    texts = {donor: plain["text"] for donor, plain in zip(newest, opened, strict=True)}
    for line in lines:
        line.typing = texts.get(line.donor.pk)


def _add_barcodes(lines: Sequence[Line]) -> None:
    """Add the barcode of each donor's newest tube that was not turned away."""
    tubes: Any = Donor._meta.get_field("samples").related_model  # the room above is read by its relation
    counted = tubes.objects.filter(donor__in=_ids(lines)).exclude(state=_TURNED_AWAY).order_by("pk")
    barcodes = dict(counted.values_list("donor_id", "barcode"))
    for line in lines:
        line.barcode = barcodes.get(line.donor.pk, "")


def _ids(lines: Sequence[Line]) -> list[UUID]:
    return [line.donor.pk for line in lines]
