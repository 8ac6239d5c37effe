"""Records handed in on a page: kept sealed, taken over as a job, given back as a sheet to mend."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import transaction

from foundation import jobs, trail, vault
from foundation.access import Permission
from foundation.papers import sheets as files
from foundation.vault import DataKey
from registry.drives.actions import rights
from registry.drives.imports.existing.report import sheet_to_mend
from registry.drives.imports.existing.taking_over import import_existing
from registry.drives.imports.uploads import Gone, check_size
from registry.drives.models import RecordsFile

if TYPE_CHECKING:
    from foundation.access import Branch
    from foundation.jobs import Job, Running
    from foundation.trail import Actor

KIND: Final = "drives.take_over"


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
    check_size(len(content))
    kept = RecordsFile(
        branch=branch,
        branch_path=branch.path,
        key=vault.new_key(),
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        box=box.strip()[:64],
        strict=strict,
        trial=trial,
        at=at,
        **by.columns(),
    )
    vault.seal(kept, key=kept.key, content=content, name=name[:200])
    kept.save(force_insert=True)
    trail.record("records.handed_in", by=by, at=at, object=kept, branch=branch.pk, bytes=kept.size_bytes)
    job = jobs.start(KIND, {"records": str(kept.pk)}, by=by, at=at, branch=branch)
    return kept, job


def job_of(kept: RecordsFile) -> Job | None:
    """Return the work that takes records over."""
    return jobs.latest(KIND, records=str(kept.pk))


def work(running: Running) -> Mapping[str, Any]:
    """
    Take over records that were handed in: the handler of the job. Run again it finds its own rows unchanged.

    :raises Gone: if they were thrown away meanwhile.
    """
    kept = RecordsFile.objects.select_related("branch").filter(pk=running.args["records"]).first()
    opened = vault.open_one(kept, "content", "name") if kept else {}
    content, name = opened.get("content"), opened.get("name")
    if kept is None or not isinstance(content, bytes):
        raise Gone
    taken = import_existing(
        content,
        kept.branch,
        by=running.by,
        at=running.at,
        name=name if isinstance(name, str) else "",
        box=kept.box,
        dry_run=kept.trial,
        strict=kept.strict,
        progress=running.progress,
    )
    _finish(kept, b"".join(files.write_csv(sheet_to_mend(taken.header, taken.to_mend()))), running.at)
    return taken.report.as_json()


@transaction.atomic
def _finish(kept: RecordsFile, refused: bytes, at: datetime) -> None:
    """Let go of the file, keep the refused rows to be mended."""
    kept = RecordsFile.objects.select_for_update(of=("self",)).get(pk=kept.pk)
    changed = vault.seal(kept, key=kept.key_id, content=None, refused=refused)
    kept.ended_at = at
    kept.save(update_fields=[*changed, "ended_at"])


@transaction.atomic
def mend_sheet(kept: RecordsFile, *, by: Actor, at: datetime) -> bytes | None:
    """
    Return the refused rows as CSV, None where nothing is kept. The look is on the trail.

    :raises NotAllowed: without the right at the branch.
    """
    rights.check(by, Permission.DONOR_IMPORT, on=kept, at=at)
    refused = vault.open_one(kept, "refused")["refused"]
    if not isinstance(refused, bytes):
        return None
    trail.record("records.refused_rows_taken", by=by, at=at, object=kept, branch=kept.branch_id)
    return refused


@transaction.atomic
def throw_away(records: Any, *, by: Actor, at: datetime) -> int:
    """Destroy files with their keys: nothing of the people in them is left. Returns how many."""
    held = list(records.select_for_update(of=("self",)).filter(key__isnull=False))
    keys = [kept.key_id for kept in held]
    RecordsFile.objects.filter(pk__in=[kept.pk for kept in held]).update(
        key=None, name=None, content=None, refused=None
    )
    DataKey.objects.filter(pk__in=keys).delete()
    if held:
        trail.record("records.thrown_away", by=by, at=at, files=len(held))
    return len(held)


def purge(*, by: Actor, at: datetime) -> int:
    """Destroy the files handed in more than ``DRAFT_DAYS`` ago, and return how many."""
    before = at - timedelta(days=settings.DRAFT_DAYS)
    return throw_away(RecordsFile.objects.filter(at__lt=before), by=by, at=at)
