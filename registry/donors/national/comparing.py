"""Compare the national register's sheet with what is recorded here. Nothing is changed by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from foundation import jobs, moves, trail
from foundation.access import Permission, Scope
from foundation.papers import kept
from foundation.papers import sheets as files
from foundation.trail import Actor
from registry.donors.actions import rights
from registry.donors.models import STANDS_THERE, Donor, NationalFinding, NationalSheet, Verdict
from registry.donors.national import layout
from registry.donors.national.judging import Known
from registry.donors.national.layout import TheirRow

if TYPE_CHECKING:
    from foundation.access import Branch
    from foundation.jobs import Job, Running

KIND: Final = "donors.reconcile"
_PIECE: Final = 500


@dataclass(slots=True)
class Compared:
    """What comparing found so far."""

    rows: int = 0
    matched: int = 0
    unreadable: list[int] = field(default_factory=list)
    seen: set[UUID] = field(default_factory=set)
    findings: list[NationalFinding] = field(default_factory=list)


@transaction.atomic
def hand_in(
    branch: Branch, content: bytes, *, name: str, by: Actor, at: datetime
) -> tuple[NationalSheet, Job]:
    """
    Keep a sheet of the national register, sealed, and have it compared.

    :raises TooLarge: beyond ``UPLOAD_LARGEST_MB``. :raises NotAllowed: without the right there.
    """
    rights.check(branch, by=by, at=at, permissions=[Permission.DONOR_LIST])
    kept.check_size(len(content))
    sheet = NationalSheet(branch=branch, branch_path=branch.path, at=at, **by.columns())
    kept.keep(sheet, content, name=name)
    trail.record(
        "national_sheet.handed_in", by=by, at=at, object=sheet, branch=branch.pk, bytes=sheet.size_bytes
    )
    return sheet, jobs.start(KIND, {"sheet": str(sheet.pk)}, about=sheet.pk, by=by, at=at, branch=branch)


def job_of(sheet: NationalSheet) -> Job | None:
    """Return the work that compares a sheet."""
    return jobs.latest(KIND, about=sheet.pk)


def work(running: Running) -> Mapping[str, Any]:
    """
    Compare a sheet that was handed in: the handler of the job. Run again it begins anew.

    :raises Gone: if it was thrown away meanwhile. :raises SheetProblem: if it cannot be read.
    :raises moves.Refused: if its columns are others, or it differs so much that it is the wrong one.
    """
    sheets = NationalSheet.objects.select_related("branch")
    sheet, content, name = kept.opened(sheets, running.args["sheet"])
    rights.check(sheet.branch, by=running.by, at=running.clock(), permissions=[Permission.DONOR_LIST])
    rows = files.read(content, name=name)
    compared = compare(layout.read(rows), sheet, progress=running.progress)
    _keep(sheet, compared, by=running.by, at=running.clock())
    return {
        "rows": compared.rows,
        "matched": compared.matched,
        "findings": len(compared.findings),
        "unreadable": len(compared.unreadable),
    }


def compare(
    rows: Iterable[TheirRow],
    sheet: NationalSheet,
    *,
    progress: Any = lambda _done, _total: None,
) -> Compared:
    """
    Compare rows with the donors whom the sheet's branch owns.

    :raises moves.Refused: if more differs than in a sheet of this branch can.
    """
    compared, scope = Compared(), Scope.of([sheet.branch_path])
    for piece in _pieces(rows):
        _compare(piece, scope, sheet, compared)
        _not_too_many(compared)
        progress(compared.rows, None)
    _only_here(scope, sheet, compared)
    _not_too_many(compared)
    return compared


def _compare(piece: Sequence[TheirRow], scope: Scope, sheet: NationalSheet, compared: Compared) -> None:
    known = Known.of(piece, scope)
    for row in piece:
        compared.rows += 1
        if not row.names_somebody:
            compared.unreadable.append(row.number)
            continue
        donor, differs = known.donor_of(row)
        if donor is None:
            compared.findings.append(_finding(sheet, Verdict.ONLY_THERE, row, None))
            continue
        compared.seen.add(donor.pk)
        if differs:
            compared.findings.append(_finding(sheet, Verdict.DIFFERING, row, donor, differs))
        else:
            compared.matched += 1


def _only_here(scope: Scope, sheet: NationalSheet, compared: Compared) -> None:
    """Find those who stand in the national register for us, and not in its sheet."""
    ours = Donor.objects.filter(scope.q("owner_path"), national_state__in=STANDS_THERE).live()
    for pk in ours.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000):
        if pk not in compared.seen:
            compared.findings.append(
                NationalFinding(sheet=sheet, verdict=Verdict.ONLY_HERE, donor_id=pk, differs=[])
            )
            _not_too_many(compared)


def _finding(
    sheet: NationalSheet,
    verdict: Verdict,
    row: TheirRow,
    donor: Donor | None,
    differs: Sequence[str] = (),
) -> NationalFinding:
    return NationalFinding(
        sheet=sheet,
        verdict=verdict,
        row=row.number,
        donor=donor,
        differs=list(differs),
        their_no=row.national_no,
        their_state=row.state,
        their_on=row.on,
    )


def _not_too_many(compared: Compared) -> None:
    if len(compared.findings) > settings.NATIONAL_FINDINGS_MOST:
        raise moves.Refused(
            [_("Thousands of people differ: this is the sheet of another branch, or of another time.")]
        )


def _pieces(rows: Iterable[TheirRow]) -> Iterator[list[TheirRow]]:
    rows = iter(rows)
    while piece := list(islice(rows, _PIECE)):
        yield piece


@transaction.atomic
def _keep(sheet: NationalSheet, compared: Compared, *, by: Actor, at: datetime) -> None:
    """Write what was found, and let go of the file with its key."""
    held = NationalSheet.objects.select_for_update().get(pk=sheet.pk)
    if held.ended_at is not None:
        return
    held.findings.all().delete()
    NationalFinding.objects.bulk_create(compared.findings, batch_size=500)
    kept.destroy(
        [held],
        ended_at=at,
        rows=compared.rows,
        matched=compared.matched,
        unreadable=compared.unreadable[: settings.NATIONAL_FINDINGS_MOST],
    )
    trail.record(
        "national_sheet.compared",
        by=by,
        at=at,
        object=held,
        branch=held.branch_id,
        rows=compared.rows,
        matched=compared.matched,
        findings=len(compared.findings),
    )


def purge(*, by: Actor, at: datetime) -> int:
    """Destroy the sheets that could not be compared in ``DRAFT_DAYS``, and return how many."""
    before = at - timedelta(days=settings.DRAFT_DAYS)
    old = NationalSheet.objects.filter(at__lt=before)
    return kept.throw_away(old, verb="national_sheet.thrown_away", by=by, at=at)
