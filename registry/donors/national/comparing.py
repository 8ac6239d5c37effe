"""Compare the national register's sheet with what is recorded here. Nothing is changed by it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation import jobs, moves, trail, vault
from foundation.access import Permission, Scope
from foundation.papers import sheets as files
from foundation.trail import Actor
from foundation.vault import DataKey
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
_MEBIBYTE: Final = 1 << 20


class Gone(ValueError):
    """The file was thrown away before the work began."""

    @property
    def sentences(self) -> list[str]:
        """Say what to do."""
        return [str(gettext_lazy("The file is no longer kept. Hand it in again."))]


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

    :raises moves.Refused: if it is too large. :raises NotAllowed: without the right there.
    """
    rights.check(branch, by=by, at=at, permissions=[Permission.DONOR_LIST])
    if len(content) > settings.UPLOAD_LARGEST_MB * _MEBIBYTE:
        most = {"most": settings.UPLOAD_LARGEST_MB}
        raise moves.Refused([_("The file is larger than %(most)s MB. Divide it.") % most])
    sheet = NationalSheet(
        branch=branch,
        branch_path=branch.path,
        key=vault.new_key(),
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        at=at,
        **by.columns(),
    )
    vault.seal(sheet, key=sheet.key, content=content, name=name[:200])
    sheet.save(force_insert=True)
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
    sheet = NationalSheet.objects.select_related("branch").filter(pk=running.args["sheet"]).first()
    opened = vault.open_one(sheet, "content", "name") if sheet and sheet.key_id else {}
    content, name = opened.get("content"), opened.get("name")
    if sheet is None or not isinstance(content, bytes):
        raise Gone
    rights.check(sheet.branch, by=running.by, at=running.clock(), permissions=[Permission.DONOR_LIST])
    rows = files.read(content, name=name if isinstance(name, str) else "")
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
    key_id, held.key = held.key_id, None
    held.name = held.content = None
    held.ended_at, held.rows, held.matched = at, compared.rows, compared.matched
    held.unreadable = compared.unreadable[: settings.NATIONAL_FINDINGS_MOST]
    held.save()
    DataKey.objects.filter(pk__in=[key_id]).delete()
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
