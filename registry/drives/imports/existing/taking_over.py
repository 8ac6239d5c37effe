"""Take over the registry a branch already has: everything slow is done outside the one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from consent import actions as consents
from consent.bulk import PaperText
from foundation import access, trail
from foundation.access import Permission
from foundation.papers import sheets as files
from foundation.papers.sheets import Row
from registry.donors.exports import full_lines
from registry.donors.models import Donor
from registry.drives.actions import rights
from registry.drives.imports.existing import inserting, known
from registry.drives.imports.existing.check import Checked, check
from registry.drives.imports.existing.columns import HEADERS
from registry.drives.imports.existing.comparing import Marker, came_back, said
from registry.drives.imports.existing.preparing import Person, Taking, prepare
from registry.drives.imports.existing.report import Report, RoundTrip
from registry.drives.imports.importing import TooManyRows
from registry.drives.imports.preparing import LANGUAGE, Store
from registry.drives.sheets import Code, find_header

if TYPE_CHECKING:
    from foundation.access import Branch
    from foundation.trail import Actor

PIECE: Final = 500
_BYTES: Final = 1 << 20
Progress = Callable[[int, int | None], object]


class _NotAll(Exception):
    """A strict import met a row that cannot be taken, after the others were inserted."""


@dataclass(slots=True)
class TakenOver:
    """What came of the records: the report, and the refused rows as they stood, to be mended."""

    report: Report
    header: Row
    refused: dict[int, Row] = field(default_factory=dict, repr=False)

    def to_mend(self) -> list[tuple[Row, list[Code]]]:
        """Return the refused rows with their codes, in the order of the sheet."""
        return [(self.refused[number], codes) for number, codes in sorted(self.report.rejected.items())]


def import_existing(
    source: Path | bytes,
    branch: Branch,
    *,
    by: Actor,
    at: datetime,
    name: str = "",
    box: str = "",
    mapped: Mapping[str, StrEnum | None] | None = None,
    dry_run: bool = False,
    strict: bool = False,
    progress: Progress | None = None,
) -> TakenOver:
    """
    Take over the people of a branch's own records, and say of the other rows what is wrong.

    Reading, checking and sealing happen outside; the good rows go in together or, if anything
    fails, not at all. Then each is read back and compared with what its row said. The same
    records again add only who is new.

    :param box: where the papers lie. :param mapped: other headers of columns.
    :param dry_run: insert nothing. :param strict: insert nothing if any row is refused.
    :param progress: told how many rows are done, outside the transaction.
    :raises SheetProblem: if the file cannot be read. :raises LayoutProblem: if its columns are others.
    :raises TooManyRows: if the embedded database could not take it at once.
    :raises NotAllowed: without the right.
    """
    rights.check(by, Permission.DONOR_IMPORT, on=branch, at=at)
    layout, below = find_header(files.read(source, name=name), mapped=mapped, headers=HEADERS)
    taken = TakenOver(Report(), layout.header)
    paper = _paper_text(at=at)
    taking = Taking(branch, paper, box.strip()[:64], _sha256(source), by, at)
    with closing(Store[Person]()) as store:
        run = _Run(taken, store, taking, progress or _unheard)
        run.prepare(check(below, layout, today=timezone.localdate(at)))
        if not dry_run and not (strict and taken.report.rejected):
            late = run.insert(strict=strict)
            taken.refused |= {row.number: row for row in _again(source, name, late)}
        if taken.report.imported:
            run.read_back()
    _record(taken.report, taking, dry_run=dry_run)
    return taken


def _unheard(_done: int, _total: int | None) -> None:
    """Nobody listens."""


def _paper_text(*, at: datetime) -> PaperText:
    """Return the text that stands for papers from before this program; bring it in where it is missing."""
    consents.install_legacy_text(by=access.command_actor(), at=at)
    return PaperText.of_the_records(language=LANGUAGE)


@dataclass(frozen=True, slots=True)
class _Run:
    """One taking over, from the first row read to the last one read back."""

    taken: TakenOver
    store: Store[Person]
    taking: Taking
    progress: Progress
    marker: Marker = field(default_factory=Marker)

    @property
    def report(self) -> Report:
        return self.taken.report

    def prepare(self, rows: Iterable[Checked]) -> None:
        """Judge, mark and seal every row, piece by piece."""
        for piece in _pieces(rows):
            self.report.rows += len(piece)
            _check_length(self.report.rows)
            self.report.rejected |= {one.number: list(one.codes) for one in piece if one.row is None}
            self._prepare_piece({one.number: one for one in piece if one.row is not None})
            refused = (one for one in piece if one.number in self.report.rejected)
            self.taken.refused |= {one.number: one.cells.row for one in refused}
            self.progress(self.report.rows, None)

    def _prepare_piece(self, good: Mapping[int, Checked]) -> None:
        rows = [one.row for one in good.values() if one.row is not None]
        found = known.judge(rows, self.taking.branch, sheet_sha256=self.taking.sheet_sha256)
        self.report.rejected |= found.rejected
        self.report.unchanged += len(found.unchanged)
        self.report.accepted += len(found.fresh)
        marks = {row.number: self.marker.marks(said(good[row.number].cells, row)) for row in rows}
        self.report.differing |= self._differing({n: (made, marks[n]) for n, made in found.unchanged.items()})
        self.store.add(prepare([(row, index, marks[row.number]) for row, index in found.fresh], self.taking))

    def insert(self, *, strict: bool) -> Mapping[int, list[Code]]:
        """Insert; return the rows somebody else was faster with, which are refused after all."""
        try:
            with transaction.atomic():
                late = inserting.insert(self.store, self.taking)
                if late and strict:
                    raise _NotAll
            self.report.imported = True
        except _NotAll:
            pass
        self.report.accepted -= len(late)
        self.report.rejected |= late
        return late

    def read_back(self) -> None:
        """Read everybody who went in out of the register again, and compare them with what their row said."""
        trip = self.report.round_trip = RoundTrip()
        for piece in self.store:
            went_in = {one.number: one for one in piece if one.number not in self.report.rejected}
            back = self._differing({n: (one.donor.pk, one.marks) for n, one in went_in.items()})
            for number in went_in:
                trip.add(number, back.get(number, []))
            self.progress(self.report.rows, None)

    def _differing(self, rows: Mapping[int, tuple[UUID, bytes]]) -> dict[int, list[str]]:
        """Return the columns in which donors are not what their rows say, by row; nothing is applied."""
        donors = Donor.objects.filter(pk__in=[donor_id for donor_id, _marks in rows.values()])
        back = {donor.pk: came_back(texts) for donor, texts in full_lines(donors)} if rows else {}
        compared = {
            number: self.marker.differing(marks, back[donor_id])
            for number, (donor_id, marks) in rows.items()
            if donor_id in back
        }
        return {number: columns for number, columns in compared.items() if columns}


def _check_length(rows: int) -> None:
    if connection.vendor == "sqlite" and rows > settings.SHEET_ROWS_MOST_ON_SQLITE:
        raise TooManyRows


def _pieces(checked: Iterable[Checked]) -> Iterator[list[Checked]]:
    checked = iter(checked)
    while piece := list(islice(checked, PIECE)):
        yield piece


def _again(source: Path | bytes, name: str, late: Mapping[int, list[Code]]) -> Iterator[Row]:
    """Read the rows of a sheet once more that came too late."""
    return (row for row in files.read(source, name=name) if row.number in late) if late else iter(())


def _sha256(source: Path | bytes) -> str:
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    digest = hashlib.sha256()
    with source.open("rb") as file:
        while piece := file.read(_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def _record(report: Report, taking: Taking, *, dry_run: bool) -> None:
    trip = report.round_trip
    trail.record(
        "records.tried" if dry_run else "records.taken_over",
        by=taking.by,
        at=taking.at,
        object=taking.branch,
        branch=taking.branch.pk,
        rows=report.rows,
        accepted=report.accepted,
        unchanged=report.unchanged,
        rejected=len(report.rejected),
        inserted=report.imported,
        came_back=trip.same if trip else 0,
    )
