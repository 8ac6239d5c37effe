"""Records handed in on a page: kept sealed, taken over as a job, given back as a sheet to mend."""

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
from registry.drives.imports.existing.report import Report, RoundTrip, sentence_of
from registry.drives.imports.existing.taking_over import TakenOver, import_existing
from registry.drives.imports.importing import Watch
from registry.drives.models import RecordsFile
from registry.drives.sheets import LayoutProblem

if TYPE_CHECKING:
    from foundation.access import Branch
    from foundation.jobs import Job, Running
    from foundation.trail import Actor
    from registry.drives.imports.headers import Said

KIND: Final = "drives.take_over"
_SLOWEST: Final = 50  # people a second that any machine inserts or reads back


@transaction.atomic
def hand_in(
    branch: Branch,
    content: bytes,
    *,
    name: str,
    box: str = "",
    strict: bool = False,
    trial: bool = False,
    by: Actor,
    at: datetime,
) -> tuple[RecordsFile, Job]:
    """
    Keep the records of a branch, sealed, and have them taken over, or only tried.

    :raises TooLarge: beyond ``UPLOAD_LARGEST_MB``.
    :raises NotAllowed: without the right at the branch.
    """
    rights.check(by, Permission.DONOR_IMPORT, on=branch, at=at)
    kept.check_size(len(content))
    file = RecordsFile(
        branch=branch,
        branch_path=branch.path,
        box=box.strip()[:64],
        strict=strict,
        trial=trial,
        at=at,
        **by.columns(),
    )
    kept.keep(file, content, name=name)
    trail.record("records.handed_in", by=by, at=at, object=file, branch=branch.pk, bytes=file.size_bytes)
    return file, _begin(file, by=by, at=at)


@transaction.atomic
def explain(file: RecordsFile, said: Said, *, by: Actor, at: datetime) -> Job:
    """
    Say which columns the unknown headers of records are, for these and the next; then they go on.

    :raises Gone: if they are no longer kept. :raises NotAllowed: without the right at the branch.
    """
    rights.check(by, Permission.DONOR_IMPORT, on=file, at=at)
    columns = headers.remember(file.branch_id, said, of_records=True, by=by, at=at)
    trail.record("records.columns_named", by=by, at=at, object=file, branch=file.branch_id, columns=columns)
    return go_on(file, by=by, at=at)


def asked_of(file: RecordsFile) -> Asked | None:
    """Return what is asked about the headers of records, None where nothing is."""
    found = vault.open_one(file, "asked")["asked"]
    return Asked.from_json(found) if isinstance(found, str) else None


@transaction.atomic
def go_on(file: RecordsFile, *, by: Actor, at: datetime, strict: bool | None = None) -> Job:
    """
    Take over records that were only tried, were stopped, or whose columns are explained by now.

    :param strict: take all rows or none; by default as it was handed in.
    :raises Gone: if they are no longer kept. :raises NotAllowed: without the right at the branch.
    """
    rights.check(by, Permission.DONOR_IMPORT, on=file, at=at)
    file = RecordsFile.objects.select_for_update(of=("self",)).select_related("branch").get(pk=file.pk)
    if file.content is None:
        raise Gone
    job = job_of(file)
    if job is not None and not job.has_ended:
        return job
    was_asked = bool(job and job.result.get("columns"))
    file.trial = file.trial and was_asked
    file.strict = file.strict if strict is None else strict
    file.save(update_fields=["trial", "strict"])
    return _begin(file, by=by, at=at)


def _begin(file: RecordsFile, *, by: Actor, at: datetime) -> Job:
    return jobs.start(KIND, {"records": str(file.pk)}, about=file.pk, by=by, at=at, branch=file.branch)


def job_of(file: RecordsFile) -> Job | None:
    """Return the work that takes records over."""
    return jobs.latest(KIND, about=file.pk)


def work(running: Running) -> Mapping[str, Any]:
    """
    Take over records that were handed in: the handler of the job.

    What came of it is kept in the transaction that inserts. A worker that takes the work over
    after a crash tells the same, and reads everybody back who is in by then.

    :raises Gone: if they were thrown away meanwhile.
    """
    records = RecordsFile.objects.select_related("branch")
    file, content, name = kept.opened(records, running.args["records"])
    before = running.place.get("report")
    try:
        taken = _take_over(running, file, content, name, again=bool(before))
    except LayoutProblem as problem:
        asked = asking.questions(problem, content, name=name)
        if asked is None:
            raise
        kept.end(file, at=running.at, asked=asked.to_json())
        return {"columns": len(asked.headers)}
    report = _told_before(Report.from_json(before), taken.report) if before else taken.report
    done = {"content": None} if report.imported else {}
    refused = mending.to_keep(TakenOver(report, taken.layout, content, ""))
    kept.end(file, at=running.at, refused=refused, asked=None, **done)
    return report.to_keep()


def _take_over(running: Running, file: RecordsFile, content: bytes, name: str, *, again: bool) -> TakenOver:
    watch = Watch(
        running.progress,
        lambda rows: running.expect_silence(timedelta(seconds=rows / _SLOWEST)),
        lambda report: running.keep(report=report.to_keep()),
    )
    return import_existing(
        content,
        file.branch,
        by=running.by,
        at=running.at,
        name=name,
        box=file.box,
        asks=True,
        dry_run=file.trial or again,
        strict=file.strict,
        watch=watch,
    )


def _told_before(report: Report, again: Report) -> Report:
    """Return what was told when everybody went in, with what reading them back says now."""
    differing = {row: columns for row, columns in again.differing.items() if row not in report.differing}
    same = report.accepted - len(differing)
    report.round_trip = RoundTrip(lines=report.accepted, same=same, differing=differing)
    return report


@transaction.atomic
def mend_sheet(file: RecordsFile, *, by: Actor, at: datetime) -> mending.Mending | None:
    """
    Return the refused rows as a file to mend, None where nothing is kept. The look is on the trail.

    :raises NotAllowed: without the right at the branch.
    """
    rights.check(by, Permission.DONOR_IMPORT, on=file, at=at)
    refused = vault.open_one(file, "refused")["refused"]
    if not isinstance(refused, bytes):
        return None
    trail.record("records.refused_rows_taken", by=by, at=at, object=file, branch=file.branch_id)
    return sheet_to_mend(refused)


def sheet_to_mend(refused: bytes) -> mending.Mending:
    """Return the refused rows as a file to mend, in the words of the records before."""
    return mending.sheet_of(refused, say=sentence_of)


def throw_away(records: Any, *, by: Actor, at: datetime) -> int:
    """Destroy files with their keys: nothing of the people in them is left. Returns how many."""
    return kept.throw_away(records, verb="records.thrown_away", by=by, at=at)


def purge(*, by: Actor, at: datetime) -> int:
    """Destroy the files handed in more than ``DRAFT_DAYS`` ago, and return how many."""
    before = at - timedelta(days=settings.DRAFT_DAYS)
    return throw_away(RecordsFile.objects.filter(at__lt=before), by=by, at=at)
