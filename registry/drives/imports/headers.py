"""What a branch calls the columns of its sheets: said once on the page, known from then on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from registry.donors.columns import Column
from registry.drives.models import HeaderName
from registry.drives.sheets.layout import LONGEST_HEADER, plain

if TYPE_CHECKING:
    from foundation.access import Branch
    from foundation.trail import Actor

Said = Mapping[str, Column | None]  # None: it is left out


def of_lists(branch: Branch) -> Said:
    """Return the headers of paper lists that a branch has explained."""
    return _explained(branch, of_records=False)


def of_records(branch: Branch) -> Said:
    """Return the headers of its records that a branch has explained, there or for a paper list."""
    named = {header: column for header, column in of_lists(branch).items() if column is not None}
    return {**named, **_explained(branch, of_records=True)}


def remember(branch_id: UUID, said: Said, *, of_records: bool, by: Actor, at: datetime) -> list[str]:
    """
    Keep what somebody with the right said of headers; what was said before gives way.

    :returns: codes of the columns, for the trail.
    """
    for header, column in said.items():
        HeaderName.objects.update_or_create(
            branch_id=branch_id,
            header=plain(header)[:LONGEST_HEADER],
            of_records=of_records,
            defaults={"column": column or "", "at": at, **by.columns()},
        )
    return sorted(column.name for column in said.values() if column is not None)


def _explained(branch: Branch, *, of_records: bool) -> Said:
    names = HeaderName.objects.filter(branch=branch, of_records=of_records)
    return {h: Column(c) if c else None for h, c in names.values_list("header", "column")}
