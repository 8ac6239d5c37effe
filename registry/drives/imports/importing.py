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
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import trail
from foundation.access import Permission
from foundation.papers import sheets as files
from foundation.papers.sheets import Row
from registry.drives.actions import rights
from registry.drives.imports import inserting, known, preparing
from registry.drives.imports.preparing import Store, Volunteer
from registry.drives.sheets import Code, Column, Report, check, find_header
from registry.drives.sheets.check import Checked

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


class _NotAll(Exception):
    """A strict import met a row that cannot be taken, after the others were inserted."""


@dataclass(slots=True)
class Imported:
    """What came of a sheet: the report, and the refused rows as they stood in it, to be mended."""

    report: Report
    header: Row
    refused: dict[int, Row] = field(default_factory=dict, repr=False)

    def to_mend(self) -> list[tuple[Row, list[Code]]]:
        """Return the refused rows with their codes, in the order of the sheet."""
        return [(self.refused[number], codes) for number, codes in sorted(self.report.rejected.items())]


def import_rows(
    source: Path | bytes,
    drive: Drive,
    *,
    by: Actor,
    at: datetime,
    name: str = "",
    mapped: Mapping[str, Column] | None = None,
    dry_run: bool = False,
    strict: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """
    Register the volunteers of a sheet whose rows are good, and say of the others what is wrong.

    Reading, checking and sealing happen outside; the good rows go in together or, if
    anything fails, not at all. The same sheet again adds only what is new.

    :param mapped: other headers of columns.
    :param dry_run: insert nothing. :param strict: insert nothing if any row is refused.
    :param progress: told how many rows are done, outside the transaction.
    :raises SheetProblem: if the file cannot be read. :raises LayoutProblem: if its columns are others.
    :raises TooManyRows: if the embedded database could not take it at once.
    :raises moves.Refused: if no text stands for its papers. :raises NotAllowed: without the right.
    """
    rights.check(by, Permission.DONOR_ENROL, Permission.DONOR_IMPORT, on=drive, at=at)
    layout, below = find_header(files.read(source, name=name), mapped=mapped)
    imported = Imported(Report(), layout.header)
    with closing(Store[Volunteer]()) as store:
        rows = check(below, layout, today=timezone.localdate(at))
        _prepare(rows, imported, store, drive, by=by, at=at, progress=progress or _unheard)
        if not dry_run and not (strict and imported.report.rejected):
            late = _insert(imported, store, drive, by=by, at=at, strict=strict)
            imported.refused |= {row.number: row for row in _again(source, name, late)}
    _record(imported.report, drive, by=by, at=at, dry_run=dry_run)
    return imported


def _unheard(_done: int, _total: int | None) -> None:
    """Nobody listens."""


def _prepare(
    rows: Iterable[Checked],
    imported: Imported,
    store: Store[Volunteer],
    drive: Drive,
    *,
    by: Actor,
    at: datetime,
    progress: Progress,
) -> None:
    paper = preparing.paper_text_of(drive, at=at)
    report = imported.report
    for piece in _pieces(rows):
        report.rows += len(piece)
        _check_length(report.rows)
        for one in piece:
            if one.row is None:
                report.rejected[one.number] = list(one.codes)
        judgement = known.judge([one.row for one in piece if one.row is not None], drive)
        report.rejected |= judgement.rejected
        report.differing |= judgement.differing
        report.unchanged += len(judgement.unchanged)
        report.accepted += len(judgement.fresh)
        imported.refused |= {one.number: one.cells.row for one in piece if one.number in report.rejected}
        store.add(preparing.prepare(judgement.fresh, drive, paper, by=by, at=at))
        progress(report.rows, None)


def _check_length(rows: int) -> None:
    if connection.vendor == "sqlite" and rows > settings.SHEET_ROWS_MOST_ON_SQLITE:
        raise TooManyRows


def _pieces(items: Iterable[Item]) -> Iterator[list[Item]]:
    items = iter(items)
    while piece := list(islice(items, PIECE)):
        yield piece


def _insert(
    imported: Imported, store: Store[Volunteer], drive: Drive, *, by: Actor, at: datetime, strict: bool
) -> Collection[int]:
    """Insert; return the rows somebody else was faster with, which are refused after all."""
    report = imported.report
    try:
        with transaction.atomic():
            late = inserting.insert(store, drive, by=by, at=at)
            if late and strict:
                raise _NotAll
        report.imported = True
    except _NotAll:
        pass
    report.accepted -= len(late)
    report.rejected |= late
    return late.keys()


def _again(source: Path | bytes, name: str, numbers: Collection[int]) -> Iterator[Row]:
    """Read those rows of a sheet once more."""
    return (row for row in files.read(source, name=name) if row.number in numbers) if numbers else iter(())


def _record(report: Report, drive: Drive, *, by: Actor, at: datetime, dry_run: bool) -> None:
    trail.record(
        "sheet.tried" if dry_run else "sheet.imported",
        by=by,
        at=at,
        object=drive,
        branch=drive.branch_id,
        rows=report.rows,
        accepted=report.accepted,
        unchanged=report.unchanged,
        rejected=len(report.rejected),
        inserted=report.imported,
    )
