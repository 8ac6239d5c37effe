"""What drives do when two records of one person become one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.donors.models import Donor
from registry.drives.models import RecordsEntry, SheetEntry

if TYPE_CHECKING:
    from registry.donors.models import Merge

_ENTRIES = {"sheet_entry": SheetEntry, "records_entry": RecordsEntry}


def donor_merged(*, kept: Donor, emptied: Donor, made: Merge, **_more: Any) -> dict[str, list[str]]:
    """
    Let the row of a list be known by the record that is kept, where that came from no list itself.

    Where both documents stay known, each row is still found by its own.
    """
    return {name: _brought(entries, kept, emptied, made) for name, entries in _ENTRIES.items()}


def donor_parted(*, kept: Donor, emptied: Donor, moved: dict[str, Any], **_more: Any) -> None:
    """Give the rows back: the two records are of two people."""
    for name, entries in _ENTRIES.items():
        entries.objects.filter(pk__in=moved[name], donor=kept).update(donor=emptied)  # type: ignore[attr-defined]


def _brought(entries: Any, kept: Donor, emptied: Donor, made: Merge) -> list[str]:
    if made.both_documents or entries.objects.filter(donor=kept).exists():
        return []
    rows = entries.objects.filter(donor=emptied)
    ids = [str(pk) for pk in rows.values_list("pk", flat=True)]
    rows.update(donor=kept)
    return ids
