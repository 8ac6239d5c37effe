"""Reach the donor of a match: the list of whom to reach, and one attempt on one page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from foundation.pages.reveals import opens
from registry.cases import actions, choices, sides
from registry.cases.forms.contact import RecordAttempt
from registry.cases.forms.sheets import WhyTaken
from registry.cases.models import MatchCase
from registry.cases.outcomes import Side
from registry.cases.queries import contact as queries
from registry.cases.states import OVER, CaseState
from registry.cases.views.common import REVEAL_REASONS, act_page, crumbs, seen_case, seen_cases
from registry.donors import queries as donors
from registry.donors.models import CallKind
from registry.donors.states import DonorState
from registry.donors.views import screens

P = Permission
KIND = CallKind.MATCH
STAYS_OPEN: Final = timedelta(hours=1)
MARK: Final = TimestampSigner(salt="cases.numbers")  # of a form that is sent again: its numbers stay open


@requires(P.CASE_CONTACT, P.CASE_WORK, P.CASE_DECIDE)
@require_GET
def contacting(request: StaffRequest) -> HttpResponse:
    """List the matches whose donor is to be reached, the first due first; of the patient nothing."""
    found = queries.to_reach(seen_cases(request))
    page = paginate(found, request.GET, key=("contact_due_on", "id"))
    rows = queries.lines(page.items, today=timezone.localdate(request.at))
    context = {
        "page": page,
        "rows": rows,
        "taking": WhyTaken() if request.holds(P.DONOR_EXPORT) else None,
        "crumbs": [*crumbs(request), (_("Matches to reach"), "")],
    }
    return render(request, "registry/cases/contacting.html", context)


@requires(P.CASE_CONTACT, P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def attempt(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Call the donor of a match: what to say, the numbers, one key for how it ended."""
    case = seen_case(request, pk)
    if case.state in {*OVER, CaseState.WAITING}:
        messages.info(request, _("Nobody is called for a match that waits behind another, or has ended."))
        return redirect("cases:detail", pk=case.pk)
    if sides.stands_against(case, Side.DONOR, by=request.actor):  # their numbers are none of the reader's
        title = _("Reach the donor")
        return act_page(request, case, None, title=title, side=Side.DONOR)
    screen = donors.screen_of(case.donor, kind=KIND, task=None, today=timezone.localdate(request.at))
    typed = request.POST if request.method == "POST" and "result" in request.POST else None
    form = RecordAttempt(
        typed, numbers=screen.choices, kind=KIND, at=request.at, born_on=case.donor.born_on,
        initial={"number": screen.first},
    )  # fmt: skip
    if typed is not None and form.is_valid():
        answer = _write_down(request, case, form)
        if answer is not None:
            return answer
    context = screens.context(request, case.donor, form, kind=KIND, screen=screen)
    context |= _around(request, case)
    return render(request, "registry/cases/attempt.html", context, status=422 if form.errors else 200)


def _write_down(request: StaffRequest, case: MatchCase, form: RecordAttempt) -> HttpResponse | None:
    """Record the attempt; None where that was refused, in words on the form."""
    said = form.cleaned_data
    with Attempt(request, form) as tried:
        actions.call(
            case,
            result=said["result"],
            number=said["number"],
            answers=form.answers,
            words=said["words"],
            heard=form.heard,
            by=request.actor,
            at=request.at,
        )
    if not tried.ok:
        return None
    if form.wants_to_leave:
        screens.say_where_to_leave(request)
        return redirect("donors:withdraw", pk=case.donor_id)
    if form.answers.get("after_match") == "unsure":
        messages.info(request, _("Written down. They are not sure: below stands what helps."))
        return redirect("cases:attempt", pk=case.pk)
    messages.success(request, _("Written down."))
    return redirect("cases:detail", pk=case.pk)


def _around(request: StaffRequest, case: MatchCase) -> dict[str, Any]:
    """Return what stands around the form; opened numbers are written down."""
    mine = _is_mine(request, case)
    opened = mine or _is_opened(request, case)
    if opened:
        reason = "own" if mine else "other"
        trail.record("case.numbers_viewed", by=request.actor, at=request.at, object=case, reason=reason)
    return {
        "frame": "base.html",
        "case": case,
        "opened": opened,
        "mark": "" if mine or not opened else MARK.sign(_whose(request, case)),
        "reasons": REVEAL_REASONS,
        "task": None,
        "attempts": queries.attempts_of(case),
        "case_short": case.short_number,
        "was": DonorState(case.reserved_from).label if case.reserved_from in REACHED_FIRST else "",
        "ways": choices.for_who_wavers(case),
        "crumbs": crumbs(request, case, _("Reach the donor")),
    }


def _is_opened(request: StaffRequest, case: MatchCase) -> bool:
    """Return whether a colleague's numbers may be read: opened for a reason now, or before on this page."""
    if "open" in request.POST:
        return opens(request, case, noun="case", reasons=dict(REVEAL_REASONS))
    try:
        return bool(MARK.unsign(request.POST.get("mark", ""), max_age=STAYS_OPEN) == _whose(request, case))
    except BadSignature:
        return False


def _whose(request: StaffRequest, case: MatchCase) -> str:
    return f"{request.staff.pk} {case.pk}"


REACHED_FIRST = {DonorState.ON_HOLD, DonorState.LOST}


def _is_mine(request: StaffRequest, case: MatchCase) -> bool:
    """Return whether the numbers are open at once: it is the reader's own case, or nobody's yet."""
    return case.owner_id in {None, request.staff.pk} or case.companion_id == request.staff.pk
