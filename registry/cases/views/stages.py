"""Stages 2 and 3 of the consent, asked anew for each match."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consent import documents
from consent import queries as consents
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from registry.cases import actions, stages
from registry.cases.forms.stages import StageForm
from registry.cases.models import MatchCase
from registry.cases.outcomes import Side
from registry.cases.queries import stages as asked
from registry.cases.views.common import act_page, seen_case

P = Permission


@requires(P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def consent(request: StaffRequest, pk: UUID, stage: int) -> HttpResponse:
    """Explain point by point, read the text, ask back, have it witnessed and signed."""
    case = seen_case(request, pk)
    if stage not in stages.TEXTS:
        raise Http404
    form = _form(request, case, stage)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.agree_to_stage(case, stage, form.signed, form.session, by=request.actor, at=request.at)
        if attempt.ok:
            _say(request, form)
            return redirect("cases:detail", pk=case.pk)
    return act_page(
        request,
        case,
        form,
        title=str(asked.TITLES[stage]),
        press=_("Record the consent"),
        side=Side.DONOR,
        stage=stage,
        missing=stages.not_yet(case, stage, at=request.at),
        languages=documents.LANGUAGES,
        template="registry/cases/consent.html",
    )


def _form(request: StaffRequest, case: MatchCase, stage: int) -> StageForm:
    """Return the form in the donor's language, or in that which was chosen on the page."""
    text = consents.text_in_force(stages.TEXTS[stage], request.at)
    chosen = request.GET.get("language", "")
    own = case.donor.subject.language
    language = next((one for one in (chosen, own) if one in documents.LANGUAGES), documents.LANGUAGES[0])
    return StageForm(
        request.POST if request.method == "POST" else None,
        text=text,
        language=language,
        stage=stage,
        witnesses=asked.witnesses_for(case, besides=request.actor.id, at=request.at),
    )


def _say(request: StaffRequest, form: StageForm) -> None:
    if form.signed.evidence.in_force_at_once:
        messages.success(request, _("Recorded. It is in force for this match."))
    else:
        messages.info(
            request, _("Recorded. Bring the scan; a second person verifies it, and then it is in force.")
        )
