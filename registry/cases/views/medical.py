"""Findings about the donor of a match, and what the medical reviewer makes of them."""

from __future__ import annotations

from functools import partial
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import paginate
from registry.cases import actions, fitness
from registry.cases.forms import medical as forms
from registry.cases.hospitals import Hospital
from registry.cases.models import FindingKind, MatchCase
from registry.cases.outcomes import Side
from registry.cases.queries import medical as asked
from registry.cases.states import RED_ZONE
from registry.cases.views.common import crumbs, may, seen_case
from registry.cases.views.facts import case_for, taken_in
from registry.donors import queries as donors

P = Permission
BACK: Final = "cases:findings"
FORMS: Final[dict[str, Any]] = {
    FindingKind.EXAMINATION: (forms.Examination, gettext_lazy("Examination")),
    FindingKind.MARKERS: (forms.Markers, gettext_lazy("Infection markers")),
    FindingKind.PREGNANCY: (forms.Pregnancy, gettext_lazy("Pregnancy test")),
}


@requires(P.CASE_CLEAR)
@require_GET
def to_clear(request: StaffRequest) -> HttpResponse:
    """List the matches that wait for the medical reviewer."""
    today = timezone.localdate(request.at)
    waiting = asked.to_look_at(request.scope, today=today).select_related("donor")
    page = paginate(waiting, request.GET, key="-id", per=50)
    names = donors.masked_names([case.donor for case in page.items])
    rows = [
        (case, name, case.short_number, fitness.age_of_markers(case, on=today))
        for case, name in zip(page.items, names, strict=True)
    ]
    context = {"page": page, "rows": rows}
    return render(request, "registry/cases/to_clear.html", context)


@requires(P.MEDICAL_VIEW, P.CASE_VIEW)
@require_GET
def findings(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show what was found; results and words to who may see them, and each such look is written down."""
    case = seen_case(request, pk)
    if may(request, case, P.MEDICAL_VIEW):
        trail.record("case.findings_viewed", by=request.actor, at=request.at, object=case)
    return render(request, "registry/cases/findings.html", _context(request, case))


@requires(P.CASE_CLEAR, P.CASE_FACTS)
@require_http_methods(["GET", "POST"])
def finding(request: StaffRequest, pk: UUID, kind: str) -> HttpResponse:
    """Enter one finding: the reviewer, or the hospital that collects of its own donor."""
    case = case_for(request, pk, or_of=Hospital.COLLECTION)
    if kind.upper() not in FORMS or (kind == "pregnancy" and case.donor.sex != "F"):
        raise Http404
    wanted, title = FORMS[kind.upper()]
    form = wanted(request.POST if request.method == "POST" else None)
    return taken_in(
        request,
        case,
        form,
        partial(actions.record_finding, kind=kind.upper()),
        _("Written down."),
        to=BACK,
        title=str(title),
        side=Side.DONOR,
        explained=_warning(case),
        press=_("Write down"),
    )


@requires(P.CASE_CLEAR)
@require_http_methods(["GET", "POST"])
def clear(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Clear, defer or exclude the donor of a match on medical grounds."""
    case = seen_case(request, pk)
    form = forms.Clear(request.POST if request.method == "POST" else None)
    return taken_in(
        request,
        case,
        form,
        _decide,
        _("Your decision is written down."),
        to=BACK,
        title=_("Medical clearance"),
        side=Side.DONOR,
        press=_("Write down"),
        lacks=actions.missing_for_clearance(case, on=timezone.localdate(request.at)),
        template="registry/cases/clear.html",
    )


def _decide(
    case: MatchCase, *, verdict: str, temporary: str, until: Any, permanent: str, **said: Any
) -> None:
    if verdict == "clear":
        actions.clear(case, **said)
    elif verdict == "defer":
        actions.defer(case, reason=temporary, until=until, **said)
    else:
        actions.exclude(case, reason=permanent, **said)


def _warning(case: MatchCase) -> str:
    if case.state in RED_ZONE:
        return _("Conditioning has begun. A finding that is not fit calls everybody of this match at once.")
    return _("A finding that is not fit lifts the medical clearance at once.")


def _context(request: StaffRequest, case: MatchCase) -> dict[str, Any]:
    today = timezone.localdate(request.at)
    return {
        "case": case,
        "short": case.short_number,
        "name": donors.masked_names([case.donor])[0],
        "crumbs": crumbs(request, case, _("Findings")),
        "findings": asked.findings_of(case, opened=may(request, case, P.MEDICAL_VIEW)),
        "age": fitness.age_of_markers(case, on=today),
        "health": asked.health_check_of(case),
        "lacks": actions.missing_for_clearance(case, on=today),
        "can_clear": may(request, case, P.CASE_CLEAR),
        "sees_words": may(request, case, P.MEDICAL_VIEW),
        "female": case.donor.sex == "F",
    }
