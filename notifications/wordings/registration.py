"""What wordings show behind Administration, and ask of a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation import approvals
from foundation.access import Permission
from foundation.desk import administration
from notifications.wordings.actions.releasing import CARE, WORDS, release
from notifications.wordings.models import WordingVersion

if TYPE_CHECKING:
    from foundation.approvals import Approval


def register() -> None:
    """Register the door and the questions."""
    approvals.register(
        approvals.Kind(
            CARE,
            gettext_lazy("Words to the bereaved"),
            Permission.CARE_APPROVE,
            on_yes=release,
            describe=_describe,
            leads_to=_page,
            second=Permission.PROGRAMME_EDIT,
        )
    )
    approvals.register(
        approvals.Kind(
            WORDS,
            gettext_lazy("Words to volunteers"),
            Permission.PROGRAMME_EDIT,
            on_yes=release,
            describe=_describe,
            leads_to=_page,
        )
    )
    administration.register(
        administration.Door(
            "wordings",
            gettext_lazy("Wordings"),
            gettext_lazy("The words that are sent to people, in three languages, as they will read them."),
            "wordings:list",
            frozenset({Permission.PROGRAMME_EDIT, Permission.CARE_PLAN}),
            46,
            "paper",
        )
    )


def _describe(approval: Approval) -> str:
    version = WordingVersion.objects.filter(pk=approval.object_id).select_related("wording").first()
    if version is None:
        return ""
    return _("%(key)s, version %(number)s") % {"key": version.wording.key, "number": version.number}


def _page(approval: Approval) -> str:
    return reverse("wordings:version", args=[approval.object_id])
