"""The donor's journey: planned, insured, written to the employer, laid out; and the pack to take along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation import trail, vault
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from foundation.pages.downloads import PDF, attachment
from foundation.pages.reveals import opens
from foundation.papers import pdf
from registry.cases import actions, sides
from registry.cases.forms.facts import FactForm
from registry.cases.forms.journey import ExpenseForm, LegForm, Pack, PaidBack
from registry.cases.models import Expense, Leg, MatchCase
from registry.cases.outcomes import Side
from registry.cases.queries import journey as asked
from registry.cases.states import CaseState
from registry.cases.views.common import REVEAL_REASONS, crumbs, works
from registry.cases.views.facts import taken_in
from registry.donors import queries as donors

P = Permission
PAPER = "registry/cases/journey_paper.html"


@requires(P.CASE_WORK, P.CASE_DECIDE, P.CASE_ACCOMPANY)
@require_GET
def journey(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show the itinerary, the tasks, insurance and leave, and the money laid out."""
    case = _case(request, pk)
    trail.record("journey.viewed", by=request.actor, at=request.at, object=case)
    over = case.state == CaseState.CLOSED
    entries = [] if over else asked.entries_of(case)
    context = {
        "case": case,
        "name": donors.masked_names([case.donor])[0],
        "short": case.short_number,
        "entries": entries,
        "days": asked.days_of(case, entries, today=timezone.localdate(request.at)),
        "journey": {} if over else asked.journey_of(case),
        "expenses": asked.expenses_of(case),
        "can_work": works(request),
        "open": not over,
        "is_theirs": _is_theirs(request, case),
        "reasons": REVEAL_REASONS,
        "crumbs": _crumbs(request, case, _("Journey")),
    }
    return render(request, "registry/cases/journey.html", context)


@requires(P.CASE_WORK, P.CASE_DECIDE, P.CASE_ACCOMPANY)
@require_http_methods(["GET", "POST"])
def leg(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Put a place or a task on the itinerary."""
    case = _case(request, pk)
    form = LegForm(request.POST if request.method == "POST" else None)
    return _taken_in(request, case, form, actions.add_leg, title=_("Add to the itinerary"))


@requires(P.CASE_WORK, P.CASE_DECIDE, P.CASE_ACCOMPANY)
@require_POST
def leg_remove(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take an entry off the itinerary."""
    found = get_object_or_404(Leg.objects.select_related("case__donor"), pk=pk, case__in=_cases(request))
    with Attempt(request) as attempt:
        actions.remove_leg(found, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("Taken off the itinerary."))
    return redirect("cases:journey", pk=found.case_id)


@requires(P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def insurance(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down insurance and leave; the form opens what stood there, and that is written down."""
    case = _case(request, pk)
    against = sides.stands_against(case, Side.DONOR, by=request.actor)
    known = {} if against else asked.journey_of(case)  # what stood there is none of the other side's
    row = known.pop("row", None)
    initial = known if row is None else {**_columns(row), **known}
    form = Pack(request.POST if request.method == "POST" else None, initial=initial)
    return _taken_in(request, case, form, actions.keep_journey, title=_("Insurance and leave"))


@requires(P.CASE_WORK, P.CASE_DECIDE, P.CASE_ACCOMPANY)
@require_http_methods(["GET", "POST"])
def expense(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down money that was laid out."""
    case = _case(request, pk)
    today = timezone.localdate(request.at)
    form = ExpenseForm(request.POST if request.method == "POST" else None, initial={"on": today})
    return _taken_in(request, case, form, actions.add_expense, title=_("Money laid out"))


@requires(P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def expense_paid(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that money was given back."""
    found = get_object_or_404(Expense.objects.select_related("case__donor"), pk=pk, case__in=_cases(request))
    case = found.case
    today = timezone.localdate(request.at)
    form = PaidBack(request.POST if request.method == "POST" else None, initial={"on": today})
    explained = f"{found.get_kind_display()} · ¥ {asked.yuan(found.amount_fen)}"

    def pay(_case: MatchCase, **said: Any) -> None:
        actions.pay_expense(found, **said)

    return _taken_in(request, case, form, pay, title=_("Given back"), explained=explained)


@requires(P.CASE_WORK, P.CASE_DECIDE, P.CASE_ACCOMPANY)
@require_http_methods(["GET", "POST"])
def pack(request: StaffRequest, pk: UUID) -> HttpResponse:
    """
    Give the pack as a PDF; where none can be made, the page that prints the same.

    It names the donor: who neither accompanies them nor has the match in hand says what for. Once the
    match has ended there is none.
    """
    case = _case(request, pk)
    if case.state == CaseState.CLOSED:
        raise Http404
    if not _is_theirs(request, case) and not (
        request.method == "POST" and opens(request, case, noun="case", reasons=dict(REVEAL_REASONS))
    ):
        return redirect("cases:journey", pk=case.pk)
    context = _pack(request, case)
    trail.record("journey.printed", by=request.actor, at=request.at, object=case)
    try:
        paper = pdf.render(PAPER, context, request)
    except pdf.NoPdf:
        return render(request, PAPER, context)
    return attachment(paper, PDF, f"journey-{case.pk.hex[-6:]}.pdf")


def _pack(request: StaffRequest, case: MatchCase) -> dict[str, Any]:
    entries = asked.entries_of(case)
    today = timezone.localdate(request.at)
    told = asked.journey_of(case)
    return {
        "case": case,
        "short": case.short_number,
        "person": vault.open_one(case.donor, "name", "phone"),
        "branch": case.donor.service_branch,
        "days": asked.days_of(case, entries, today=today),
        "tasks": [entry for entry in entries if entry.leg.task],
        "places": [entry for entry in entries if not entry.leg.task],
        "journey": told,
        "letter": _letter(told),
        "expenses": asked.expenses_of(case),
        "today": today,
    }


def _letter(told: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the leave letter says, None where nobody or no day is named that it is for."""
    row = told.get("row")
    if row is None or not told.get("leave_for") or not (row.leave_from and row.leave_until):
        return None
    days = (row.leave_until - row.leave_from + timedelta(days=1)).days
    return {"to": told["leave_for"], "days": days, "row": row, "says_why": row.letter_says_why}


def _cases(request: StaffRequest) -> QuerySet[MatchCase]:
    return MatchCase.objects.visible_to(request.scope).exclude(state=CaseState.WAITING)


def _case(request: StaffRequest, pk: UUID) -> MatchCase:
    related = ("donor__subject", "donor__service_branch", "companion", "collection_hospital")
    return get_object_or_404(_cases(request).select_related(*related), pk=pk)


def _is_theirs(request: StaffRequest, case: MatchCase) -> bool:
    """Return whether it is the reader's own work: in hand, or theirs to accompany."""
    mine = request.staff.pk in {case.owner_id, case.companion_id}
    return mine or case.pk in request.scope.named_ids(MatchCase)


def _crumbs(request: StaffRequest, case: MatchCase, *more: str) -> list[tuple[str, str]]:
    if works(request):
        return crumbs(request, case, *more)
    mine = [(_("Whom I accompany"), reverse("cases:accompanied"))]
    page = [(_("Days and tasks"), reverse("cases:accompany", args=[case.pk]))]
    return [*mine, *page, *((words, "") for words in more)]


def _taken_in(
    request: StaffRequest,
    case: MatchCase,
    form: FactForm,
    act: Callable[..., object],
    *,
    title: str,
    explained: str = "",
) -> HttpResponse:
    """Do what a form asks and go back to the journey, by whichever way one came."""
    return taken_in(
        request,
        case,
        form,
        act,
        _("Written down."),
        to="cases:journey",
        title=title,
        explained=explained,
        press=_("Write down"),
        side=Side.DONOR,
        crumbs=_crumbs(request, case, title),
    )


def _columns(row: Any) -> dict[str, Any]:
    names = ("insurer", "insured_from", "insured_until", "leave_from", "leave_until", "letter_says_why")
    return {name: getattr(row, name) for name in names}
