"""Several writers of one database, each a process: they enrol and bring in lists, and note how it went."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from registry.drives import actions
from registry.drives.imports import import_rows
from registry.drives.models import Drive
from tests.factories import sheets
from tests.factories.drives import AT, draft
from tests.factories.foundation import actor

WRITERS = 8


def work(drive: Drive, staff: Any, place: int, diary: Path, *, acts: int) -> None:
    """Enrol, or bring in a list of one, again and again; write down how long each took, or what was wrong."""
    by = actor(staff)
    with diary.open("a") as file:
        for turn in range(acts):
            n = turn * WRITERS + place
            number = sheets.resident_number(n % 499, born_on=date(1990, 1, 1) + timedelta(days=n // 499))
            act = _by_sheet(drive, by, number, n) if turn % 2 else _by_form(drive, staff, by, number)
            began, fault = time.monotonic(), ""
            try:
                act()
            except Exception as wrong:  # noqa: BLE001  whoever reads the diary looks at it
                fault = repr(wrong)
            file.write(json.dumps({"took": time.monotonic() - began, "fault": fault}) + "\n")
            file.flush()


def lines(diary: Path) -> list[dict[str, Any]]:
    """Return what a writer has noted so far, whole lines alone."""
    if not diary.exists():
        return []
    return [json.loads(line) for line in diary.read_text().splitlines(keepends=True) if line.endswith("\n")]


def _by_form(drive: Drive, staff: Any, by: Any, number: str) -> Callable[[], Any]:
    made = draft(drive, staff=staff, by=by, number=number, barcode=f"F{number}")
    return lambda: actions.enrol(made, by=by, at=AT)


def _by_sheet(drive: Drive, by: Any, number: str, n: int) -> Callable[[], Any]:
    content = sheets.csv(sheets.row(n, DOCUMENT_NUMBER=number, BORN_ON="", BARCODE=f"S{number}"))

    def bring_in() -> None:
        report = import_rows(content, drive, by=by, at=AT).report
        if report.accepted != 1:
            raise ValueError(report.rejected)

    return bring_in
