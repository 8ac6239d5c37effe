"""The letters run: choose what is released, print letters and envelopes in one go, say they were posted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
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
from foundation.pages.attempt import write_down
from foundation.pages.downloads import PDF, attachment
from foundation.papers import pdf
from notifications.care import actions, queries, showing, unsent
from notifications.care.ticked import ids_of
from notifications.care.work import Work
from notifications.channels import post
from notifications.channels.post.models import Paper
from notifications.plans.models import Touchpoint

P = Permission


@dataclass(frozen=True, slots=True)
class _Line:
    """
    One letter of the run: what of it, to whom, why it cannot be printed, the paper that lies there.

    ``wrong`` says why it was refused; ``is_ticked`` then is what was ticked.
    """

    letter: post.Letter
    line: Any
    name: object
    paper: Paper | None
    wrong: str = ""
    is_ticked: bool = False

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
    return _page(request)


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
    """Write down that the chosen letters were posted, all of them or none."""
    ticked = ids_of(request.POST.getlist("letter"))
    letters = list(queries.of_families(request.scope).filter(pk__in=ticked))
    if not letters:
        return _none(request)
    with Attempt(request, None) as attempt:
        try:
            n = post.posted_as_printed(letters, by=request.actor, at=request.at)
        except post.NotAsPrinted as refused:  # said at the lines, and in the summary
            write_down(request, refused)
            return _page(request, wrong=refused.wrong, ticked=ticked)
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


def _page(
    request: StaffRequest, *, wrong: Mapping[UUID, str] | None = None, ticked: Collection[UUID] = ()
) -> HttpResponse:
    """
    Show the letters of the run.

    :param wrong: why some could not be written down, by touchpoint; then what was ticked stays so.
    """
    lines, today = _lines(request, wrong or {}), timezone.localdate(request.at)
    to_print = sum(line.is_to_print for line in lines)
    if wrong:
        lines = [replace(line, is_ticked=line.letter.touchpoint.pk in ticked) for line in lines]
    else:
        lines = [replace(line, is_ticked=line.is_to_print or not to_print) for line in lines]
    stray = [paper.touchpoint for paper in post.strays(request.scope, at=request.at)]
    there = {line.letter.touchpoint.pk for line in lines}
    gone = queries.of_families(request.scope).filter(pk__in=[pk for pk in wrong or {} if pk not in there])
    context = {
        "lines": lines,
        "strays": _shown(stray, today),
        "refused": bool(wrong),
        "gone": [(line, (wrong or {})[line.touchpoint.pk]) for line in _shown(list(gone), today)],
        "to_print": to_print,
        "to_post": sum(line.is_to_post for line in lines),
        "envelopes": post.ENVELOPES,
        "today": today,
    }
    return render(request, "notifications/care/letters.html", context, status=422 if wrong else 200)


def _lines(request: StaffRequest, wrong: Mapping[UUID, str]) -> list[_Line]:
    letters = post.letters_of(_waiting(request), at=request.at)
    names = showing.masked([letter.to.member if letter.to else None for letter in letters])
    shown = _shown([one.touchpoint for one in letters], timezone.localdate(request.at))
    papers = post.papers_of(letter.touchpoint for letter in letters)
    return [
        _Line(letter, line, name, papers.get(letter.touchpoint.pk), wrong.get(letter.touchpoint.pk, ""))
        for letter, line, name in zip(letters, shown, names, strict=True)
    ]


def _shown(touchpoints: Sequence[Touchpoint], today: date) -> list[queries.Line]:
    return queries.lines_of(touchpoints, today=today, language=get_language() or "")


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
