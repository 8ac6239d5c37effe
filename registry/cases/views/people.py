"""Who looks after a case, on either side and at the hospitals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation.access import Permission, Role, StaffRequest, named, requires
from foundation.pages import Attempt
from registry.cases import rules
from registry.cases.actions import people as actions
from registry.cases.forms.people import Choices, PeopleForm
from registry.cases.models import MatchCase
from registry.cases.queries import staff
from registry.cases.views.common import act_page, seen_case

OFFICERS = (*actions.OFFICERS, *actions.HOSPITALS)


@requires(Permission.CASE_WORK)
@require_http_methods(["GET", "POST"])
def people(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Say who looks after a case; who of a hospital is named on it, once the hospital stands."""
    case = seen_case(request, pk)
    form = PeopleForm(
        request.POST if request.method == "POST" else None,
        choices=_choices(case, request),
        initial=_as_it_stands(case),
    )
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            named_now = actions.name_people(
                case,
                actions.People(**form.facts),
                by=request.actor,
                at=request.at,
                seen=form.cleaned_data["seen"] or None,
            )
        if attempt.ok:
            return _on(request, case, named_now)
    explained = _("The two sides are never one person. Hospitals see only what is theirs.")
    return act_page(
        request, case, form, title=_("Who looks after it"), explained=explained, press=_("Write down")
    )


def _on(request: StaffRequest, before: MatchCase, after: MatchCase) -> HttpResponse:
    """Lead back to the case; first to the people of a hospital that was named just now."""
    changed = any(
        getattr(after, f"{name}_id") and getattr(after, f"{name}_id") != getattr(before, f"{name}_id")
        for name in actions.HOSPITALS
    )
    if changed:
        messages.info(request, _("Written down. Now name who of the hospital works on it."))
        return redirect("cases:people", pk=after.pk)
    messages.success(request, _("Written down."))
    return redirect("cases:detail", pk=after.pk)


def _choices(case: MatchCase, request: StaffRequest) -> Choices:
    on = timezone.localdate(request.at)
    owners = staff.holders(case, staff.owns_by(case), on=on)
    return Choices(
        owners=[*owners, case.owner] if case.owner and case.owner not in owners else owners,
        patient_officers=staff.holders(case, rules.WORK, on=on),
        companions=staff.companions(case, on=on),
        hospitals=staff.hospitals(),
        at_transplant=staff.at_hospital(case.transplant_hospital, Role.TRANSPLANT_HOSPITAL, on=on),
        at_collection=staff.at_hospital(case.collection_hospital, Role.COLLECTION_HOSPITAL, on=on),
    )


def _as_it_stands(case: MatchCase) -> dict[str, Any]:
    people_on_it = [str(one.pk) for one in named.staff_on(case)]
    standing = {name: str(getattr(case, f"{name}_id") or "") for name in OFFICERS}
    seen = actions.stamp(case)
    return {**standing, "seen": seen, "at_transplant": people_on_it, "at_collection": people_on_it}
