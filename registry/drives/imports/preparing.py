"""Build and seal the volunteers of a sheet outside any transaction, and keep them until they are inserted."""

from __future__ import annotations

import hashlib
import pickle
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar
from uuid import UUID

from django.utils import timezone

from consent import bulk as consents
from consent import queries
from consent.actions.recording import HPC, PAPER_SHEET
from foundation import rows, trail
from foundation.calendar import start_of
from foundation.ids import uuid7
from foundation.vault import Capacity
from foundation.vault import bulk as people
from foundation.vault.keys import newest_epoch
from registry.donors import bulk as donors
from registry.drives.models import SheetEntry
from registry.samples import bulk as samples

if TYPE_CHECKING:
    from pathlib import Path

    from consent.bulk import Paper, PaperText
    from foundation.trail import Actor
    from foundation.vault import Epoch, Subject
    from foundation.vault.indexes import Whole
    from registry.donors.models import Donor
    from registry.drives.models import Drive
    from registry.drives.sheets import SheetRow

LANGUAGE: Final = "zh-hans"  # of the paper forms
_SIGNED: Final = sorted(purpose.value for purpose in PAPER_SHEET)  # a sheet gives each person these
_PIECES_IN_MEMORY: Final = 10
Sealed = TypeVar("Sealed")


class Volunteer(NamedTuple):
    """Everything of one row, sealed and not saved, as values."""

    number: int
    donor_id: UUID
    person: people.Packed
    donor: donors.Packed
    paper: Paper
    tube: samples.Packed | None
    entry: rows.Cut  # which row made them
    line: rows.Cut  # for the trail


@dataclass(frozen=True, slots=True)
class Taking:
    """What all rows of one list share."""

    drive: Drive
    paper: PaperText
    sheet_sha256: str
    epoch: Epoch  # of the keys that are made for them
    by: Actor
    at: datetime


def taking_of(source: Path | bytes, drive: Drive, *, by: Actor, at: datetime) -> Taking:
    """
    Return what all rows of a list share, asked for once.

    :raises moves.Refused: as ``paper_text_of``.
    """
    return Taking(drive, paper_text_of(drive, at=at), sha256_of(source), newest_epoch(), by, at)


def paper_text_of(drive: Drive, *, at: datetime) -> PaperText:
    """
    Return the text the paper forms of a drive carried, by default the one in force.

    :raises moves.Refused: if there is none, or it does not ask for what a paper list gives.
    """
    text = drive.paper_text or queries.text_in_force(HPC, at)
    return consents.PaperText.of(text, language=LANGUAGE, purposes=PAPER_SHEET)


def prepare(rows: Sequence[tuple[SheetRow, Whole]], taking: Taking) -> list[Volunteer]:
    """Build and seal a piece of a sheet: rows with the index of the document. Asks no database."""
    subjects = people.new_subjects(
        [index for _, index in rows],
        capacity=Capacity.DONOR,
        branch=taking.drive.branch,
        at=taking.at,
        language=LANGUAGE,
        epoch=taking.epoch,
    )
    return [_volunteer(row, subject, taking) for (row, _), subject in zip(rows, subjects, strict=True)]


def _volunteer(row: SheetRow, subject: Subject, taking: Taking) -> Volunteer:
    drive = taking.drive
    then: dict[str, Any] = {
        "by": taking.by,
        "at": start_of(row.registered_on, timezone.get_default_timezone()),
        "recorded_at": taking.at,
    }
    newcomer = donors.newcomer(
        subject,
        row.person,
        row.contacts,
        branch=drive.branch,
        drive=drive,
        with_tube=bool(row.barcode),
        on=row.registered_on,
        **then,
    )
    signed = consents.signed_on_paper(subject, taking.paper, **then)
    tube = samples.taken(newcomer.donor, row.barcode, **then) if row.barcode else None
    donor = newcomer.donor
    return Volunteer(
        row.number,
        donor.pk,
        people.Packed.of(subject),
        newcomer.packed(),
        signed,
        samples.Packed.of(tube) if tube else None,
        _entry_like(taking).cut(uuid7(), donor.pk, row.number, row.barcode),
        trail.cut(_line(row, donor, tube, taking)),
    )


@lru_cache(maxsize=4)
def _entry_like(taking: Taking) -> rows.Stencil:
    like = SheetEntry(drive=taking.drive, row=0, sheet_sha256=taking.sheet_sha256, at=taking.at)
    return rows.Stencil(like, "id", "donor_id", "row", "barcode")


def _line(row: SheetRow, donor: Donor, tube: samples.Tube | None, taking: Taking) -> trail.Entry:
    facts = {"drive": taking.drive.pk, "row": row.number, "consents": _SIGNED}
    if tube:
        facts["sample"] = tube.sample.pk
    return trail.Entry(
        "donor.register",
        taking.by,
        taking.at,
        donor,
        branch=str(taking.drive.branch_id),
        after={"state": donor.state},
        facts=facts,
    )


def sha256_of(source: Path | bytes) -> str:
    """Return the hash by which a file is known when it comes again."""
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def packed(piece: list[Any]) -> bytes:
    """Return a piece of what was sealed as the store keeps it."""
    return pickle.dumps(piece, protocol=pickle.HIGHEST_PROTOCOL)


@dataclass(slots=True)
class Store(Generic[Sealed]):
    """Keeps pieces of what was sealed, the first in memory and the rest in a file that is gone with it."""

    _held: list[bytes] = field(default_factory=list)
    _file: IO[bytes] | None = None
    _filed: int = 0

    def add(self, piece: bytes) -> None:
        """Keep one more piece, ``packed``."""
        if len(self._held) < _PIECES_IN_MEMORY:
            self._held.append(piece)
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 closed with the store
        self._file.write(piece)
        self._filed += 1

    def __iter__(self) -> Iterator[list[Sealed]]:
        """Return the pieces in the order in which they came."""
        yield from map(unpacked, self._held)
        if self._file is not None:
            self._file.seek(0)
            for _ in range(self._filed):
                yield pickle.load(self._file)  # noqa: S301 what we wrote a moment ago ourselves

    def close(self) -> None:
        """Let go of everything."""
        self._held.clear()
        if self._file is not None:
            self._file.close()


def unpacked(piece: bytes) -> list[Any]:
    """Return a piece again."""
    found: list[Any] = pickle.loads(piece)  # noqa: S301 what we packed a moment ago ourselves
    return found
