"""Judge and seal a piece of a paper list, in whatever process: back come numbers, codes and bytes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from foundation import vault
from registry.drives.imports.preparing import Taking, Volunteer, packed, prepare, unpacked
from registry.drives.sheets import Code, Judged, Reader, SheetRow

if TYPE_CHECKING:
    from foundation.papers.sheets import Row
    from foundation.vault.indexes import Whole


class Candidate(NamedTuple):
    """What a row comes to by itself, without its words: to compare it with others takes no more."""

    number: int
    codes: Collection[Code]
    numbers: Mapping[Code, str]  # that nobody further up may have
    barcode: str  # empty: no tube was taken
    document: Whole | None  # its index; none where something is wrong with the row


class Piece(NamedTuple):
    """Some rows of a list, and whether to seal them before it is known who of them is new."""

    rows: Sequence[Row]
    ahead: bool


class Prepared(NamedTuple):
    """A piece of a list: its rows that are somebody's, and those in whom nothing is wrong, sealed."""

    candidates: list[Candidate]
    sealed: bytes  # empty where nothing was sealed ahead

    def only(self, numbers: Collection[int]) -> bytes:
        """Return the sealed volunteers of these rows alone."""
        if len(numbers) == sum(one.document is not None for one in self.candidates):
            return self.sealed
        volunteers: list[Volunteer] = unpacked(self.sealed)
        return packed([one for one in volunteers if one.number in numbers])


@dataclass(frozen=True, slots=True)
class Judging:
    """How the rows of one list are judged and sealed; asks no database."""

    reader: Reader[SheetRow]
    taking: Taking
    seals: bool

    def prepare(self, piece: Piece) -> Prepared:
        """Judge a piece, and seal, where that is wanted ahead, whom nothing speaks against so far."""
        judged = [one for row in piece.rows if (one := self.reader.read(row)) is not None]
        candidates = [_candidate(one) for one in judged]
        if not piece.ahead:
            return Prepared(candidates, b"")
        good = [
            (one.row, candidate.document)
            for one, candidate in zip(judged, candidates, strict=True)
            if candidate.document is not None
        ]
        return Prepared(candidates, packed(prepare(good, self.taking)))

    def seal(self, piece: Piece, prepared: Prepared, fresh: Collection[int]) -> bytes:
        """Return the rows of a piece that are new, sealed: now, where it was not done ahead."""
        if piece.ahead:
            return prepared.only(fresh)
        rows = [row for row in piece.rows if row.number in fresh]
        return self.prepare(Piece(rows, ahead=True)).sealed

    def rows_of(self, piece: Sequence[Row]) -> Callable[[int], SheetRow]:
        """Return what reads a row of a piece once more, by its number: few are asked for."""
        rows = {row.number: row for row in piece}

        def read(number: int) -> SheetRow:
            judged = self.reader.read(rows[number])
            if judged is None:
                raise LookupError(number)
            return judged.row

        return read


def _candidate(judged: Judged[SheetRow]) -> Candidate:
    row = judged.row
    index = None
    if not judged.codes:
        index = vault.index.document(row.person.document_kind, row.person.document_number)
    return Candidate(judged.number, judged.codes, judged.numbers, row.barcode, index)
