"""Single acts on a case: the next step, a pause, more time, the end, a note, taking it over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation import calendar, moves
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, RelayForm
from registry.cases import actions, fitting, mends, outcomes
from registry.cases.actions import people
from registry.cases.ahead import NEXT, PRESSED
from registry.cases.forms import acts as forms
from registry.cases.forms.facts import FactForm
from registry.cases.models import MatchCase
from registry.cases.queries import closing, standing
from registry.cases.views.common import act_page, seen_case
from registry.cases.views.detail import page
from registry.cases.views.facts import taken_in

P = Permission


@requires(P.CASE_WORK, P.CASE_CONTACT)
@require_POST
def advance(request: StaffRequest, pk: UUID, move: str) -> HttpResponse:
    """Take a case one step further; what stands against it stands on the case's page."""
    case = seen_case(request, pk)
    form = FactForm(request.POST)
    form.is_valid()
    with Attempt(request, form) as attempt:
        _check_is_pressed(case, move)
        actions.advance(case, move, by=request.actor, at=request.at)
    if not attempt.ok:
        return page(request, case, form=form)
    messages.success(request, _("Done. What comes next stands below."))
    return redirect("cases:detail", pk=case.pk)


def _check_is_pressed(case: MatchCase, move: str) -> None:
    """Refuse a step that no button stands for: it has a page of its own, or does not start here."""
    if move in PRESSED:
        return
    step = NEXT.get(case.state)
    if step is not None and step.move == move:
        raise moves.Refused([_("This step asks for more than a button. Open its page.")], move=move)
    raise moves.WrongState(move=move, state=str(case.state))


@requires(P.CASE_WORK)
@require_POST
def take(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take a case into one's own hands."""
    case = seen_case(request, pk)
    form = FactForm(request.POST)
    form.is_valid()
    with Attempt(request, form) as attempt:
        people.take(case, by=request.actor, at=request.at)
    if not attempt.ok:
        return page(request, case, form=form)
    messages.success(request, _("The match is in your hands."))
    return redirect("cases:detail", pk=case.pk)


@requires(P.CASE_WORK)
@require_http_methods(["GET", "POST"])
def postpone(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let a case wait until a day."""
    case = seen_case(request, pk)
    form = forms.Postpone(request.POST if request.method == "POST" else None)
    explained = _("The match waits until the day you choose. Days that were set are set anew afterwards.")
    return taken_in(
        request,
        case,
        form,
        actions.postpone,
        _("Postponed."),
        title=_("Postpone"),
        explained=explained,
        missing=_missing(request, case, "postpone"),
    )


@requires(P.CASE_WORK)
@require_http_methods(["GET", "POST"])
def resume(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Go on where a case stood before it was postponed."""
    case = seen_case(request, pk)
    form = FactForm(request.POST if request.method == "POST" else None)
    explained = _("The match goes on where it stood. What that asks for is asked again.")
    return taken_in(
        request,
        case,
        form,
        actions.resume,
        _("The match goes on."),
        title=_("Go on with the match"),
        explained=explained,
        missing=_missing(request, case, "resume"),
    )


@requires(P.CASE_WORK)
@require_http_methods(["GET", "POST"])
def extend(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Keep the donor longer: a person's decision, with its reason."""
    case = seen_case(request, pk)
    latest = _latest(case, timezone.localdate(request.at))
    form = forms.Extend(request.POST if request.method == "POST" else None, latest=f"{latest:%Y-%m-%d}")
    explained = _("The donor is kept for this patient until %(day)s.") % {
        "day": f"{case.clock_ends_on:%Y-%m-%d}"
    }
    return taken_in(
        request,
        case,
        form,
        actions.extend,
        _("The reservation lasts longer."),
        title=_("Extend the reservation"),
        explained=explained,
    )


@requires(P.CASE_WORK, P.CASE_CONTACT)
@require_http_methods(["GET", "POST"])
def note(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Keep words beside a case."""
    case = seen_case(request, pk)
    form = forms.Note(request.POST if request.method == "POST" else None)
    title, press = _("Write a note"), _("Write down")
    return taken_in(request, case, form, people.add_note, _("Written down."), title=title, press=press)


@requires(P.CASE_WORK)
@require_http_methods(["GET", "POST"])
def close(request: StaffRequest, pk: UUID) -> HttpResponse:
    """End a case: first how, then what follows, then the button."""
    case = seen_case(request, pk)
    said = request.GET if request.method == "GET" else request.POST
    asked = _outcome(request, case, said)
    outcome = asked.cleaned_data["outcome"] if asked.is_valid() else ""
    if not outcome:
        return _close_page(request, case, asked, "", others="other" in said)
    form = forms.Close(request.POST if request.method == "POST" else None, initial={"outcome": outcome})
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.close(case, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("The match is closed."))
            return redirect("cases:detail", pk=case.pk)
    return _close_page(request, case, form, outcome)


def _outcome(request: StaffRequest, case: MatchCase, said: QueryDict) -> forms.Outcome:
    """Return the question how it ended: with what fits, or with all that can be; the act itself refuses."""
    stands = closing.stands(case, by=request.actor, at=request.at)
    codes: Collection[str] = fitting.possible(stands) if "other" in said else fitting.fit(stands)
    if said.get("outcome"):
        codes = outcomes.CODES
    return forms.Outcome(said if "outcome" in said else None, codes=codes)


def _close_page(
    request: StaffRequest, case: MatchCase, form: RelayForm, outcome: str, *, others: bool = False
) -> HttpResponse:
    return act_page(
        request,
        case,
        form,
        title=_("Close the match"),
        danger=True,
        chosen=dict(outcomes.CHOICES).get(outcome, ""),
        follows=closing.follows(case, outcome) if outcome else [],
        missing=_missing(request, case, "close"),
        others=others,
        template="registry/cases/close.html",
    )


def _missing(request: StaffRequest, case: MatchCase, move: str) -> list[mends.Need]:
    """Return what stands against a move before anyone presses, with where it is mended."""
    missing = moves.missing(case, move, by=request.actor, at=request.at)
    if missing is None:
        return [mends.Need(_("This is not possible in the present state."))]
    asked = [guard.sentence for guard in standing.rule_of(case, move).guards if not guard.when_given]
    return mends.needs(case, asked, missing, all_of_it=False)


def _latest(case: MatchCase, today: date) -> date:
    begins = max(today, case.clock_ends_on)
    return calendar.add_working_days(begins, settings.CASE_EXTENSION_WORKING_DAYS_MOST)
