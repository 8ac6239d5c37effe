"""Hand a sheet out to whoever asked for it, and destroy it when its time is over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moves, trail, vault
from foundation.papers import kept, sheets
from foundation.trail import Actor
from registry.donors.exports import asking, making
from registry.donors.exports.fields import BROKEN, labels_of
from registry.donors.models import Export, ExportPiece

if TYPE_CHECKING:
    from registry.donors.models.exports import ExportQuerySet

_DONOR: Final = "registry.donor"


class Form(StrEnum):
    """What a sheet is handed out as."""

    XLSX = "xlsx"
    CSV = "csv"


def take(export: Export, form: Form, *, by: Actor, at: datetime) -> Iterator[bytes]:
    """
    Return a finished sheet, piece by piece.

    The rights are asked again, and who has left, moved away or was reported dead since is left out.

    :raises moves.Refused: if it is not ready, expired or too long for a workbook.
    :raises MayNot: if the asker may no longer have it.
    """
    if export.ready_at is None or export.key_id is None or export.expires_at is None:
        raise moves.Refused([_("This sheet is not ready, or no longer kept.")])
    if export.expires_at <= at:
        raise moves.Refused([_("The time of this sheet is over. Ask for it again.")])
    if form == Form.XLSX and (export.people or 0) >= settings.SHEET_ROWS_MOST:
        raise moves.Refused([_("The sheet is too long for a workbook. Take it as a table in text.")])
    asking.check(export, at=at)
    trail.record(
        "export.taken",
        by=by,
        at=at,
        object=export,
        branch=export.branch_id,
        reason=export.reason,
        people=export.people,
        columns=export.columns,
        opened=export.opened,
    )
    header = labels_of(asking.fields_of(export))  # now, while it is known who reads it
    rows = _rows(export, header, by=by, at=at)
    return sheets.stream_xlsx(rows) if form == Form.XLSX else sheets.write_csv(rows)


def _rows(export: Export, header: list[str], *, by: Actor, at: datetime) -> Iterator[list[str]]:
    yield header
    for number in export.pieces.order_by("number").values_list("pk", flat=True):
        piece = ExportPiece.objects.filter(pk=number).first()
        content = vault.open_one(piece, "content")["content"] if piece else None
        if not isinstance(content, bytes):
            yield [BROKEN]
            continue
        rows = json.loads(content.decode(errors="surrogatepass"))
        there = _still_there(export, [row[0] for row in rows], by=by, at=at)
        yield from (row[1:] for row in rows if UUID(row[0]) in there)


@transaction.atomic
def _still_there(export: Export, ids: list[str], *, by: Actor, at: datetime) -> set[UUID]:
    """Return who of a piece still belongs into the sheet; what is shown opened is written down for each."""
    there = set(making.donors_of(export, at=at).filter(pk__in=ids).values_list("pk", flat=True))
    if export.opened:
        facts = {"export": str(export.pk), "columns": export.columns}
        trail.record_many(
            trail.Entry(
                "donor.exported",
                by,
                at,
                object=(_DONOR, str(donor)),
                branch=str(export.branch_id),
                reason=export.reason,
                facts=facts,
            )
            for donor in sorted(there)
        )
    return there


@transaction.atomic
def throw_away(exports: ExportQuerySet | Any, *, by: Actor, at: datetime) -> int:
    """Destroy sheets with their keys: nothing of the people in them is left. Returns how many."""
    held = list(exports.select_for_update().filter(ended_at__isnull=True))
    ExportPiece.objects.filter(export__in=[export.pk for export in held]).delete()
    kept.destroy(held, ended_at=at)
    for export in held:
        trail.record("export.thrown_away", by=by, at=at, object=export, branch=export.branch_id)
    return len(held)


def purge(*, by: Actor, at: datetime) -> int:
    """Destroy the sheets whose time is over, and those nobody finished or agreed to in time."""
    asked_before = at - timedelta(days=settings.APPROVAL_DAYS)
    over = Export.objects.filter(expires_at__lte=at) | Export.objects.filter(
        ready_at__isnull=True, asked_at__lte=asked_before
    )
    return throw_away(over, by=by, at=at)
