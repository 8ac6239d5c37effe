"""The letters run: choose what is released, print letters and envelopes in one go, say they were posted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from foundation.pages.downloads import PDF, attachment
from foundation.papers import pdf
from notifications.care import actions, queries, showing, unsent
from notifications.care.work import Work
from notifications.channels import post
from notifications.channels.post.models import Paper
from notifications.plans.models import Touchpoint

P = Permission


@dataclass(frozen=True, slots=True)
class _Line:
    """One letter of the run: what of it, to whom, why it cannot be printed, the paper that lies there."""

    letter: post.Letter
    line: Any
    name: object
    paper: Paper | None

    @property
    def is_to_print(self) -> bool:
        """Whether no paper of it lies there for who is to have it."""
        return not self.letter.why and (self.paper is None or self.is_for_another)

    @property
    def is_to_post(self) -> bool:
        """Whether it lies printed, and is to be brought to the post."""
        return not self.letter.why and not self.is_to_print

    @property
    def why(self) -> unsent.Reason | None:
        """Why there is nothing to print."""
        return unsent.reason_of(_CODES.get(self.letter.why, self.letter.why)) if self.letter.why else None

    @property
    def is_for_another(self) -> bool:
        """Whether what lies printed is for somebody else: they died, or want no more, since."""
        to = self.letter.to
        return self.paper is not None and (to is None or to.subject.pk != self.paper.subject_id)


@requires(P.CARE_SEND)
@require_safe
def run(request: StaffRequest) -> HttpResponse:
    """Show the letters that are released and not posted, and what keeps one from being printed."""
    letters = _letters(request)
    names = showing.masked([letter.to.member if letter.to else None for letter in letters])
    today = timezone.localdate(request.at)
    shown = queries.lines_of([one.touchpoint for one in letters], today=today, language=get_language() or "")
    papers = post.papers_of(letter.touchpoint for letter in letters)
    lines = [
        _Line(letter, line, name, papers.get(letter.touchpoint.pk))
        for letter, line, name in zip(letters, shown, names, strict=True)
    ]
    strays = post.strays(request.scope, at=request.at)
    stray = [paper.touchpoint for paper in strays]
    context = {
        "lines": lines,
        "strays": queries.lines_of(stray, today=today, language=get_language() or ""),
        "to_print": sum(line.is_to_print for line in lines),
        "to_post": sum(line.is_to_post for line in lines),
        "envelopes": post.ENVELOPES,
        "today": today,
    }
    return render(request, "notifications/care/letters.html", context)


@requires(P.CARE_SEND)
@require_POST
def printed(request: StaffRequest) -> HttpResponse:
    """Return the chosen letters and their envelopes as one PDF; it is one's own work, and on the trail."""
    letters = _chosen(request)
    if not letters:
        return _none(request)
    envelope = request.POST.get("envelope", "")
    post.printed(letters, by=request.actor, at=request.at)
    try:
        paper = post.letters_pdf(letters, envelope=envelope)
    except pdf.NoPdf:
        return render(
            request, "notifications/post/letters_paper.html", post.pages(letters, envelope=envelope)
        )
    return attachment(paper, PDF, "letters.pdf")


@requires(P.CARE_SEND)
@require_POST
def posted(request: StaffRequest) -> HttpResponse:
    """Write down that the chosen letters were posted."""
    letters = _chosen(request)
    if not letters:
        return _none(request)
    with Attempt(request, None) as attempt:
        n = actions.posted(letters, by=request.actor, at=request.at)
    if attempt.ok:
        words = ngettext(
            "%(n)d letter is written down as posted.", "%(n)d letters are written down as posted.", n
        )
        messages.success(request, words % {"n": n})
    return redirect("care:letters")


@requires(P.CARE_SEND)
@require_POST
def gone(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that a printed letter was taken out of the pile."""
    _write_down(request, pk, post.take_out, _("It is out of the pile."))
    return redirect("care:letters")


@requires(P.CARE_SEND)
@require_POST
def came_back(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that a posted letter came back."""
    _write_down(request, pk, actions.came_back, _("It is written down. Ask them for another address."))
    return redirect("care:touchpoint", pk)


def _write_down(request: StaffRequest, pk: UUID, act: Callable[..., object], words: str) -> None:
    """Do what was pressed to the letter of a touchpoint of the scope, and say so."""
    touchpoint = get_object_or_404(queries.of_families(request.scope), pk=pk)
    with Attempt(request, None) as attempt:
        act(touchpoint, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, words)


def _letters(request: StaffRequest) -> list[post.Letter]:
    return post.letters_of(_waiting(request), at=request.at)


def _chosen(request: StaffRequest) -> list[post.Letter]:
    wanted = set(request.POST.getlist("letter"))
    chosen = [one for one in _waiting(request) if str(one.pk) in wanted]
    return [letter for letter in post.letters_of(chosen, at=request.at) if not letter.why]


def _waiting(request: StaffRequest) -> list[Touchpoint]:
    return queries.to_do(request.scope, Work.PRINT, today=timezone.localdate(request.at))


def _none(request: StaffRequest) -> HttpResponse:
    messages.error(request, _("Choose at least one letter."))
    return redirect("care:letters")


_CODES = {"field_missing": "field_empty"}
