"""Sheets handed in on a page: kept sealed, imported as a job, given back as a sheet to mend."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from foundation import jobs, trail, vault
from foundation.access import Permission
from foundation.papers import sheets as files
from foundation.vault import DataKey
from registry.drives.actions import rights
from registry.drives.imports.importing import import_rows
from registry.drives.models import Drive, SheetFile
from registry.drives.sheets import sheet_to_mend

if TYPE_CHECKING:
    from foundation.jobs import Job, Running
    from foundation.trail import Actor

KIND: Final = "drives.import_sheet"
MEBIBYTE: Final = 1 << 20


class TooLarge(ValueError):
    """A file is larger than is taken in one piece."""

    @property
    def sentences(self) -> list[str]:
        """Say how large it may be."""
        return [
            str(_("The file is larger than %(most)s MB. Divide it.") % {"most": settings.UPLOAD_LARGEST_MB})
        ]


class Gone(ValueError):
    """The file was thrown away before the work began."""

    @property
    def sentences(self) -> list[str]:
        """Say what to do."""
        return [str(_("The file is no longer kept. Hand it in again."))]


def check_size(size_bytes: int) -> None:
    """
    Let a file pass that is read in one piece.

    :raises TooLarge: beyond ``UPLOAD_LARGEST_MB``.
    """
    if size_bytes > settings.UPLOAD_LARGEST_MB * MEBIBYTE:
        raise TooLarge


@transaction.atomic
def hand_in(
    drive: Drive, content: bytes, *, name: str, strict: bool, by: Actor, at: datetime
) -> tuple[SheetFile, Job]:
    """
    Keep a sheet, sealed, and have it imported.

    :raises TooLarge: beyond ``UPLOAD_LARGEST_MB``.
    :raises NotAllowed: without the right to enrol at the drive.
    """
    rights.check(by, Permission.DONOR_ENROL, Permission.DONOR_IMPORT, on=drive, at=at)
    check_size(len(content))
    sheet = SheetFile(
        drive=drive,
        key=vault.new_key(),
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        strict=strict,
        at=at,
        **by.columns(),
    )
    vault.seal(sheet, key=sheet.key, content=content, name=name[:200])
    sheet.save(force_insert=True)
    trail.record(
        "sheet.handed_in", by=by, at=at, object=sheet, branch=drive.branch_id, bytes=sheet.size_bytes
    )
    job = jobs.start(KIND, {"sheet": str(sheet.pk)}, by=by, at=at, branch=drive.branch)
    return sheet, job


def job_of(sheet: SheetFile) -> Job | None:
    """Return the work that imports a sheet."""
    return jobs.latest(KIND, sheet=str(sheet.pk))


def work(running: Running) -> Mapping[str, Any]:
    """
    Import a sheet that was handed in: the handler of the job. Run again it finds its own rows unchanged.

    :raises Gone: if it was thrown away meanwhile.
    """
    sheet = SheetFile.objects.select_related("drive__branch").filter(pk=running.args["sheet"]).first()
    opened = vault.open_one(sheet, "content", "name") if sheet else {}
    content, name = opened.get("content"), opened.get("name")
    if sheet is None or not isinstance(content, bytes):
        raise Gone
    imported = import_rows(
        content,
        sheet.drive,
        by=running.by,
        at=running.at,
        name=name if isinstance(name, str) else "",
        strict=sheet.strict,
        progress=running.progress,
    )
    _finish(sheet, b"".join(files.write_csv(sheet_to_mend(imported.header, imported.to_mend()))), running.at)
    return imported.report.as_json()


@transaction.atomic
def _finish(sheet: SheetFile, refused: bytes, at: datetime) -> None:
    """Let go of the file, keep the refused rows to be mended."""
    sheet = SheetFile.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    changed = vault.seal(sheet, key=sheet.key_id, content=None, refused=refused)
    sheet.ended_at = at
    sheet.save(update_fields=[*changed, "ended_at"])


@transaction.atomic
def mend_sheet(sheet: SheetFile, *, by: Actor, at: datetime) -> bytes | None:
    """
    Return the refused rows as CSV, None where nothing is kept. The look is on the trail.

    :raises NotAllowed: without the right to enrol at the drive.
    """
    rights.check(by, Permission.DONOR_ENROL, Permission.DONOR_IMPORT, on=sheet.drive, at=at)
    refused = vault.open_one(sheet, "refused")["refused"]
    if not isinstance(refused, bytes):
        return None
    trail.record("sheet.refused_rows_taken", by=by, at=at, object=sheet, branch=sheet.drive.branch_id)
    return refused


@transaction.atomic
def throw_away(sheets: Any, *, by: Actor, at: datetime) -> int:
    """Destroy sheets with their keys: nothing of the people in them is left. Returns how many."""
    held = list(sheets.select_for_update(of=("self",)).filter(key__isnull=False))
    keys = [sheet.key_id for sheet in held]
    SheetFile.objects.filter(pk__in=[sheet.pk for sheet in held]).update(
        key=None, name=None, content=None, refused=None
    )
    DataKey.objects.filter(pk__in=keys).delete()
    if held:
        trail.record("sheet.thrown_away", by=by, at=at, sheets=len(held))
    return len(held)


def purge(*, by: Actor, at: datetime) -> int:
    """Destroy the sheets handed in more than ``DRAFT_DAYS`` ago, and return how many."""
    before = at - timedelta(days=settings.DRAFT_DAYS)
    return throw_away(SheetFile.objects.filter(at__lt=before), by=by, at=at)
