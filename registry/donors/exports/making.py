"""Make the sheet: read, mask, seal piece by piece under a key of its own; run again it goes on."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation import trail, vault
from foundation.trail import Actor
from registry.donors.exports import asking, reading
from registry.donors.exports.fields import Field, writer_of
from registry.donors.models import Export, ExportPiece
from registry.donors.queries.filtering import filtered
from registry.donors.querysets import DonorQuerySet

if TYPE_CHECKING:
    from foundation.jobs import Running

Progress = Callable[[int, int | None], object]


class Gone(ValueError):
    """The sheet was thrown away before the work began."""

    @property
    def sentences(self) -> list[str]:
        """Say what to do."""
        return [str(_("The sheet is no longer kept. Ask for it again."))]


def donors_of(export: Export, *, at: datetime) -> DonorQuerySet:
    """
    Return the donors who stand in a sheet at a moment.

    Whoever has left, or was reported dead, is opened in none.
    """
    found = filtered(asking.scope_of_export(export), export.filters, today=timezone.localdate(at))
    return found.live().filter(death_reported_at__isnull=True) if export.opened else found


def work(running: Running) -> Mapping[str, Any]:
    """
    Make a sheet that was asked for: the handler of the job.

    :raises Gone: if it was thrown away meanwhile. :raises MayNot: if the asker may no longer have it.
    """
    export = Export.objects.select_related("branch").filter(pk=running.args["export"]).first()
    if export is None or export.ended_at is not None:
        raise Gone
    make(export, at=running.clock(), progress=running.progress, clock=running.clock)
    return {"people": export.people}


def make(
    export: Export,
    *,
    at: datetime,
    progress: Progress = lambda _done, _total: None,
    clock: Callable[[], datetime] = timezone.now,
) -> None:
    """
    Make a sheet, or what is still lacking of it, with the rights its asker has now.

    :raises MayNot: if they may no longer have it, or nobody agreed to what is opened.
    """
    asking.check(export, at=at)
    asking.check_agreed(export)
    fields, donors = asking.fields_of(export), donors_of(export, at=at)
    last = export.pieces.order_by("-number").first()
    done = sum(export.pieces.values_list("rows", flat=True))
    number, total = last.number if last else 0, max(donors.count(), done)
    progress(done, total)
    key = _key_of(export)
    with _unwalked():
        for piece in reading.pieces(donors, fields, after=last.last if last else None):
            number, done = number + 1, done + len(piece)
            kept = ExportPiece(export=export, number=number, rows=len(piece), last=piece[-1].pk)
            vault.seal(kept, key=key, content=_rows(piece, fields, opened=export.opened))
            kept.save(force_insert=True)
            progress(done, max(total, done))
    _finish(export, done, at=clock())


@contextmanager
def _unwalked() -> Iterator[None]:
    """Spare the collector of garbage the whole program: it would walk it every few thousand rows."""
    gc.freeze()
    gc.collect()  # it walks little now, and from here on measures itself by what is new
    try:
        yield
    finally:
        gc.unfreeze()


def _rows(piece: Sequence[Any], fields: Sequence[Field], *, opened: bool) -> bytes:
    """Return the rows of a piece: the donor's id, which stays here, and the cells."""
    write = writer_of(fields, opened=opened)
    rows = [[line.donor.pk.hex, *write(line)] for line in reading.lines_of(piece, fields)]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")


def _key_of(export: Export) -> UUID:
    """Return the sheet's own key, made with its first piece."""
    if export.key_id is None:
        export.key = vault.new_key()
        export.save(update_fields=["key"])
    return export.key_id  # type: ignore[return-value]  # just made


@transaction.atomic
def _finish(export: Export, people: int, *, at: datetime) -> None:
    export.people, export.ready_at = people, at
    export.expires_at = at + timedelta(hours=settings.EXPORT_HOURS)
    export.save(update_fields=["people", "ready_at", "expires_at"])
    trail.record(
        "donors.exported",
        by=Actor.of(export),
        at=at,
        object=export,
        branch=export.branch_id,
        reason=export.reason,
        people=people,
        columns=export.columns,
        opened=export.opened,
    )
