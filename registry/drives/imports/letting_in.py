"""Let the people of a list in together or not at all, and write on the trail what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from foundation import trail

if TYPE_CHECKING:
    from registry.drives.imports.existing.preparing import Taking as TakingOver
    from registry.drives.imports.importing import Watch
    from registry.drives.imports.preparing import Taking
    from registry.drives.sheets import Code, Report

Late = Mapping[int, "list[Code]"]  # rows that somebody else was faster with


class _NotAll(Exception):
    """A strict import met rows that cannot be taken, after the others were inserted."""

    def __init__(self, late: Late) -> None:
        super().__init__()
        self.late = late


def let_in(
    insert: Callable[[], Late], report: Report, *, strict: bool, watch: Watch, record: Callable[[], None]
) -> None:
    """
    Insert what was prepared; rows somebody else was faster with are refused after all.

    :param strict: insert nothing if there is such a row.
    :param record: writes on the trail what came of it, within the transaction.
    """
    watch.inserting(report.accepted)
    try:
        with transaction.atomic():
            late = insert()
            if late and strict:
                raise _NotAll(late)
            report.refuse(late)
            report.imported = True
            record()
            watch.inserted(report)
    except _NotAll as some:
        report.refuse(some.late)


def record(verb: str, report: Report, taking: Taking | TakingOver, *, of: Any, branch: UUID) -> None:
    """Write on the trail what came of a list of a drive, or of a branch."""
    trail.record(
        verb,
        by=taking.by,
        at=taking.at,
        object=of,
        branch=branch,
        rows=report.rows,
        accepted=report.accepted,
        unchanged=report.unchanged,
        rejected=len(report.rejected),
        inserted=report.imported,
    )
