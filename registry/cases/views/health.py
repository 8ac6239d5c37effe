"""The health-and-availability check, and the medical reviewer's word on what it leaves open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from registry.cases import actions, sides
from registry.cases.forms.health import HealthCheckForm, ReviewForm
from registry.cases.models import HealthCheck, MatchCase, Verdict
from registry.cases.outcomes import Side
from registry.cases.queries import health as asked
from registry.cases.views.common import act_page, seen_case

P = Permission


@requires(P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def health_check(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Go through the questions with the donor; what follows is worked out, and said at once."""
    case = seen_case(request, pk)
    known = {"weight_kg": case.donor.weight_kg}
    form = HealthCheckForm(
        request.POST if request.method == "POST" else None, sex=case.donor.sex, initial=known
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            made = _record(request, case, form)
        if attempt.ok:
            _say(request, made)
            return redirect("cases:detail", pk=case.pk)
    return act_page(
        request,
        case,
        form,
        title=_("Health and availability"),
        press=_("Record the answers"),
        side=Side.DONOR,
        template="registry/cases/health_check.html",
    )


@requires(P.CASE_CLEAR)
@require_http_methods(["GET", "POST"])
def health_review(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Read the answers, opened, and say what they mean; each look is written down."""
    case = seen_case(request, pk)
    title = _("The health check, for the reviewer")
    if sides.stands_against(case, Side.DONOR, by=request.actor):  # the answers are none of the reader's
        return act_page(request, case, None, title=title, side=Side.DONOR)
    shown = asked.answered(case)
    newest = case.health_checks.order_by("-id").first()
    if shown is None or newest is None:
        raise Http404
    waits = newest.verdict == Verdict.ASK
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.review_check(case, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("cases:detail", pk=case.pk)
    trail.record("case.health_viewed", by=request.actor, at=request.at, object=case, check=newest.pk)
    return act_page(
        request, case, form, title=title, press=_("Record"), shown=shown,
        side=Side.DONOR, waits=waits, template="registry/cases/health_review.html",
    )  # fmt: skip


def _record(request: StaffRequest, case: MatchCase, form: HealthCheckForm) -> HealthCheck:
    typed: dict[str, Any] = form.cleaned_data
    return actions.record_check(
        case,
        form.answers,
        available_from=typed["available_from"],
        words=typed["words"],
        by=request.actor,
        at=request.at,
    )


def _say(request: StaffRequest, made: HealthCheck) -> None:
    """Say what follows from the answers."""
    if made.verdict == Verdict.FIT:
        messages.success(request, _("Fit and available. The match can go on."))
    elif made.verdict == Verdict.TEMPORARY:
        messages.warning(
            request,
            _("Not at present. Postpone the match where it can wait, or close it with its reason."),
        )
    else:
        messages.warning(request, _("The medical reviewer looks at it. Until then the match stands still."))
