"""What the national register shows in, and asks of, the rooms below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from foundation import jobs
from foundation.access import Permission, StaffRequest
from foundation.desk import today
from foundation.pages import keyset
from registry.donors import sections
from registry.donors.models import Donor
from registry.donors.national import comparing, lists


def register() -> None:
    """Register the comparison, the card on Today, and the section of the donor page."""
    jobs.register(
        comparing.KIND,
        comparing.work,
        label=gettext_lazy("Comparison with the national register"),
        says={
            "rows": gettext_lazy("Rows"),
            "matched": gettext_lazy("Agree"),
            "findings": gettext_lazy("Differ"),
            "unreadable": gettext_lazy("Name nobody"),
        },
    )
    right = frozenset({Permission.DONOR_LIST})
    today.register(
        today.Card("donors.national", right, 26, "main", "registry/donors/cards/national.html", at_national)
    )
    sections.register(
        sections.Section(
            "national", 60, Permission.DONOR_LIST, "registry/donors/national_section.html", section
        )
    )


def at_national(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return how many donors are to be entered there, wait for a number, or are to be taken out."""
    found = {
        "enter": keyset.count(lists.to_enter(request.scope)),
        "sent": keyset.count(lists.sent(request.scope)),
        "out": keyset.count(lists.to_take_out(request.scope)),
    }
    told = {name: words if number else "" for name, (number, words) in found.items()}
    waiting = sum(found[name].number for name in ("enter", "out"))
    return {**told, "waiting": waiting} if any(told.values()) else None


def section(_request: StaffRequest, donor: Donor) -> Mapping[str, Any] | None:
    """Return how a donor stands at the national register, once they are in ours."""
    return {"donor": donor} if donor.listed_on or donor.national_no else None
