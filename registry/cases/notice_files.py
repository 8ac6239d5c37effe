"""Files of notices: kept sealed, taken row by row as long work, and told row by row what became of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from foundation import access, jobs, trail, vault
from foundation.access import Branch, Permission, Scope
from foundation.papers import kept, sheets
from foundation.papers.kept import Gone
from registry.cases import incoming, notices
from registry.cases.incoming import Taken
from registry.cases.models import NoticeFile

if TYPE_CHECKING:
    from foundation.jobs import Job, Running
    from foundation.trail import Actor

KIND: Final = "cases.take_notices"
Ranges = Sequence[tuple[str, str]]  # of branch paths, as those of a scope


@transaction.atomic
def hand_in(
    content: bytes, *, name: str, source: str, scope: Scope, by: Actor, at: datetime
) -> tuple[NoticeFile, Job]:
    """
    Keep a file of notices, sealed, and have its rows taken.

    :param source: of rows that name none.
    :param scope: where its donors are looked for: as far as the actor reached, and chose to stand.
    :raises TooLarge: beyond ``UPLOAD_LARGEST_MB``.
    :raises NotAllowed: without the right to open cases at the actor's branch.
    """
    branch = Branch.objects.get(pk=by.branch)
    if not access.may(by, Permission.CASE_OPEN, on=branch, at=at):
        raise access.NotAllowed(Permission.CASE_OPEN.value)
    kept.check_size(len(content))
    file = NoticeFile(branch=branch, branch_path=branch.path, source=source, at=at, **by.columns())
    kept.keep(file, content, name=name)
    trail.record(
        "cases.notices_handed_in", by=by, at=at, object=file, branch=branch.pk, bytes=file.size_bytes
    )
    return file, _begin(file, within=scope.ranges, by=by, at=at)


@transaction.atomic
def go_on(file: NoticeFile, *, by: Actor, at: datetime) -> Job:
    """
    Go on with a file that was stopped, or whose work failed: no further than it was handed in for.

    :raises Gone: if it is taken, or no longer kept.
    """
    file = NoticeFile.objects.select_for_update(of=("self",)).select_related("branch").get(pk=file.pk)
    if file.content is None:
        raise Gone
    job = job_of(file)
    if job is not None and not job.has_ended:
        return job
    return _begin(file, within=job.args.get("within", ()) if job else (), by=by, at=at)


def _begin(file: NoticeFile, *, within: Ranges, by: Actor, at: datetime) -> Job:
    asked = {"file": str(file.pk), "within": [list(one) for one in within]}
    return jobs.start(KIND, asked, about=file.pk, by=by, at=at, branch=file.branch)


def job_of(file: NoticeFile) -> Job | None:
    """Return the newest work on a file."""
    return jobs.latest(KIND, about=file.pk)


def work(running: Running) -> Mapping[str, Any]:
    """
    Take the rows of a file, each in a transaction of its own: the handler of the job.

    A worker that takes the work over after a crash walks all rows again: what was opened at the moment
    the work first began is told as opened, so that the report is the same.

    :raises Gone: if it was thrown away meanwhile. :raises SheetProblem: if the file cannot be read.
    :raises moves.Refused: if it has no header, or too many rows.
    :raises NotAllowed: if who asked may open no cases any more.
    """
    if before := running.place.get("counts"):
        return dict(before)
    file, content, name = kept.opened(NoticeFile.objects.all(), running.args["file"])
    held = access.scope_of(running.by.id, Permission.CASE_OPEN, at=running.clock())
    scope = held.both(running.args.get("within", ()))
    if not scope:
        raise access.NotAllowed(Permission.CASE_OPEN.value)
    rows = sheets.read(content, name=name)
    lines = notices.read(rows, source=file.source, today=timezone.localdate(running.at))
    taken = incoming.take(lines, scope=scope, by=running.by, at=running.at, progress=running.progress)
    return _end(running, file, taken)


@transaction.atomic
def _end(running: Running, file: NoticeFile, taken: list[Taken]) -> dict[str, int]:
    """Write what became of the rows, once and for whoever would take the work over from here."""
    counts = dict(Counter(one.verdict.value for one in taken))
    kept.end(file, at=running.at, content=None, report=json.dumps([one.to_json() for one in taken]))
    trail.record(
        "cases.notices_taken", by=running.by, at=running.at, object=file, rows=len(taken), verdicts=counts
    )
    running.keep(counts=counts)
    return counts


@transaction.atomic
def shown(file: NoticeFile, *, by: Actor, at: datetime) -> list[Taken]:
    """
    Return what became of the rows, for who handed the file in; the look is on the trail.

    :raises NotAllowed: to anybody else: its rows reach as far as the one who handed it in.
    """
    rows = _rows(file, by=by)
    trail.record("cases.notices_viewed", by=by, at=at, object=file, branch=file.branch_id, rows=len(rows))
    return rows


def is_of(file: NoticeFile, *, by: Actor) -> bool:
    """Return whether somebody handed the file in."""
    return (file.by_kind, file.by_id) == (by.kind, by.id)


def _rows(file: NoticeFile, *, by: Actor) -> list[Taken]:
    """Return what became of the rows, those to mend first; none where it is no longer kept."""
    if not is_of(file, by=by):
        raise access.NotAllowed(Permission.CASE_OPEN.value)
    said = vault.open_one(file, "report")["report"]
    taken = [Taken.from_json(one) for one in json.loads(said)] if isinstance(said, str) else []
    return sorted(taken, key=lambda one: (not one.to_mend, one.number))


@transaction.atomic
def rows_to_mend(file: NoticeFile, *, by: Actor, at: datetime) -> list[list[str]]:
    """
    Return the rows that came back, each with what is to be mended; the look is on the trail.

    :raises NotAllowed: to anybody but who handed the file in.
    """
    rows = [[*one.cells, " ".join(one.sentences)] for one in _rows(file, by=by) if one.to_mend]
    trail.record(
        "cases.notices_to_mend_taken", by=by, at=at, object=file, branch=file.branch_id, rows=len(rows)
    )
    return rows


def purge(*, by: Actor, at: datetime) -> int:
    """Destroy the files handed in more than ``DRAFT_DAYS`` ago, and return how many."""
    before = at - timedelta(days=settings.DRAFT_DAYS)
    files = NoticeFile.objects.filter(at__lt=before)
    return kept.throw_away(files, verb="cases.notices_thrown_away", by=by, at=at)
