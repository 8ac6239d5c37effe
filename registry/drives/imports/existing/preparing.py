"""Build and seal the people of the records before, outside any transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from consent import bulk as consents
from foundation import vault
from foundation.calendar import start_of
from foundation.vault import Capacity
from foundation.vault.bulk import new_subjects
from registry.donors import bulk as donors
from registry.donors.models import Donor, NationalState
from registry.donors.states import GONE, DonorState
from registry.drives.imports.existing.check import OldRow
from registry.drives.imports.preparing import LANGUAGE
from registry.hla import form
from registry.hla.models import StoredTyping
from registry.samples import bulk as samples

if TYPE_CHECKING:
    from consent.bulk import Paper, PaperText
    from foundation.access import Branch
    from foundation.trail import Actor
    from foundation.vault import Subject
    from foundation.vault.indexes import Whole
    from registry.donors.bulk import Newcomer
    from registry.samples.bulk import Tube

STILL_TO_SEND: Final = frozenset({DonorState.REGISTERED, DonorState.SAMPLED})


@dataclass(frozen=True, slots=True)
class Taking:
    """What all rows of one taking over share."""

    branch: Branch
    paper: PaperText
    box: str
    sheet_sha256: str
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """Everything of one row, sealed and not saved; and the marks of what the row said."""

    number: int
    subject: Subject
    newcomer: Newcomer
    paper: Paper | None  # none for those who took their word back
    tube: Tube | None
    typing: StoredTyping | None
    marks: bytes

    @property
    def donor(self) -> Donor:
        """Return the donor they become."""
        return self.newcomer.donor


def prepare(rows: Sequence[tuple[OldRow, Whole, bytes]], taking: Taking) -> list[Person]:
    """Build and seal a piece of the records: rows with the index of the document, and their marks."""
    subjects = new_subjects(
        [index for _row, index, _marks in rows],
        capacity=Capacity.DONOR,
        branch=taking.branch,
        at=taking.at,
        language=LANGUAGE,
    )
    return [
        _person(row, subject, marks, taking)
        for (row, _index, marks), subject in zip(rows, subjects, strict=True)
    ]


def _person(row: OldRow, subject: Subject, marks: bytes, taking: Taking) -> Person:
    then: dict[str, Any] = {
        "by": taking.by,
        "at": start_of(row.registered_on, timezone.get_default_timezone()),
        "recorded_at": taking.at,
    }
    newcomer = donors.taken_over(
        subject,
        row.person,
        row.contacts,
        state=row.state,
        branch=taking.branch,
        listed_on=row.listed_on,
        typed=bool(row.typing),
        records_verified_on=row.verified_on,
        **_national(row),
        **then,
    )
    _silence(subject, row.state, at=taking.at)
    tube = _tube(newcomer.donor, row, then)
    gone = row.state == DonorState.WITHDRAWN
    paper = None if gone else consents.kept_in_a_box(subject, taking.paper, box=taking.box, **then)
    typing = _typing(newcomer.donor, row, tube, taking)
    return Person(row.number, subject, newcomer, paper, tube, typing, marks)


def _national(row: OldRow) -> dict[str, Any]:
    """Return what a number of the national register says: they were accepted; who left here left there."""
    if not row.national_no:
        return {}
    state = NationalState.LEFT if row.state in GONE else NationalState.ACCEPTED
    return {"national_no": row.national_no, "national_state": state, "national_on": row.listed_on}


def _silence(subject: Subject, state: DonorState, *, at: datetime) -> None:
    """Close the record of those who took their word back, and of the dead."""
    if state == DonorState.WITHDRAWN:
        subject.restricted_at = at
    if state == DonorState.DECEASED:
        subject.died_reported_at = at


def _tube(donor: Donor, row: OldRow, then: dict[str, Any]) -> Tube | None:
    if not row.barcode:
        return None
    return samples.taken_over(donor, row.barcode, is_here=row.state in STILL_TO_SEND, **then)


def _typing(donor: Donor, row: OldRow, tube: Tube | None, taking: Taking) -> StoredTyping | None:
    if not row.typing:
        return None
    typing = StoredTyping(
        donor=donor,
        sample=tube.sample if tube else None,
        loci=form.loci(row.typing),
        recorded_at=taking.at,
        legacy=True,
        **taking.by.columns(),
    )
    vault.seal(typing, key=donor.subject.key, text=row.typing)
    return typing
