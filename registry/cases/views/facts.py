"""What pages share on which officers and hospitals enter facts: a hospital sees codes, of its own case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from foundation import moves
from foundation.access import StaffRequest
from foundation.pages import Attempt
from registry.cases import sides
from registry.cases.forms.facts import FactForm
from registry.cases.hospitals import Hospital, side_of, speaks_for_one
from registry.cases.models import MatchCase
from registry.cases.outcomes import Side
from registry.cases.states import CaseState
from registry.cases.views.common import act_page, seen_case


def case_for(request: StaffRequest, pk: UUID, *, or_of: Hospital) -> MatchCase:
    """
    Return a case of the request's scope; a hospital's only where it is that hospital's.

    Who speaks for the other hospital of the same match finds nothing: each enters only its facts.
    """
    case = seen_case(request, pk)
    if speaks_for_one(request.actor) and side_of(case, request.actor) != or_of:
        raise Http404
    return case


def taken_in(
    request: StaffRequest,
    case: MatchCase,
    form: FactForm,
    act: Callable[..., object],
    said: str,
    *,
    to: str = "",
    **shown: Any,
) -> HttpResponse:
    """
    Do what a form asks and go back; or show its page, with what was wrong.

    :param act: takes the case and the form's facts; what refuses it stands on the page.
    :param said: once it is done.
    :param to: the page of the case to go back to, where it is not the first one.
    :param shown: what ``fact_page`` shows.
    """
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            act(case, **form.facts, by=request.actor, at=request.at)
        if attempt.ok:
            return done(request, case, said, to=to)
    return fact_page(request, case, form, to=to, **shown)


def fact_page(
    request: StaffRequest,
    case: MatchCase,
    form: FactForm,
    *,
    title: str,
    explained: str | Promise = "",
    to: str = "",
    side: Side | None = None,
    **more: Any,
) -> HttpResponse:
    """Show the page on which one fact is entered; to a hospital without the donor's name, masked or not."""
    back = back_to(request, case, to)
    if not speaks_for_one(request.actor):
        return act_page(request, case, form, title=title, explained=explained, back=back, side=side, **more)
    if side is not None and (against := sides.stands_against(case, side, by=request.actor)):
        more["missing"] = against
    context = {
        "case": case,
        "short": case.short_number,
        "form": form,
        "title": title,
        "explained": explained,
        "back": back,
        "crumbs": [
            (_("Cases of your hospital"), reverse("cases:hospital")),
            (case.short_number, back),
            (title, ""),
        ],
        **more,
    }
    status = 422 if form.errors else 200
    return render(request, "registry/cases/hospital_fact.html", context, status=status)


def back_to(request: StaffRequest, case: MatchCase, name: str = "") -> str:
    """Return the page from which somebody came: the case, or the hospital's own page of it."""
    page = "cases:hospital-case" if speaks_for_one(request.actor) else name or "cases:detail"
    return reverse(page, args=[case.pk])


def done(request: StaffRequest, case: MatchCase, words: str, *, to: str = "") -> HttpResponse:
    """Say that something was written down, and go back."""
    messages.success(request, words)
    return redirect(back_to(request, case, to))


def only_in(case: MatchCase, *states: CaseState) -> list[str | Promise]:
    """Return why a page has nothing to do at present; nothing where the case stands there."""
    if case.state in states:
        return []
    words = _("This is entered while the match stands at “%(states)s”. It stands at “%(now)s”.")
    named = " / ".join(str(state.label) for state in states)
    return [words % {"states": named, "now": case.get_state_display()}]


def not_from_here(move: str, case: MatchCase) -> list[str | Promise]:
    """Return the sentence of a move that does not start from where the case stands."""
    return list(moves.WrongState(move=move, state=str(case.state)).sentences)
