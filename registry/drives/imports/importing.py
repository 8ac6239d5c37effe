"""Import the paper list of a drive: everything slow happens outside the one transaction that inserts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.access import Permission
from foundation.papers import sheets as files
from foundation.papers.sheets import Row
from registry.donors.columns import Column
from registry.drives.actions import rights
from registry.drives.imports import crew, erased, headers, inserting, known, letting_in, preparing
from registry.drives.imports.judging import Judging, Piece, Prepared
from registry.drives.imports.preparing import Store, Taking, Volunteer
from registry.drives.sheets import Above, Code, Layout, Report, find_header, reader

if TYPE_CHECKING:
    from foundation.trail import Actor
    from registry.drives.models import Drive

PIECE = 500
Progress = Callable[[int, int | None], object]
Item = TypeVar("Item")


class TooManyRows(ValueError):
    """The embedded database cannot take a sheet of this length in one transaction."""

    @property
    def sentences(self) -> list[str]:
        """Say what to do."""
        most = settings.SHEET_ROWS_MOST_ON_SQLITE
        return [_("The list has more than %(most)s rows. Divide it, and import the parts.") % {"most": most}]


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a sheet: the report, and where the refused rows stand, to be mended."""

    report: Report
    layout: Layout
    source: Path | bytes
    name: str

    @property
    def header(self) -> Row:
        """Return the row with the headers."""
        return self.layout.header

    def to_mend(self) -> Iterator[tuple[Row, list[Code]]]:
        """Read the refused rows once more, and yield them with their codes."""
        refused = self.report.rejected
        if refused:
            rows = files.read(self.source, name=self.name)
            yield from ((row, refused[row.number]) for row in rows if row.number in refused)


@dataclass(frozen=True, slots=True)
class Watch:
    """
    Who looks on while a list comes in; nobody by default.

    ``progress`` hears how many rows are checked and of how many, ``inserting`` how many go in
    now, ``inserted`` the report, within the transaction: what it does holds if the rows do.
    """

    progress: Progress = lambda _done, _total: None
    inserting: Callable[[int], object] = lambda _rows: None
    inserted: Callable[[Report], object] = lambda _report: None


def import_rows(
    source: Path | bytes,
    drive: Drive,
    *,
    by: Actor,
    at: datetime,
    name: str = "",
    mapped: Mapping[str, Column | None] | None = None,
    asks: bool = False,
    dry_run: bool = False,
    strict: bool = False,
    progress: Progress | None = None,
    watch: Watch | None = None,
) -> Imported:
    """
    Register the volunteers of a sheet whose rows are good, and say of the others what is wrong.

    Reading, checking and sealing happen outside; the good rows go in together or, if
    anything fails, not at all. The same sheet again adds only what is new.

    :param mapped: other headers of columns, besides those the branch has explained.
    :param asks: have a person say what an unknown header is, as long as any column is missing.
    :param dry_run: insert nothing. :param strict: insert nothing if any row is refused.
    :param progress: short for a ``watch`` that hears of nothing else.
    :raises SheetProblem: if the file cannot be read. :raises LayoutProblem: if its columns are others.
    :raises TooManyRows: if the embedded database could not take it at once.
    :raises CrewLost: if a process that judges and seals was killed; nothing was brought in.
    :raises moves.Refused: if no text stands for its papers. :raises NotAllowed: without the right.
    """
    rights.check(by, Permission.DONOR_ENROL, Permission.DONOR_IMPORT, on=drive, at=at)
    watch = watch or (Watch(progress) if progress else Watch())
    rows = files.read(source, name=name)
    taking = preparing.taking_of(source, drive, by=by, at=at)
    layout, below = find_header(rows, mapped={**headers.of_lists(drive.branch), **(mapped or {})})
    layout.check(asks=asks)
    imported = Imported(Report(), layout, source, name)
    judging = Judging(reader(layout, today=timezone.localdate(at)), taking, seals=not dry_run)
    with closing(Store[Volunteer]()) as store:
        run = _Run(imported, store, judging, watch)
        run.prepare(below, rows.last - layout.header.number)
        if not dry_run and not (strict and imported.report.rejected):
            run.insert(strict=strict)
    if not imported.report.imported:
        run.record("sheet.tried" if dry_run else "sheet.imported")
    return imported


def imported_before(source: bytes, drive: Drive, report: Report, *, name: str) -> Imported:
    """Return what came of a sheet whose report is known, after a worker died before it could tell."""
    layout, _below = find_header(files.read(source, name=name), mapped=headers.of_lists(drive.branch))
    return Imported(report, layout, source, name)


@dataclass(frozen=True, slots=True)
class _Run:
    """One list on its way in."""

    imported: Imported
    store: Store[Volunteer]
    judging: Judging
    watch: Watch
    above: Above = field(default_factory=Above)

    @property
    def taking(self) -> Taking:
        return self.judging.taking

    def prepare(self, rows: Iterable[Row], total: int) -> None:
        """
        Judge every row, and seal those that can be taken: a long list in several processes.

        They seal ahead of the comparison, but not while a list that is in already comes in again.
        """
        taking, header = self.taking, self.imported.header.number
        erased_rows = erased.rows_of(taking.sheet_sha256, taking.drive)
        new = True
        ahead = (Piece(each, ahead=self.judging.seals and new) for each in pieces(rows))
        done = crew.each(self.judging.prepare, ahead, processes=crew.size_for(total))
        with closing(done):
            for piece, prepared in done:
                new = self._compare(piece, prepared, erased_rows)
                self.watch.progress(piece.rows[-1].number - header, total)

    def _compare(self, piece: Piece, prepared: Prepared, erased_rows: Collection[int]) -> bool:
        """
        Compare a piece with the rows further up and with the registry, and keep who is new.

        :returns: False if it only holds who is in already.
        """
        report = self.imported.report
        report.rows += len(prepared.candidates)
        check_length(report.rows)
        codes = {one.number: self.above.codes(one.codes, one.numbers) for one in prepared.candidates}
        report.rejected |= {number: list(found) for number, found in codes.items() if found}
        good = [one for one in prepared.candidates if not codes[one.number]]
        read, drive = self.judging.rows_of(piece.rows), self.taking.drive
        judgement = known.judge(good, drive, read=read, erased_rows=erased_rows)
        report.rejected |= judgement.rejected
        report.differing |= judgement.differing
        report.unchanged += len(judgement.unchanged)
        report.accepted += len(judgement.fresh)
        if self.judging.seals and judgement.fresh:
            self.store.add(self.judging.seal(piece, prepared, frozenset(judgement.fresh)))
        return bool(judgement.fresh) or not judgement.unchanged

    def insert(self, *, strict: bool) -> None:
        """Insert what was prepared; rows somebody else was faster with are refused after all."""
        letting_in.let_in(
            lambda: inserting.insert(self.store, self.taking),
            self.imported.report,
            strict=strict,
            watch=self.watch,
            record=lambda: self.record("sheet.imported"),
        )

    def record(self, verb: str) -> None:
        """Write on the trail what came of it."""
        drive = self.taking.drive
        letting_in.record(verb, self.imported.report, self.taking, of=drive, branch=drive.branch_id)


def check_length(rows: int) -> None:
    """
    Let so many rows pass.

    :raises TooManyRows: if the embedded database could not take them at once.
    """
    if connection.vendor == "sqlite" and rows > settings.SHEET_ROWS_MOST_ON_SQLITE:
        raise TooManyRows


def pieces(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Yield items in lists of ``PIECE``."""
    items = iter(items)
    while piece := list(islice(items, PIECE)):
        yield piece
