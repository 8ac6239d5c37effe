"""A match is in danger after conditioning began: its people, its hospitals and who is on duty are called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent import gate
from consent.models import Consent
from consent.purposes import Purpose
from foundation.access import Permission, Staff, scope_of, task_actor
from foundation.moves.stops import Stop
from foundation.trail import Actor
from notifications import outbox
from notifications.outbox import fences
from notifications.paging import actions
from notifications.paging.kinds import Kind, Place, register
from notifications.paging.models import Alarm, Copy, CopyState
from registry.cases.models import Exit, FindingKind, MatchCase
from registry.cases.outcomes import Side
from registry.cases.queries import ringing
from registry.cases.sides import people_of
from registry.cases.states import RED_ZONE, CaseState
from registry.donors.models import Donor

log = structlog.get_logger(__name__)
ENDANGERED: Final = "case_endangered"
CALLED: Final = "paging.called"  # on the receipt of a withdrawal
_CALLED: Final = _("Called: %(named)s.")
_NOT_YET: Final = _("Nobody was called yet: a backup was put back. Ring them: %(named)s.")
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
            rings=_to_ring,
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
            actions.page(ENDANGERED, object=case, people=people, anew=True, by=by, at=at)
    except Exception as fault:  # noqa: BLE001 - whatever it is, the donor's word stands
        log.error("paging.not_raised", case=str(case.pk), fault=type(fault).__name__)


class StillGoingOn(Exception):
    """A match of who withdrew was not ended yet; whom that calls is not known before it is."""


class NobodyCalled(Exception):
    """There is an alarm, and nobody to call for it; it is tried again until somebody was."""


def a_donor_withdrew(*, donor: Donor, by: Actor, at: datetime, **_more: Any) -> Stop | None:
    """
    Return the line of the receipt that people were called, from the alarms themselves.

    An alarm that could not be raised is raised here.

    :raises StillGoingOn: if the matches could not be ended yet; it is tried again until they were.
    :raises NobodyCalled: if nobody could be called; the line stands red until somebody was.
    """
    if MatchCase.objects.filter(donor=donor, state__in=RED_ZONE).exists() and _is_gone(donor):
        raise StillGoingOn
    stopped = MatchCase.objects.filter(donor=donor, closed_at=at, closed_from__in=RED_ZONE)
    called: set[UUID] = set()
    for case in stopped.select_related("donor").order_by("id"):
        people = people_of(case)
        alarm = _alarm_of(case, at) or actions.page(
            ENDANGERED, object=case, people=people, anew=True, by=by, at=at
        )
        of_it = set(alarm.calls.values_list("staff", flat=True))
        if not of_it:
            raise NobodyCalled
        called |= of_it
    return Stop(what=CALLED, when=at, count=len(called)) if called else None


def _is_gone(donor: Donor) -> bool:
    """Return whether the withdrawal stands; one that was undone leaves the matches going on."""
    return Donor.objects.get(pk=donor.pk).is_gone


def who_was_called(case: MatchCase, since: datetime) -> str:
    """Return in words who was called for a match since a moment, when, and who sees to it."""
    alarm = _alarm_of(case, since)
    if alarm is None:
        return ""
    calls = list(alarm.calls.select_related("staff").order_by("called_at", "id"))
    if not calls:
        return ""
    named = "、".join(f"{call.staff} {_clock(max(call.called_at, alarm.raised_at))}" for call in calls)
    said = (_NOT_YET if _is_kept_back(alarm) else _CALLED) % {"named": named}
    answer = str(_("Nobody has answered yet."))
    if alarm.acknowledged_at is not None:
        seen = {"name": str(alarm.acknowledged_by), "when": _clock(alarm.acknowledged_at)}
        answer = _("%(name)s sees to it since %(when)s.") % seen
    return f"{said} {answer}"


def _is_kept_back(alarm: Alarm) -> bool:
    """Return whether nobody could be reached, because a backup that was put back hands nothing over."""
    reached = Copy.objects.filter(call__alarm=alarm, state=CopyState.SENT)
    return outbox.was_restored() and not reached.exists()


def _clock(when: datetime) -> str:
    return f"{timezone.localtime(when):%m-%d %H:%M}"


def _alarm_of(case: MatchCase, since: datetime) -> Alarm | None:
    about = {"kind": ENDANGERED, "object_type": case._meta.label_lower, "object_id": str(case.pk)}
    found = Alarm.objects.filter(**about, raised_at__gte=since)  # one that went on was raised anew
    return found.select_related("acknowledged_by").order_by("-id").first()


def a_case_was_closed(*, case: MatchCase, stood_at: str, by: Actor, at: datetime, **_more: Any) -> None:
    """Call people too where somebody closed such a match by hand, for the donor's side."""
    if stood_at in RED_ZONE and _by_the_donors_side(case):
        a_case_is_endangered(case=case, people=people_of(case), by=by, at=at)


def watch(*, at: datetime) -> None:
    """Call people for a match whose alarm could not be raised: stopped within a day, or in danger now."""
    red = Q(state=CaseState.CLOSED, closed_from__in=RED_ZONE, closed_at__gt=at - LOOKS_BACK)
    found = MatchCase.objects.filter(red | Q(state__in=RED_ZONE)).select_related("donor")
    for case in found.order_by("id"):
        with fences.fenced("paging.not_raised", case.pk):
            _watch_one(case, at=at)


def _watch_one(case: MatchCase, *, at: datetime) -> None:
    since = _in_danger_since(case)
    if since is not None and not _was_raised(case, since):
        a_case_is_endangered(case=case, people=people_of(case), by=task_actor("paging.watch"), at=at)


def _was_raised(case: MatchCase, since: datetime) -> bool:
    about = {"kind": ENDANGERED, "object_type": case._meta.label_lower, "object_id": str(case.pk)}
    return Alarm.objects.filter(**about, raised_at__gte=since).exists()


def _in_danger_since(case: MatchCase) -> datetime | None:
    """Return when a match was stopped, or last lost what it cannot go on without; None where it was not."""
    if case.state == CaseState.CLOSED:
        return case.closed_at if _by_the_donors_side(case) else None
    if _can_go_on(case):
        return None
    final = Consent.objects.filter(purpose=Purpose.DONATION_FINAL, matter=str(case.pk))
    if gate.allows(case.donor.subject_id, Purpose.DONATION_FINAL, matter=str(case.pk)):
        final = final.none()
    lost = [case.donor.death_reported_at, *final.values_list("withdrawn_at", flat=True)]
    if case.cleared_at is None:
        lost.append(_lifted_at(case))
    return max((moment for moment in lost if moment is not None), default=None)


def _lifted_at(case: MatchCase) -> datetime | None:
    """Return when a finding lifted the clearance: the first that was not fit since it was given."""
    found = case.findings.order_by("entered_at")
    given = found.filter(kind=FindingKind.REVIEW, fit=True).last()
    after = (
        found.exclude(fit=True)
        if given is None
        else found.exclude(fit=True).filter(entered_at__gt=given.entered_at)
    )
    first = after.first()
    return None if first is None else first.entered_at


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


def _to_ring(alarm: Alarm, staff: Staff, at: datetime) -> Sequence[ringing.ToRing]:
    """Return hospitals and back-up for who may know both sides of the match; for hospitals nothing."""
    matches = MatchCase.objects.select_related("transplant_hospital", "collection_hospital")
    found = matches.filter(pk=alarm.object_id).first()
    if found is None or not scope_of(staff.pk, Permission.CASE_VIEW, at=at).covers(alarm.branch.path):
        return ()
    return ringing.to_ring(found, donors=scope_of(staff.pk, Permission.DONOR_VIEW, at=at))
