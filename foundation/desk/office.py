"""What the office of the foundation shows elsewhere: doors, cards of Today, and its own long work."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation import approvals, jobs, keyring
from foundation.access import Permission, StaffRequest, hand_over
from foundation.desk import administration, today
from foundation.desk.administration import Door
from foundation.jobs import Running
from foundation.trail import anchor, exporting, sealing, verifying
from foundation.vault import reindexing, rotation

VERIFY, EXPORT, ROTATE = "trail.verify", "trail.export", "keys.rotate"
REINDEX = "keys.reindex"
P = Permission
DOORS = (
    ("staff", _("Staff"), _("People, their roles and logins"), P.STAFF_MANAGE, 10, "person"),
    ("branches", _("Branches"), _("The tree, laboratories, hospitals"), P.BRANCH_MANAGE, 20, "tree"),
    ("helpers", _("Helpers"), _("Logins for one day"), P.DRIVE_MANAGE, 30, "person"),
    ("jobs", _("Long work"), _("Imports, exports, rotations: progress and result"), P.SETTINGS, 40, "box"),
    ("trail", _("Trail"), _("Who did what, and whether the record holds"), P.TRAIL_READ, 50, "trail"),
    ("looks", _("Who saw a person"), _("Every look at one record"), P.ACCESS_READ, 60, "eye"),
    ("keys", _("Master keys"), _("Their state and rotation"), P.KEYS_OPERATE, 70, "key"),
)

CHECKED = {
    "holds": _("It holds"),
    "fault": _("What is wrong"),
    "where": _("Where"),
    "rows": _("rows"),
    "batches": _("Seals"),
    "anchors": _("Anchors outside"),
    "unsealed": _("Not sealed yet"),
}


def register() -> None:
    """Register the office's doors, cards and long work."""
    for key, label, detail, right, order, icon in DOORS:
        administration.register(Door(key, label, detail, f"desk:{key}", frozenset({right}), order, icon))
    jobs.register(VERIFY, verify_trail, label=_("Verify the trail"), says=CHECKED)
    jobs.register(EXPORT, export_trail, label=_("Export the trail"), says={"rows": _("rows")})
    jobs.register(
        ROTATE, rotate_keys, label=_("Re-wrap data keys"), says={"keys": _("Data keys wrapped anew")}
    )
    jobs.register(REINDEX, change_index_key, label=_("Change the index key"), says={"key": _("Index key")})
    today.register(
        today.Card("approvals", frozenset(), 40, "side", "foundation/approvals/card.html", _waiting_card)
    )
    today.register(today.Card("lent", frozenset(), 80, "side", "foundation/staff/lent_card.html", _lent_card))


def verify_trail(job: Running) -> Mapping[str, Any]:
    """Check the whole trail; the result says whether it holds, and where not."""
    report = verifying.verify()
    job.progress(report.rows, report.rows)
    return {
        "holds": report.holds,
        "fault": report.fault,
        "where": report.where,
        "rows": report.rows,
        "batches": report.batches,
        "anchors": report.anchors,
        "unsealed": report.unsealed,
    }


def export_trail(job: Running) -> Mapping[str, Any]:
    """Write the trail for an outsider into one archive outside the web root."""
    archive = export_path(str(job.job.pk))
    folder = archive.with_suffix("")
    sealing.seal(at=job.clock())
    anchor.anchor()
    rows = exporting.export(folder)
    shutil.make_archive(str(folder), "zip", folder)
    shutil.rmtree(folder)
    archive.chmod(0o600)
    return {"rows": rows}


def export_path(job_id: str) -> Path:
    """Return where the archive of an export lies."""
    return Path(settings.MEDIA_ROOT) / "exports" / f"trail-{job_id}.zip"


def rotate_keys(job: Running) -> Mapping[str, Any]:
    """Wrap every data key under the newest master key; killed, it goes on where it was."""
    return {"keys": rotation.rewrap(progress=job.progress, stop=lambda: job.stop_asked)}


def change_index_key(job: Running) -> Mapping[str, Any]:
    """Make every blind index anew under the newest index key; killed, it goes on where it was."""
    with suppress(keyring.KeyringReadOnly):  # the page says which old key is to be removed by hand
        reindexing.go_on(by=job.by, at=job.at, progress=job.progress, stop=lambda: job.stop_asked)
    return {"key": reindexing.standing().now}


def _waiting_card(request: StaffRequest) -> Mapping[str, Any] | None:
    waiting = approvals.waiting_for(request.staff, at=request.at)[:100].count()
    return {"waiting": waiting} if waiting else None


def _lent_card(request: StaffRequest) -> Mapping[str, Any] | None:
    rows = list(hand_over.lent(request.staff)[:20])
    return {"rows": rows, "today": timezone.localdate(request.at)} if rows else None
