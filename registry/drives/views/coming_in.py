"""What the pages of a paper list and of older records show alike: a sheet on its way in and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from foundation.jobs import JobState
from registry.donors.columns import Column

if TYPE_CHECKING:
    from foundation.access import StaffRequest
    from foundation.jobs import Job
    from registry.drives.models import RecordsFile, SheetFile
    from registry.drives.sheets import Report

LINES: Final = 500  # rows on the page; the sheet to mend has all


def is_reported(job: Job) -> bool:
    """Return whether the work has ended with a report."""
    return job.state == JobState.DONE and "rows" in job.result


def context(
    kept: SheetFile | RecordsFile, job: Job, report: Report | None, *, at: datetime
) -> dict[str, Any]:
    """Return how far a sheet is and what came of it."""
    lines = list(report.lines()) if report else []
    return {
        "kept": kept,
        "job": job,
        "waits": job.waits_for_worker(at),
        "is_inserting": job.total is not None and job.done >= job.total,
        "asks": job.result.get("columns", 0),
        "report": report,
        "lines": lines[:LINES],
        "more": max(0, len(lines) - LINES),
        "differing": cells_of_rows(report.differing) if report else [],
        "may_mend": bool(lines) and kept.key_id is not None,
        "may_go_on": job.has_ended and kept.content is not None,
    }


def cells_of_rows(rows: Mapping[int, Iterable[str]]) -> list[tuple[int, list[str]]]:
    """Return rows with the headers of some of their columns, as the reader writes them."""
    found = sorted(rows.items())[:LINES]
    return [(number, [Column(column).label for column in columns]) for number, columns in found]


def answer(request: StaffRequest, page: str, found: Mapping[str, Any]) -> HttpResponse:
    """Show the page of a sheet. htmx asks for its state alone until it has ended."""
    part = "#state" if request.htmx else ""
    response = render(request, page + part, dict(found))
    patch_vary_headers(response, ["HX-Request"])
    return response
