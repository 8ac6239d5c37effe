"""What a branch calls the columns of its lists: said once on the page, known from then on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from foundation import trail
from foundation.access import Permission
from registry.drives.actions import rights
from registry.drives.models import HeaderName
from registry.drives.sheets import Column
from registry.drives.sheets.layout import LONGEST_HEADER, plain

if TYPE_CHECKING:
    from foundation.access import Branch
    from foundation.trail import Actor
    from registry.drives.models import Drive


def of_branch(branch: Branch) -> dict[str, Column | None]:
    """Return the headers a branch has explained; None for one that is left out."""
    names = HeaderName.objects.filter(branch=branch).values_list("header", "column")
    return {header: Column(column) if column else None for header, column in names}


@transaction.atomic
def remember(drive: Drive, said: Mapping[str, Column | None], *, by: Actor, at: datetime) -> None:
    """
    Keep what somebody said of headers, for the branch of a drive; what was said before gives way.

    :raises NotAllowed: without the right to enrol at the drive.
    """
    rights.check(by, Permission.DONOR_ENROL, Permission.DONOR_IMPORT, on=drive, at=at)
    for header, column in said.items():
        HeaderName.objects.update_or_create(
            branch_id=drive.branch_id,
            header=plain(header)[:LONGEST_HEADER],
            defaults={"column": column or "", "at": at, **by.columns()},
        )
    columns = sorted(column.name for column in said.values() if column is not None)
    trail.record("sheet.columns_named", by=by, at=at, object=drive, branch=drive.branch_id, columns=columns)
