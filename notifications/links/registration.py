"""What links show in, and ask of, the rooms below."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from foundation import vault
from foundation.access import Permission, StaffRequest
from foundation.desk import belongings
from notifications.delivery import filling as delivery
from notifications.links import filling, receivers
from notifications.links.models import FollowUp, Link
from registry import signals
from registry.donors import sections
from registry.donors.models import Donor
from registry.families import sections as of_families
from registry.families.models import Family

SHOWN = 6


def register() -> None:
    """Count links as their person's, fill them into messages, show answers on the donor's page."""
    belongings.register({Link: "subject", FollowUp: "subject"})
    delivery.register("links", filling.fill)
    delivery.register_stop(filling.stop)
    signals.donor_merged.connect(receivers.donor_merged, dispatch_uid="links.merged")
    signals.donor_parted.connect(receivers.donor_parted, dispatch_uid="links.parted")
    sections.register(
        sections.Section(
            "links.follow_ups", 62, Permission.DONOR_VIEW, "notifications/links/section.html", follow_ups
        )
    )
    template = "notifications/links/offer.html"
    sections.register(sections.Section("links.send", 72, Permission.DONOR_EDIT, template, for_donor))
    of_families.register(
        of_families.Section("links.send", 62, Permission.FAMILY_EDIT, template, for_relatives)
    )


def for_donor(_request: StaffRequest, donor: Donor) -> dict[str, Any] | None:
    """Return where a volunteer is sent a link; None once they have left."""
    if donor.is_gone:
        return None
    return {"people": [(_("Send a link"), reverse("link_desk:to-donor", args=[donor.pk]))]}


def for_relatives(_request: StaffRequest, family: Family) -> dict[str, Any] | None:
    """Return where the people of a household are sent a link, each by what they were to the one who gave."""
    members = list(family.members.who_hear().order_by("order"))
    if not members:
        return None
    return {
        "people": [
            (f"{one.order + 1} · {one.get_kin_display()}", reverse("link_desk:to-relative", args=[one.pk]))
            for one in members
        ]
    }


def follow_ups(request: StaffRequest, donor: Donor) -> dict[str, Any] | None:
    """Return what a donor answered after donating; their words only for those who ring them."""
    rows = list(FollowUp.objects.filter(subject=donor.subject_id).order_by("-id")[:SHOWN])
    if not rows:
        return None
    may_read = request.holds(Permission.CALL_MAKE)
    opened = vault.open(rows, ["words"]) if may_read else [{} for _row in rows]
    return {
        "title": _("After donating"),
        "answers": [{"row": row, "words": said.get("words")} for row, said in zip(rows, opened, strict=True)],
    }
