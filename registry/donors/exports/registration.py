"""What the sheets that go out ask of the rooms below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation import approvals, jobs
from foundation.access import Permission, StaffRequest
from foundation.approvals import Approval
from foundation.desk import today
from foundation.pages.keyset import count_words
from registry.donors import sections
from registry.donors.exports import asking, making
from registry.donors.models import Donor, Export
from registry.donors.national import comparing, lists


def register() -> None:
    """Register long work, the question to a second person, and what stands on other pages."""
    jobs.register(
        asking.KIND,
        making.work,
        label=gettext_lazy("A sheet of donors"),
        says={"people": gettext_lazy("People")},
    )
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
        today.Card("donors.national", right, 26, "main", "registry/donors/cards/national.html", to_enter)
    )
    sections.register(
        sections.Section(
            "national", 60, Permission.DONOR_LIST, "registry/donors/national_section.html", section
        )
    )
    approvals.register(
        approvals.Kind(
            key=asking.KIND,
            label=gettext_lazy("A sheet of donors with personal columns in full"),
            permission=Permission.DONOR_EXPORT,
            on_yes=asking.on_yes,
            describe=describe,
            leads_to=page_of,
            from_parent=True,
        )
    )


def describe(approval: Approval) -> str:
    """Say whose donors, which columns, and what for."""
    export = Export.objects.select_related("branch").filter(pk=approval.object_id).first()
    if export is None:
        return ""
    personal = [str(one.label) for one in asking.fields_of(export) if one.is_personal]
    return " · ".join([export.branch.name, _(", ").join(personal), export.get_reason_display()])


def page_of(approval: Approval) -> str:
    """Return the page of the sheet that a question is about."""
    return reverse("donors:export", args=[approval.object_id])


def to_enter(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return how many donors are to be entered at the national register, and how many wait for a number."""
    words = count_words(lists.to_enter(request.scope))
    sent = count_words(lists.sent(request.scope))
    if words == "0" and sent == "0":
        return None
    waiting = int(words.rstrip("+").replace(",", ""))
    return {"words": words, "sent": "" if sent == "0" else sent, "waiting": waiting}


def section(_request: StaffRequest, donor: Donor) -> Mapping[str, Any] | None:
    """Return how a donor stands at the national register, once they are in ours."""
    return {"donor": donor} if donor.listed_on or donor.national_no else None
