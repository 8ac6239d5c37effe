"""After the donation: who is to be asked how they are, what they say, and harm that is reported upward."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from registry.cases import actions, sides
from registry.cases.followups import title_of
from registry.cases.forms.after import FollowUpForm, Report, Wishes
from registry.cases.forms.sheets import WhyTaken
from registry.cases.models import AdverseEvent, FollowUp, MatchCase
from registry.cases.outcomes import Side
from registry.cases.queries import after
from registry.cases.views.common import act_page, crumbs, given_cases, works
from registry.cases.views.facts import taken_in
from registry.donors import queries as donors

P = Permission
SOON = timedelta(days=14)


@requires(P.CASE_WORK, P.CASE_DECIDE)
@require_GET
def follow_ups(request: StaffRequest) -> HttpResponse:
    """List whom to ask how they are: what is over, due, or comes within two weeks; htmx asks for the rows."""
    today = timezone.localdate(request.at)
    page = paginate(to_ask(request).select_related("case__donor"), request.GET, key="due_on")
    names = donors.masked_names([row.case.donor for row in page.items])
    context = {
        "page": page,
        "rows": [
            {"row": row, "name": name, "short": row.case.short_number, "kind": _kind(row, today)}
            for row, name in zip(page.items, names, strict=True)
        ],
        "taking": WhyTaken() if request.holds(P.DONOR_EXPORT) else None,
        "crumbs": [*crumbs(request, None), (_("Follow-up"), "")],
    }
    template = "registry/cases/follow_ups.html" + ("#rows" if request.htmx else "")
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@requires(P.CASE_WORK, P.CASE_DECIDE, P.MEDICAL_VIEW)
@require_http_methods(["GET", "POST"])
def follow_up(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask how a donor is, or read what they said; each look is written down."""
    row = get_object_or_404(
        FollowUp.objects.select_related("case__donor__subject"), pk=pk, case__in=given_cases(request)
    )
    case, donor = row.case, row.case.donor
    title = title_of(row.key)
    if sides.stands_against(case, Side.DONOR, by=request.actor):  # how they are is none of the reader's
        return act_page(
            request, case, None, title=title, side=Side.DONOR, crumbs=crumbs(request, case, title)
        )
    said = after.said_in(row)
    known = {"wellbeing": row.wellbeing, "words": said["words"], **said["answers"], **said["labs"]}
    form = FollowUpForm(
        request.POST if request.method == "POST" else None, key=row.key, sex=donor.sex, initial=known
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.record_follow_up(row, **form.facts, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("cases:follow-ups" if works(request) else "desk:today")
    trail.record("follow_up.viewed", by=request.actor, at=request.at, object=case, key=row.key)
    return act_page(
        request,
        case,
        form if works(request) else None,
        title=title,
        press=_("Write down"),
        side=Side.DONOR,
        template="registry/cases/follow_up.html",
        crumbs=crumbs(request, case, title),
        row=row,
        said=after.in_words(row, sex=donor.sex) if row.done_at else None,
        phone=donor,
    )


@requires(P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def report_event(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down to which office a serious event was reported."""
    events = AdverseEvent.objects.filter(case__in=MatchCase.objects.visible_to(request.scope), serious=True)
    event = get_object_or_404(events.select_related("case__donor"), pk=pk)
    form = Report(request.POST if request.method == "POST" else None, initial={"when": request.at})
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.report_event(event, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down as reported."))
            return redirect("cases:detail", pk=event.case_id)
    words = {"grade": event.grade, "day": f"{event.on:%Y-%m-%d}", "phase": event.get_phase_display()}
    return act_page(
        request,
        event.case,
        form,
        title=_("Report a serious event upward"),
        press=_("Write down as reported"),
        explained=_("Grade %(grade)s · %(day)s · %(phase)s") % words,
    )


@requires(P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def wishes(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down whether a donor wants letters, and would talk with others."""
    case = get_object_or_404(given_cases(request).select_related("donor__subject"), pk=pk)
    form = Wishes(request.POST if request.method == "POST" else None)
    return taken_in(
        request,
        case,
        form,
        actions.record_wishes,
        _("Written down. A yes waits for a second person."),
        title=_("Letters, and talks with others"),
        press=_("Write down"),
        side=Side.DONOR,
    )


def to_ask(request: StaffRequest) -> QuerySet[FollowUp]:
    """Return the follow-ups that are over, due, or come within two weeks."""
    return after.follow_ups(request.scope).filter(due_on__lte=timezone.localdate(request.at) + SOON)


def _kind(row: FollowUp, today: Any) -> str:
    if row.due_on < today:
        return "bad"
    return "due" if row.due_on == today else "none"
