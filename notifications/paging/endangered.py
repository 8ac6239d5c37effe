"""A match is in danger after conditioning began: its people, its hospitals and who is on duty are called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from consent import gate
from consent.purposes import Purpose
from foundation.access import Permission, task_actor
from foundation.trail import Actor
from notifications.paging import actions
from notifications.paging.kinds import Kind, Place, register
from notifications.paging.models import Alarm
from registry.cases import actions as cases
from registry.cases.models import Exit, MatchCase
from registry.cases.outcomes import Side
from registry.cases.states import RED_ZONE, CaseState

log = structlog.get_logger(__name__)
ENDANGERED: Final = "case_endangered"
LOOKS_BACK: Final = timedelta(hours=24)  # for a stop whose alarm could not be raised


def register_kind() -> None:
    """Register what people are called for when a donor stops after the point of no return."""
    register(
        Kind(
            ENDANGERED,
            _("A donor can no longer give, and the patient's own marrow is destroyed"),
            stands=_stands,
            leads_to=_case,
            ends_by_hand=True,
            todo=_(
                "Nobody asks the donor to change their word. Ring the transplant hospital, then the "
                "back-up donor: cells must come from elsewhere today."
            ),
        )
    )


def a_case_is_endangered(
    *, case: MatchCase, people: Sequence[UUID], by: Actor, at: datetime, **_more: Any
) -> None:
    """Call everybody at once. What fails here never holds back what the donor said."""
    try:
        with transaction.atomic():
            actions.page(ENDANGERED, object=case, people=people, by=by, at=at)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the donor's word stands
        log.error("paging.not_raised", case=str(case.pk), fault=type(fault).__name__)


def a_case_was_closed(*, case: MatchCase, stood_at: str, by: Actor, at: datetime, **_more: Any) -> None:
    """Call people too where somebody closed such a match by hand, for the donor's side."""
    if stood_at in RED_ZONE and _by_the_donors_side(case):
        a_case_is_endangered(case=case, people=cases.people_of(case), by=by, at=at)


def watch(*, at: datetime) -> None:
    """Call people for a match of the last day whose alarm could not be raised when it was stopped."""
    recent = MatchCase.objects.filter(
        state=CaseState.CLOSED, closed_from__in=RED_ZONE, closed_at__gt=at - LOOKS_BACK
    )
    for case in recent.select_related("donor").order_by("closed_at"):
        if _by_the_donors_side(case) and not _was_raised(case):
            people = cases.people_of(case)
            a_case_is_endangered(case=case, people=people, by=task_actor("paging.watch"), at=at)


def _was_raised(case: MatchCase) -> bool:
    about = {"kind": ENDANGERED, "object_type": case._meta.label_lower, "object_id": str(case.pk)}
    return Alarm.objects.filter(**about, raised_at__gte=case.closed_at).exists() or (
        Alarm.objects.filter(**about, over_at__isnull=True).exists()
    )


def _by_the_donors_side(case: MatchCase) -> bool:
    return Exit.objects.filter(case=case, side=Side.DONOR, undone_at__isnull=True).exists()


def _stands(alarm: Alarm) -> bool:
    """Return whether it is still so: stopped, or going on without what it cannot go on without."""
    case = MatchCase.objects.select_related("donor").filter(pk=alarm.object_id).first()
    if case is None:
        return False
    if case.state == CaseState.CLOSED:
        return case.closed_from in RED_ZONE
    return case.state in RED_ZONE and not _can_go_on(case)


def _can_go_on(case: MatchCase) -> bool:
    agreed = gate.allows(case.donor.subject_id, Purpose.DONATION_FINAL, matter=str(case.pk))
    return agreed and case.cleared_at is not None and case.donor.death_reported_at is None


def _case(alarm: Alarm) -> Place | None:
    """Return the page of the match; for a hospital that is named on it, its own page of it."""
    case = MatchCase.objects.filter(pk=alarm.object_id).first()
    if case is None:
        return None
    theirs = Place(Permission.CASE_FACTS, reverse("cases:hospital-case", args=[case.pk]), named_on=case)
    return Place(Permission.CASE_VIEW, reverse("cases:detail", args=[case.pk]), otherwise=theirs)
