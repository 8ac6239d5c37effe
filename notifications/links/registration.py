"""What links show in, and ask of, the rooms below."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation import vault
from foundation.access import Permission, StaffRequest
from foundation.desk import belongings
from notifications.delivery import filling as delivery
from notifications.links import filling
from notifications.links.models import FollowUp, Link
from registry.donors import sections
from registry.donors.models import Donor

SHOWN = 6


def register() -> None:
    """Count links as their person's, fill them into messages, show answers on the donor's page."""
    belongings.register({Link: "subject", FollowUp: "subject"})
    delivery.register("links", filling.fill)
    delivery.register_stop(filling.stop)
    sections.register(
        sections.Section(
            "links.follow_ups", 62, Permission.DONOR_VIEW, "notifications/links/section.html", follow_ups
        )
    )


def follow_ups(request: StaffRequest, donor: Donor) -> dict[str, Any] | None:
    """Return what a donor answered after donating; their words only for those who ring them."""
    rows = list(FollowUp.objects.filter(subject=donor.subject_id).order_by("-id")[:SHOWN])
    if not rows:
        return None
    opened = (
        vault.open(rows, ["words"]) if request.holds(Permission.CALL_MAKE) else [{"words": None}] * len(rows)
    )
    return {
        "title": _("After donating"),
        "answers": [{"row": row, "words": said["words"]} for row, said in zip(rows, opened, strict=True)],
    }
