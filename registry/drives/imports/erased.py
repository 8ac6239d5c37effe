"""
Know somebody who was erased by what is left of them, so that an old list does not bring them back.

No index of the document is left, nor may there be one. What is left is the number of the tube and that
of the national register, and in which row of which file they stood. See decision record 0007.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from registry.donors.models import Donor
from registry.drives.models import SheetEntry
from registry.samples.models import Sample

if TYPE_CHECKING:
    from registry.drives.models import Drive


def rows_of(sheet_sha256: str, drive: Drive) -> frozenset[int]:
    """Return the rows of this very file that made somebody of the drive who was erased since."""
    entries = SheetEntry.objects.filter(
        drive=drive, sheet_sha256=sheet_sha256, donor__subject__erased_at__isnull=False
    )
    return frozenset(entries.values_list("row", flat=True))


def tubes_among(barcodes: Collection[str]) -> set[str]:
    """Return those of these tubes, which are in use, that were of somebody who was erased."""
    if not barcodes:
        return set()
    of_erased = Sample.objects.filter(barcode__in=barcodes, donor__subject__erased_at__isnull=False)
    return set(of_erased.values_list("barcode", flat=True))


def national_numbers_among(numbers: Collection[str]) -> set[str]:
    """Return those of these national numbers, which are in use, that are of somebody who was erased."""
    if not numbers:
        return set()
    of_erased = Donor.objects.filter(national_no__in=numbers, subject__erased_at__isnull=False)
    return set(of_erased.values_list("national_no", flat=True))
