"""What the sheets that go out ask of the rooms below."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation import approvals, jobs
from foundation.access import Permission
from foundation.approvals import Approval
from registry.donors.exports import asking, making
from registry.donors.models import Export


def register() -> None:
    """Register the long work and the question to a second person."""
    jobs.register(
        asking.KIND,
        making.work,
        label=gettext_lazy("A sheet of donors"),
        says={"people": gettext_lazy("People")},
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
