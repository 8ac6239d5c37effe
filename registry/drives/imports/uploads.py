"""Sheets handed in on a page: kept sealed, imported as a job, given back as a sheet to mend."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import transaction

from foundation import jobs, trail, vault
from foundation.access import Permission
from foundation.papers import kept
from foundation.papers.kept import Gone
from registry.drives.actions import rights
from registry.drives.imports import asking, headers, mending
from registry.drives.imports.asking import Asked
from registry.drives.imports.importing import Imported, Watch, import_rows, imported_before
from registry.drives.models import Drive, SheetFile
from registry.drives.sheets import LayoutProblem, Report

if TYPE_CHECKING:
    from foundation.jobs import Job, Running
    from foundation.trail import Actor
    from registry.donors.columns import Column

KIND: Final = "drives.import_sheet"
_SLOWEST: Final = 100  # volunteers a second that any machine inserts


@transaction.atomic
def hand_in(
    drive: Drive,
    content: bytes,
    *,
    name: str,
    strict: bool = False,
    trial: bool = False,
    by: Actor,
    at: datetime,
) -> tuple[SheetFile, Job]:
    """
    Keep a sheet, sealed, and have it imported or, as a trial, only judged.

    :raises TooLarge: beyond ``UPLOAD_LARGEST_MB``.
    :raises NotAllowed: without the right to enrol at the drive.
    """
    rights.check(by, Permission.DONOR_ENROL, Permission.DONOR_IMPORT, on=drive, at=at)
    kept.check_size(len(content))
    sheet = SheetFile(drive=drive, strict=strict, trial=trial, at=at, **by.columns())
    kept.keep(sheet, content, name=name)
    trail.record(
        "sheet.handed_in", by=by, at=at, object=sheet, branch=drive.branch_id, bytes=sheet.size_bytes
    )
    return sheet, _begin(sheet, by=by, at=at)


@transaction.atomic
def go_on(sheet: SheetFile, *, by: Actor, at: datetime, strict: bool | None = None) -> Job:
    """
    Bring a sheet in that was only tried, was stopped, or whose columns are explained by now.

    :param strict: take all rows or none; by default as it was handed in.
    :raises Gone: if it is no longer kept. :raises NotAllowed: without the right to enrol at the drive.
    """
    rights.check(by, Permission.DONOR_ENROL, Permission.DONOR_IMPORT, on=sheet.drive, at=at)
    sheet = SheetFile.objects.select_for_update(of=("self",)).select_related("drive__branch").get(pk=sheet.pk)
    if sheet.content is None:
        raise Gone
    job = job_of(sheet)
    if job is not None and not job.has_ended:
        return job
    was_asked = bool(job and job.result.get("columns"))
    sheet.trial = sheet.trial and was_asked
    sheet.strict = sheet.strict if strict is None else strict
    sheet.save(update_fields=["trial", "strict"])
    return _begin(sheet, by=by, at=at)


@transaction.atomic
def explain(sheet: SheetFile, said: Mapping[str, Column | None], *, by: Actor, at: datetime) -> Job:
    """
    Say which columns the unknown headers of a sheet are, for this one and the next; then it goes on.

    :raises Gone: if the sheet is no longer kept. :raises NotAllowed: without the right to enrol there.
    """
    drive = sheet.drive
    rights.check(by, Permission.DONOR_ENROL, Permission.DONOR_IMPORT, on=drive, at=at)
    columns = headers.remember(drive.branch_id, said, of_records=False, by=by, at=at)
    trail.record("sheet.columns_named", by=by, at=at, object=drive, branch=drive.branch_id, columns=columns)
    return go_on(sheet, by=by, at=at)


def asked_of(sheet: SheetFile) -> Asked | None:
    """Return what is asked about a sheet's headers, None where nothing is."""
    found = vault.open_one(sheet, "asked")["asked"]
    return Asked.from_json(found) if isinstance(found, str) else None


def _begin(sheet: SheetFile, *, by: Actor, at: datetime) -> Job:
    branch = sheet.drive.branch
    return jobs.start(KIND, {"sheet": str(sheet.pk)}, about=sheet.pk, by=by, at=at, branch=branch)


def job_of(sheet: SheetFile) -> Job | None:
    """Return the work that imports a sheet."""
    return jobs.latest(KIND, about=sheet.pk)


def work(running: Running) -> Mapping[str, Any]:
    """
    Import a sheet that was handed in: the handler of the job.

    What came of it is kept in the transaction that inserts, so that a worker that takes the
    work over after a crash tells the same.

    :raises Gone: if it was thrown away meanwhile.
    """
    before, sheets = running.place.get("report"), SheetFile.objects.select_related("drive__branch")
    try:
        sheet, content, name = kept.opened(sheets, running.args["sheet"])
    except Gone:
        if before:
            return dict(before)
        raise
    if before:
        report = Report.from_json(before)
        return _end(running, sheet, imported_before(content, sheet.drive, report, name=name))
    try:
        return _end(running, sheet, _import(running, sheet, content, name))
    except LayoutProblem as problem:
        asked = asking.questions(problem, content, name=name)
        if asked is None:
            raise
        kept.end(sheet, at=running.at, asked=asked.to_json())
        return {"columns": len(asked.headers)}


def _import(running: Running, sheet: SheetFile, content: bytes, name: str) -> Imported:
    def inserted(report: Report) -> None:
        running.keep(report=report.to_keep())

    return import_rows(
        content,
        sheet.drive,
        by=running.by,
        at=running.at,
        name=name,
        asks=True,
        dry_run=sheet.trial,
        strict=sheet.strict,
        watch=Watch(running.progress, lambda rows: running.expect_silence(_longest(rows)), inserted),
    )


def _end(running: Running, sheet: SheetFile, imported: Imported) -> dict[str, Any]:
    done = {"content": None} if imported.report.imported else {}
    kept.end(sheet, at=running.at, refused=mending.to_keep(imported), asked=None, **done)
    return imported.report.to_keep()


def _longest(rows: int) -> timedelta:
    """Return how long a transaction with so many volunteers may take on a slow machine."""
    return timedelta(seconds=rows / _SLOWEST)


@transaction.atomic
def mend_sheet(sheet: SheetFile, *, by: Actor, at: datetime) -> mending.Mending | None:
    """
    Return the refused rows as a file to mend, None where nothing is kept. The look is on the trail.

    :raises NotAllowed: without the right to enrol at the drive.
    """
    rights.check(by, Permission.DONOR_ENROL, Permission.DONOR_IMPORT, on=sheet.drive, at=at)
    refused = vault.open_one(sheet, "refused")["refused"]
    if not isinstance(refused, bytes):
        return None
    trail.record("sheet.refused_rows_taken", by=by, at=at, object=sheet, branch=sheet.drive.branch_id)
    return mending.sheet_of(refused)


def throw_away(sheets: Any, *, by: Actor, at: datetime) -> int:
    """Destroy sheets with their keys: nothing of the people in them is left. Returns how many."""
    return kept.throw_away(sheets, verb="sheet.thrown_away", by=by, at=at)


def purge(*, by: Actor, at: datetime) -> int:
    """Destroy the sheets handed in more than ``DRAFT_DAYS`` ago, and return how many."""
    before = at - timedelta(days=settings.DRAFT_DAYS)
    return throw_away(SheetFile.objects.filter(at__lt=before), by=by, at=at)
