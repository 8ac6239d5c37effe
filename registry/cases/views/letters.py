"""Letters between donor and recipient: who screens is not who wrote it down, and both stay anonymous."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation import trail, vault
from foundation.access import Permission, StaffRequest, requires
from foundation.desk.naming import Names
from foundation.pages import Attempt
from registry.cases import actions, letters, redaction
from registry.cases.actions.letters import known_of
from registry.cases.forms.after import LetterForm, Return, Screen
from registry.cases.models import Direction, Letter, LetterState
from registry.cases.views.common import act_page, crumbs, given_cases
from registry.donors import queries as donors

P = Permission
GOES_ON = (LetterState.SCREENED, LetterState.ASKED, LetterState.FORWARDED)


@requires(P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def of_case(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show the letters of a match, and take in one that came."""
    related = ("donor__subject", "patient")
    case = get_object_or_404(given_cases(request).select_related(*related), pk=pk)
    today = timezone.localdate(request.at)
    form = LetterForm(request.POST if request.method == "POST" else None, initial={"received_on": today})
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.receive_letter(case, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down. Somebody else screens it now."))
            return redirect("cases:letters", pk=case.pk)
    return act_page(
        request,
        case,
        form,
        title=_("Letters"),
        press=_("Take in the letter"),
        template="registry/cases/letters.html",
        rows=[(row, letters.KINDS[row.state]) for row in case.letters.order_by("-id")],
        wants=letters.donor_wants_letters(case),
        days=letters.delay_days(case.source),
    )


@requires(P.CASE_WORK, P.CASE_DECIDE)
@require_GET
def letter(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a letter: how far it is, what it says, what goes on; each look is written down."""
    found = _letter(request, pk)
    trail.record("letter.viewed", by=request.actor, at=request.at, object=found.case)
    names = Names.of([found.by_id, found.screened_by_id])
    context = {
        "letter": found,
        "case": found.case,
        "short": found.case.short_number,
        "name": donors.masked_names([found.case.donor])[0],
        "kind": letters.KINDS[found.state],
        "said": vault.open_one(found, "words", "redacted"),
        "entered_by": names.get(found.by_id),
        "screened_by": names.get(found.screened_by_id) if found.screened_by_id else "",
        "reason": letters.REASONS.get(found.returned_reason, ""),
        "missing": _missing(request, found),
        "mine": found.by_id == request.actor.id,
        "to_donor": found.direction == Direction.TO_DONOR,
        "crumbs": _crumbs(request, found, _("Letter")),
    }
    return render(request, "registry/cases/letter.html", context)


@requires(P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def screen(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Screen a letter beside suggestions of what may tell who wrote it, and write what goes on."""
    found = _letter(request, pk)
    trail.record("letter.viewed", by=request.actor, at=request.at, object=found.case)
    said = vault.open_one(found, "words", "redacted")
    words = said["words"] if isinstance(said["words"], str) else ""
    marked = redaction.marks(words, known=known_of(found.case))
    draft = said["redacted"] if isinstance(said["redacted"], str) else redaction.blanked(words, marked)
    form = Screen(request.POST if request.method == "POST" else None, initial={"redacted": draft})
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.screen_letter(found, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Screened. Now the reader is asked."))
            return redirect("cases:letter", pk=found.pk)
    title = _("Screen the letter")
    return act_page(
        request,
        found.case,
        form,
        title=title,
        press=_("This may go on"),
        template="registry/cases/screen.html",
        crumbs=_crumbs(request, found, title),
        back=reverse("cases:letter", args=[found.pk]),
        pieces=_pieces(words, marked),
        missing=[_("Somebody else than who wrote the letter down must screen it.")]
        if found.by_id == request.actor.id
        else [],
    )


@requires(P.CASE_WORK, P.CASE_DECIDE)
@require_POST
def wanted(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that the reader wants the letter."""
    return _pressed(request, pk, actions.ask_reader, _("The reader wants it. It goes on after its delay."))


@requires(P.CASE_WORK, P.CASE_DECIDE)
@require_POST
def forward(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that the letter went on."""
    return _pressed(request, pk, actions.forward_letter, _("Written down as sent on."))


@requires(P.CASE_WORK, P.CASE_DECIDE)
@require_http_methods(["GET", "POST"])
def send_back(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that the letter went back, and why."""
    found = _letter(request, pk)
    form = Return(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.return_letter(found, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down as returned."))
            return redirect("cases:letter", pk=found.pk)
    title = _("Return the letter")
    return act_page(
        request,
        found.case,
        form,
        title=title,
        crumbs=_crumbs(request, found, title),
        back=reverse("cases:letter", args=[found.pk]),
    )


@requires(P.CASE_WORK, P.CASE_DECIDE)
@require_GET
def paper(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show what goes on to the reader as a page that prints: the screened words, and nobody's name."""
    found = _letter(request, pk)
    if found.state not in GOES_ON:
        raise Http404
    trail.record("letter.printed", by=request.actor, at=request.at, object=found.case)
    context = {
        "to_donor": found.direction == Direction.TO_DONOR,
        "words": vault.open_one(found, "redacted")["redacted"],
        "back": reverse("cases:letter", args=[found.pk]),
    }
    return render(request, "registry/cases/letter_paper.html", context)


def _letter(request: StaffRequest, pk: UUID) -> Letter:
    related = (
        "case__donor__subject",
        "case__donor__service_branch",
        "case__patient__hospital",
        "case__transplant_hospital",
        "case__collection_hospital",
    )
    return get_object_or_404(Letter.objects.select_related(*related), pk=pk, case__in=given_cases(request))


def _missing(request: StaffRequest, found: Letter) -> list[str]:
    """Return what stands against the next step of a letter, before anyone presses it."""
    missing = []
    if found.state in {LetterState.SCREENED, LetterState.ASKED}:
        if found.direction == Direction.TO_DONOR and not letters.donor_wants_letters(found.case):
            missing.append(_("The donor's consent to letters is not in force."))
        if found.state == LetterState.ASKED and timezone.localdate(request.at) < found.not_before:
            day = {"day": f"{found.not_before:%Y-%m-%d}"}
            missing.append(_("By its route it goes on from %(day)s at the earliest.") % day)
    return missing


def _pieces(words: str, marked: list[redaction.Mark]) -> list[tuple[str, str]]:
    """Return the text in pieces, each with the kind of its mark, "" where it has none."""
    pieces, at = [], 0
    for mark in marked:
        pieces += [(words[at : mark.start], ""), (words[mark.start : mark.end], str(mark.kind))]
        at = mark.end
    return [*pieces, (words[at:], "")]


def _pressed(request: StaffRequest, pk: UUID, act: Callable[..., object], words: str) -> HttpResponse:
    found = _letter(request, pk)
    with Attempt(request) as attempt:
        act(found, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, words)
    return redirect("cases:letter", pk=found.pk)


def _crumbs(request: StaffRequest, found: Letter, title: str) -> list[tuple[str, str]]:
    way = crumbs(request, found.case, title)
    return [*way[:-1], (_("Letters"), reverse("cases:letters", args=[found.case_id])), way[-1]]
