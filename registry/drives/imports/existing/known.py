"""Compare the rows of the records before with who is registered; shows nothing of anybody's record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from foundation import vault
from foundation.vault import Capacity, Subject
from foundation.vault.indexes import Whole
from registry.donors.models import Donor
from registry.drives.imports import erased
from registry.drives.imports.existing.check import OldRow
from registry.drives.models import RecordsEntry
from registry.drives.sheets import Code
from registry.samples import bulk as samples

if TYPE_CHECKING:
    from foundation.access import Branch


@dataclass(slots=True)
class Judgement:
    """What the registry says of some rows: who is new, who is in, who cannot be taken."""

    fresh: list[tuple[OldRow, Whole]] = field(default_factory=list)  # with the index of the document
    unchanged: dict[int, UUID] = field(default_factory=dict)  # with the donor they made
    rejected: dict[int, list[Code]] = field(default_factory=dict)


def judge(rows: Sequence[OldRow], branch: Branch, *, sheet_sha256: str) -> Judgement:
    """
    Ask for a piece of the records who is registered and which numbers are in use, each in one query.

    A row is in if it made a donor of this branch: known by the document, or, where the document was
    corrected since, as this row of this very file. Who was erased is known by what is left of them,
    and is no longer whoever registered anew since.
    """
    indexes = {
        row.number: vault.index.document(row.person.document_kind, row.person.document_number) for row in rows
    }
    subjects = _subjects([each for index in indexes.values() for each in index.each])
    entries = _entries([row.number for row in rows], branch, sheet_sha256)
    tubes = samples.barcodes_in_use({row.barcode for row in rows if row.barcode})
    numbers = national_numbers_in_use({row.national_no for row in rows if row.national_no})
    of_erased = erased.tubes_among(tubes), erased.national_numbers_among(numbers)
    judgement = Judgement()
    for row in rows:
        subject = next((subjects[each] for each in indexes[row.number].each if each in subjects), None)
        made, gone = entries.get(row.number, (None, False))
        made = _made_by(subject, branch) or (None if gone else made)
        if subject is None and (gone or row.barcode in of_erased[0] or row.national_no in of_erased[1]):
            judgement.rejected[row.number] = [Code.ERASED]
        elif made is not None:
            judgement.unchanged[row.number] = made
        elif subject is not None:
            judgement.rejected[row.number] = [Code.ALREADY_REGISTERED]
        elif row.barcode in tubes:
            judgement.rejected[row.number] = [Code.BARCODE_DUPLICATE]
        elif row.national_no in numbers:
            judgement.rejected[row.number] = [Code.NATIONAL_NO_DUPLICATE]
        else:
            judgement.fresh.append((row, indexes[row.number]))
    return judgement


def _subjects(indexes: Sequence[str]) -> Mapping[str | None, Any]:
    found = Subject.objects.filter(capacity=Capacity.DONOR, document_index__in=indexes)
    return {subject.document_index: subject for subject in found.select_related("donor__records_entry")}


def _made_by(subject: Any, branch: Branch) -> UUID | None:
    """Return the donor whom a row of this branch's records made."""
    donor = getattr(subject, "donor", None)
    entry = getattr(donor, "records_entry", None)
    return entry.donor_id if entry is not None and entry.branch_id == branch.pk else None


def _entries(numbers: Sequence[int], branch: Branch, sheet_sha256: str) -> Mapping[int, tuple[UUID, bool]]:
    """Return whom rows of this very file made, by row, and whether they were erased since."""
    same = RecordsEntry.objects.filter(sheet_sha256=sheet_sha256, branch=branch, row__in=numbers)
    found = same.values_list("row", "donor_id", "donor__subject__erased_at")
    return {row: (donor_id, erased_at is not None) for row, donor_id, erased_at in found}


def national_numbers_in_use(numbers: set[str]) -> set[str]:
    """Return those of these national numbers that some donor has, one who was joined with another too."""
    return set(Donor.objects.with_national_no(numbers).values_list("national_no", flat=True))
