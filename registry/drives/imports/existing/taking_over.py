"""Take over the registry a branch already has: everything slow is done outside the one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone

from consent import actions as consents
from consent.bulk import PaperText
from foundation import access
from foundation.access import Permission
from foundation.papers import sheets as files
from registry.donors.columns import Column
from registry.donors.exports import full_lines
from registry.donors.models import Donor
from registry.drives.actions import rights
from registry.drives.imports import headers, letting_in
from registry.drives.imports.existing import inserting, known
from registry.drives.imports.existing.check import OldRow, check
from registry.drives.imports.existing.columns import HEADERS
from registry.drives.imports.existing.comparing import Marker, came_back, said
from registry.drives.imports.existing.preparing import Person, Taking, prepare
from registry.drives.imports.existing.report import Report, RoundTrip
from registry.drives.imports.importing import Imported, Progress, Watch, check_length, pieces
from registry.drives.imports.preparing import LANGUAGE, Store, packed, sha256_of
from registry.drives.sheets import Checked, find_header

if TYPE_CHECKING:
    from foundation.access import Branch
    from foundation.trail import Actor


@dataclass(frozen=True, slots=True)
class TakenOver(Imported):
    """What came of the records: the report with the round trip, and where the refused rows stand."""

    report: Report


def import_existing(
    source: Path | bytes,
    branch: Branch,
    *,
    by: Actor,
    at: datetime,
    name: str = "",
    box: str = "",
    mapped: Mapping[str, Column | None] | None = None,
    asks: bool = False,
    dry_run: bool = False,
    strict: bool = False,
    progress: Progress | None = None,
    watch: Watch | None = None,
) -> TakenOver:
    """
    Take over the people of a branch's own records, and say of the other rows what is wrong.

    Reading, checking and sealing happen outside; the good rows go in together or, if anything
    fails, not at all. Then each is read back and compared with what its row said. The same
    records again add only who is new.

    :param box: where the papers lie.
    :param mapped: other headers of columns, besides those the branch has explained.
    :param asks: have a person say what an unknown header is, as long as any column is missing.
    :param dry_run: insert nothing. :param strict: insert nothing if any row is refused.
    :param progress: short for a ``watch`` that hears of nothing else.
    :raises SheetProblem: if the file cannot be read. :raises LayoutProblem: if its columns are others.
    :raises TooManyRows: if the embedded database could not take it at once.
    :raises NotAllowed: without the right.
    """
    rights.check(by, Permission.DONOR_IMPORT, on=branch, at=at)
    watch = watch or (Watch(progress) if progress else Watch())
    rows = files.read(source, name=name)
    explained = {**headers.of_records(branch), **(mapped or {})}
    layout, below = find_header(rows, mapped=explained, headers=HEADERS)
    layout.check(asks=asks)
    taken = TakenOver(Report(), layout, source, name)
    taking = Taking(branch, _paper_text(at=at), box.strip()[:64], sha256_of(source), by, at)
    with closing(Store[Person]()) as store:
        run = _Run(taken, store, taking, watch)
        run.prepare(check(below, layout, today=timezone.localdate(at)), rows.last - layout.header.number)
        if not dry_run and not (strict and taken.report.rejected):
            run.insert(strict=strict)
        if taken.report.imported:
            run.read_back()
        else:
            run.record("records.tried" if dry_run else "records.taken_over")
    return taken


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
    watch: Watch
    marker: Marker = field(default_factory=Marker)

    @property
    def report(self) -> Report:
        return self.taken.report

    def prepare(self, rows: Iterable[Checked[OldRow]], total: int) -> None:
        """Judge, mark and seal every row, piece by piece."""
        for piece in pieces(rows):
            self.report.rows += len(piece)
            check_length(self.report.rows)
            self.report.rejected |= {one.number: list(one.codes) for one in piece if one.row is None}
            self._prepare_piece({one.number: one for one in piece if one.row is not None})
            self.watch.progress(self.report.rows, total)

    def _prepare_piece(self, good: Mapping[int, Checked[OldRow]]) -> None:
        rows = [one.row for one in good.values() if one.row is not None]
        found = known.judge(rows, self.taking.branch, sheet_sha256=self.taking.sheet_sha256)
        self.report.rejected |= found.rejected
        self.report.unchanged += len(found.unchanged)
        self.report.accepted += len(found.fresh)
        marks = {row.number: self.marker.marks(said(good[row.number].cells, row)) for row in rows}
        self.report.differing |= self._differing({n: (made, marks[n]) for n, made in found.unchanged.items()})
        fresh = [(row, index, marks[row.number]) for row, index in found.fresh]
        self.store.add(packed(prepare(fresh, self.taking)))

    def insert(self, *, strict: bool) -> None:
        """Insert what was prepared; rows somebody else was faster with are refused after all."""
        letting_in.let_in(
            lambda: inserting.insert(self.store, self.taking),
            self.report,
            strict=strict,
            watch=self.watch,
            record=lambda: self.record("records.taken_over"),
        )

    def record(self, verb: str) -> None:
        """Write on the trail what came of it."""
        branch = self.taking.branch
        letting_in.record(verb, self.report, self.taking, of=branch, branch=branch.pk)

    def read_back(self) -> None:
        """Read everybody who went in out of the register again, and compare them with what their row said."""
        trip = self.report.round_trip = RoundTrip()
        for piece in self.store:
            went_in = {one.number: one for one in piece if one.number not in self.report.rejected}
            back = self._differing({n: (one.donor.pk, one.marks) for n, one in went_in.items()})
            for number in went_in:
                trip.add(number, back.get(number, []))
            self.watch.inserting(self.report.accepted)  # the work is still in hand

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
