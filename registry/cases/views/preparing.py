"""Days, back-up donor and the hospital's message: what is settled before cells are collected."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation.access import Permission, StaffRequest, requires, scope_from
from registry.cases import actions
from registry.cases.actions.preparing import DATES_ARE_SET_IN
from registry.cases.forms import preparing as forms
from registry.cases.hospitals import Hospital
from registry.cases.outcomes import Side
from registry.cases.states import CaseState
from registry.cases.views.common import seen_case
from registry.cases.views.facts import case_for, only_in, taken_in

P = Permission
S = CaseState


@requires(P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def dates(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Set what is collected, and the days."""
    case = seen_case(request, pk)
    known = {name: getattr(case, name) for name in forms.Dates.base_fields}
    form = forms.Dates(request.POST if request.method == "POST" else None, initial=known)
    explained = _("Another day of conditioning voids the hospital's message: it must come anew.")
    return taken_in(
        request,
        case,
        form,
        actions.set_dates,
        _("The days are set."),
        title=_("Dates and product"),
        explained=explained if case.hospital_message_at else "",
        press=_("Set the days"),
        missing=only_in(case, *DATES_ARE_SET_IN),
    )


@requires(P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def backup(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Name a back-up donor, or say that and why there is none."""
    case = seen_case(request, pk)
    known = {
        "grid": case.backup.grid if case.backup else "",
        "code": case.backup_code,
        "none": case.no_backup,
    }
    scope = scope_from(request.roles, P.DONOR_VIEW)
    form = forms.Backup(request.POST if request.method == "POST" else None, initial=known, scope=scope)
    return taken_in(
        request,
        case,
        form,
        actions.name_backup,
        _("It is settled who stands behind."),
        title=_("Back-up donor"),
        explained=_("If this donor cannot give after conditioning began, somebody else's cells are needed."),
        press=_("Write down"),
    )


@requires(P.CASE_DECIDE, P.CASE_FACTS)
@require_http_methods(["GET", "POST"])
def hospital_message(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Enter the transplant hospital's message that conditioning begins."""
    case = case_for(request, pk, or_of=Hospital.TRANSPLANT)
    known = {"conditioning_on": case.conditioning_on}
    form = forms.Message(request.POST if request.method == "POST" else None, initial=known)
    return taken_in(
        request,
        case,
        form,
        actions.record_message,
        _("The message is written down."),
        title=_("The hospital's message"),
        side=Side.PATIENT,
        explained=_(
            "From the first day of conditioning on the patient cannot live without the cells of this donor."
        ),
        press=_("Write down"),
        missing=only_in(case, S.WORKUP, S.SCHEDULED),
    )


@requires(P.CASE_FACTS)
@require_http_methods(["GET", "POST"])
def hospital_decision(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let the transplant hospital say whether it wants this donor."""
    case = case_for(request, pk, or_of=Hospital.TRANSPLANT)
    form = forms.HospitalDecision(request.POST if request.method == "POST" else None)
    return taken_in(
        request,
        case,
        form,
        actions.record_decision_of_hospital,
        _("Thank you. The registry goes on from here."),
        title=_("Your decision"),
        side=Side.PATIENT,
        press=_("Send"),
        missing=only_in(case, S.TC_DECISION),
    )


@requires(P.CASE_WORK, P.CASE_FACTS)
@require_http_methods(["GET", "POST"])
def transfusion(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Enter when the patient was given the cells."""
    case = case_for(request, pk, or_of=Hospital.TRANSPLANT)
    form = forms.Transfusion(request.POST if request.method == "POST" else None)
    return taken_in(
        request,
        case,
        form,
        actions.record_transfusion,
        _("Written down."),
        title=_("The cells were given"),
        side=Side.PATIENT,
        press=_("Write down"),
        missing=only_in(case, S.HANDED_OVER, S.DONATED),
    )
