"""A notice comes in by hand, from the page of its donor or by the donor's number."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from registry.cases import actions, clocks, incoming
from registry.cases.actions.opening import CAN_BE_KEPT
from registry.cases.forms.opening import NoticeForm
from registry.cases.models import MatchCase, Source
from registry.cases.models import Request as Asked
from registry.cases.queries.opening import donor_meant
from registry.cases.views.common import crumbs
from registry.donors import queries as donors
from registry.donors.models import Donor
from registry.donors.states import DonorState


@requires(Permission.CASE_OPEN)
@require_http_methods(["GET", "POST"])
def open_case(request: StaffRequest) -> HttpResponse:
    """Enter one notice; ``?donor=`` is the id of a donor from whose page one came."""
    known = _known_donor(request)
    form = NoticeForm(
        request.POST if request.method == "POST" else None,
        known_donor=known is not None,
        initial={"received_on": timezone.localdate(request.at)},
    )
    if request.method == "POST" and form.is_valid():
        donor = known or donor_meant(form.cleaned_data["donor_number"], scope=request.scope)
        if donor is None:
            form.add_error("donor_number", incoming.not_ours())
        else:
            with Attempt(request, form) as attempt:
                made = actions.take_notice(
                    donor,
                    patient_code=form.cleaned_data["patient_code"],
                    notice=form.notice,
                    by=request.actor,
                    at=request.at,
                )
            if attempt.ok:
                return _after(request, made)
    context = {
        "form": form,
        "donor": known,
        "name": donors.masked_names([known])[0] if known else "",
        "unsettled": _unsettled_year(request),
        "crumbs": crumbs(request, None, _("Enter a notice")),
    }
    return render(request, "registry/cases/open.html", context, status=422 if form.errors else 200)


def _unsettled_year(request: StaffRequest) -> int | None:
    """Return the first year into which a reservation of today may run and whose calendar is not published."""
    today = timezone.localdate(request.at)
    longest = clocks.reservation_ends(today, source=Source.INTERNATIONAL, request=Asked.TYPING)
    return next(iter(clocks.years_to_come(today, longest)), None)


def _known_donor(request: StaffRequest) -> Donor | None:
    asked = request.GET.get("donor", "")
    if not asked:
        return None
    try:
        pk = UUID(asked)
    except ValueError:
        raise Http404 from None
    seen = Donor.objects.visible_to(request.scope).select_related("service_branch")
    return get_object_or_404(seen, pk=pk)


def _after(request: StaffRequest, made: object) -> HttpResponse:
    if not isinstance(made, MatchCase):
        messages.success(
            request,
            _("This donor has donated before: the medical reviewer is asked. Their yes opens the match."),
        )
        return redirect("cases:open")
    if made.opened_at != request.at:
        messages.info(request, _("This notice was there already. Here is its match."))
    elif made.state == "WAITING":
        messages.success(request, _("Entered. It waits behind another match, with its own clock."))
    else:
        messages.success(request, _("Entered. The donor is kept for this patient."))
    return redirect("cases:detail", pk=made.pk)


def way_in(request: StaffRequest, donor: Donor) -> str:
    """Return where a notice for a donor is entered, "" for who may not, and of who is kept for nobody."""
    if not request.holds(Permission.CASE_OPEN) or donor.state not in {*CAN_BE_KEPT, DonorState.IN_CASE}:
        return ""
    return f"{reverse('cases:open')}?donor={donor.pk}"
