"""The receipt of a withdrawal as a page shows it: what stopped, when, and what is still to come."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from registry.donors import words
from registry.donors.models import Donor, Withdrawal


def receipt_of(found: Withdrawal) -> dict[str, Any]:
    """Return the lines of a receipt in words, whether all of it stopped, and when the last sample goes."""
    lines = [
        {
            "words": words.of(line.what),
            "stopped": words.stopped(line.what),
            "count": line.count,
            "ok": line.ok or bool(line.due and line.due.settled_at),
            "at": line.due.settled_at if line.due and line.due.settled_at else line.at,
            "remains": words.of(line.remains) if line.remains else "",
        }
        for line in found.lines.select_related("due").order_by("order")
    ]
    return {
        "receipt": found,
        "lines": lines,
        "until": _last_destruction(found.donor),
        "all_stopped": all(line["ok"] for line in lines),
    }


def _last_destruction(donor: Donor) -> Any:
    """Return the day on which the last of the donor's samples is destroyed."""
    samples: Any = donor.samples  # of the room above, by name
    return samples.filter(state="DESTRUCTION_ORDERED").aggregate(last=Max("destroy_on"))["last"]
