"""What programmes show behind Administration, and ask of a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation import approvals
from foundation.access import Permission
from foundation.desk import administration
from notifications.programmes import actions
from notifications.programmes.models import Programme

if TYPE_CHECKING:
    from foundation.approvals import Approval


def register() -> None:
    """Register the door and the questions."""
    for key, label, permission in (
        (actions.PUBLISH, gettext_lazy("A programme for volunteers"), Permission.PROGRAMME_EDIT),
        (actions.PUBLISH_CALLS, gettext_lazy("How staff are called"), Permission.PROGRAMME_EDIT),
        (actions.PUBLISH_CARE, gettext_lazy("A programme for families"), Permission.CARE_APPROVE),
    ):
        approvals.register(
            approvals.Kind(
                key,
                label,
                permission,
                on_yes=actions.publish_agreed,
                describe=_describe,
                leads_to=_page,
                second=Permission.PROGRAMME_EDIT
                if permission == Permission.CARE_APPROVE
                else Permission.APPROVE,
            )
        )
    administration.register(
        administration.Door(
            "programmes",
            gettext_lazy("Programmes"),
            gettext_lazy("Who is remembered, rung and written to, when and how, step by step."),
            "programmes:list",
            frozenset({Permission.PROGRAMME_EDIT, Permission.CARE_PLAN}),
            45,
            "calendar",
        )
    )


def _describe(approval: Approval) -> str:
    programme = Programme.objects.filter(pk=approval.object_id).first()
    if programme is None:
        return ""
    return _("%(key)s, version %(number)s") % {"key": programme.key, "number": programme.version}


def _page(approval: Approval) -> str:
    return reverse("programmes:version", args=[approval.object_id])
