"""Enrol a volunteer, one step a page, over a sealed draft that keeps everything that was typed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consent.forms import LinesForm
from foundation.access import Permission, StaffRequest, requires
from foundation.ids import uuid7
from foundation.pages import Attempt, RelayForm
from registry.donors.actions import doors
from registry.donors.mending.forms import AskBranch
from registry.drives.actions import drafts
from registry.drives.actions.enrolment import AlreadyRegistered, enrol
from registry.drives.answers import ASKED, Answer, Answers, as_data
from registry.drives.forms.document import DocumentForm, words_of
from registry.drives.models import Draft, Drive
from registry.drives.own_forms import actions as own_forms
from registry.drives.states import DriveState, Step
from registry.drives.views import steps
from registry.drives.views.fetching import draft_of, drive_of, may_enrol

WRONG = 422  # the page comes back with what was typed and what is wrong


@requires(Permission.DONOR_ENROL, Permission.ENROL_ASSIST)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show the first step; the draft begins when it is sent, once, however often that is."""
    drive = drive_of(request, pk)
    if drive.state != DriveState.OPEN:
        messages.warning(request, _("This drive is not open. Open it first."))
        return redirect("drives:board", pk=drive.pk)
    page = steps.PAGES[Step.DOCUMENT]
    if request.method != "POST":
        form = page.make(request, drive, Answers(), None)
        return _page(request, drive, page, form, Answers(), draft_id=uuid7())
    draft = drafts.begin(
        drive,
        draft_id=_draft_id(request),
        staff=request.staff,
        language=request.LANGUAGE_CODE,
        by=request.actor,
        at=request.at,
    )
    return _answer(request, draft_of(request, drive.pk, draft.pk), page)


@requires(Permission.DONOR_ENROL, Permission.ENROL_ASSIST)
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: StaffRequest, pk: UUID, draft_id: UUID, name: str) -> HttpResponse:
    """Show or take one step. A step whose forerunners are open leads back to the first of them."""
    draft = draft_of(request, pk, draft_id)
    if draft.donor_id is not None:
        return redirect("drives:done", pk=pk, draft_id=draft.pk)
    page = steps.page_of(Step(name), draft)
    if not may_enrol(request, draft.drive) and page.step not in steps.ASSISTED:
        return redirect("drives:handed_on", pk=pk, draft_id=draft.pk)
    answers = drafts.read(draft)
    if earlier := _open_before(page.step, answers, draft, confirms=may_enrol(request, draft.drive)):
        return _to(draft, earlier)
    with Attempt(request):  # there may be no consent text in force
        if request.method == "POST":
            return _answer(request, draft, page)
        return _page(
            request, draft.drive, page, steps.shown(page, request, draft.drive, answers), answers, draft=draft
        )
    return redirect("drives:board", pk=pk)


@requires(Permission.DONOR_ENROL, Permission.ENROL_ASSIST)
@require_POST
def discard(request: StaffRequest, pk: UUID, draft_id: UUID) -> HttpResponse:
    """Throw the draft away: nothing of the volunteer is kept."""
    draft = draft_of(request, pk, draft_id)
    drafts.discard(draft, by=request.actor, at=request.at)
    messages.success(request, _("Nothing was kept."))
    return redirect("drives:board", pk=pk)


@requires(Permission.DONOR_ENROL, Permission.ENROL_ASSIST)
@require_POST
def ask_branch(request: StaffRequest, pk: UUID, draft_id: UUID) -> HttpResponse:
    """Ask the branch that holds this person's record to ring them; the draft is thrown away."""
    draft = draft_of(request, pk, draft_id)
    typed = drafts.read(draft).typed(Step.DOCUMENT)
    form = DocumentForm(as_data(typed or {}), on=steps.today(request))
    form.is_valid()
    said = AskBranch(request.POST, prefix="ask")
    if not said.is_valid():
        form.is_registered, form.ask = True, said  # type: ignore[attr-defined]
        return _page(request, draft.drive, steps.PAGES[Step.DOCUMENT], form, drafts.read(draft), draft=draft)
    with Attempt(request) as attempt:
        if form.document is not None:
            doors.ask_its_branch(
                form.document.kind,
                form.document.number,
                **said.cleaned_data,
                place=draft.drive.name,
                on=draft.drive.branch,
                by=request.actor,
                at=request.at,
            )
        drafts.discard(draft, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("Their branch was asked and will ring them. Nothing was kept here."))
    return redirect("drives:board", pk=pk)


def _draft_id(request: StaffRequest) -> UUID:
    """Return the id the page proposed, so that a form sent twice makes one draft."""
    try:
        return UUID(request.POST.get("draft", ""))
    except ValueError:
        return uuid7()


def _answer(request: StaffRequest, draft: Draft, page: steps.Page) -> HttpResponse:
    if draft.donor_id is not None:
        return redirect("drives:done", pk=draft.drive_id, draft_id=draft.pk)
    answers = drafts.read(draft)
    form = page.make(request, draft.drive, answers, request.POST)
    then = request.POST.get("then", "")
    if then in {"later", "back", "keep"}:
        return _put_aside(request, draft, page, form, then)
    right = form.is_valid() and _may_go_on(request, page, form)
    facts = page.facts(form) if right else None
    drive, answer = draft.drive, Answer(steps.as_typed(request.POST, form), facts)
    draft = drafts.keep(draft, page.step, answer, at=request.at)
    draft.drive = drive
    if not right:
        return _page(request, draft.drive, page, form, answers, draft=draft)
    if page is steps.SEEN_DOCUMENT and may_enrol(request, drive):
        own_forms.confirm(draft, by=request.actor, at=request.at)
        return _to(draft, drafts.read(draft).first_open or Step.TUBE)
    if page.step == Step.TUBE:
        return _finish(request, draft, page, form)
    return _go_on(request, draft, page)


def _put_aside(
    request: StaffRequest, draft: Draft, page: steps.Page, form: RelayForm, then: str
) -> HttpResponse:
    """Keep what was typed without judging it."""
    typed = steps.as_typed(request.POST, form)
    answers = drafts.read(draft)
    facts = answers.facts(page.step) or None if answers.typed(page.step) == typed else None
    drafts.keep(draft, page.step, Answer(typed, facts), at=request.at)
    if then == "keep":
        there = reverse("drives:step", args=[draft.drive_id, draft.pk, page.step.value])
        return HttpResponse(status=204, headers={"Content-Location": there})
    if then == "back" and page.before is not None:
        return _to(draft, page.before)
    messages.success(
        request, _("Kept under number {number}. Go on whenever you like.").format(number=draft.number)
    )
    return redirect("drives:board", pk=draft.drive_id)


def _may_go_on(request: StaffRequest, page: steps.Page, form: Any) -> bool:
    """Ask what no form knows: is this document registered already; is this the text that was read?"""
    if page.step == Step.CONSENTS and request.POST.get("text", str(form.text.pk)) != str(form.text.pk):
        form.add_error(None, _("The text was replaced a moment ago. Read it again, please."))
        return False
    if page.step != Step.DOCUMENT:
        return True
    with Attempt(request, form, verb="draft.refused") as attempt:
        document = form.document
        if doors.is_registered(document.kind, document.number, by=request.actor, at=request.at):
            form.is_registered = True  # the page offers to ask the branch that knows them
            raise AlreadyRegistered
    return attempt.ok


def _finish(request: StaffRequest, draft: Draft, page: steps.Page, form: RelayForm) -> HttpResponse:
    answers = drafts.read(draft)
    if answers.first_open is not None:
        return _to(draft, answers.first_open)
    with Attempt(request, form, verb="draft.refused") as attempt:
        enrol(draft, by=request.actor, at=request.at)
    if attempt.ok:
        return redirect("drives:done", pk=draft.drive_id, draft_id=draft.pk)
    return _page(request, draft.drive, page, form, answers, draft=draft)


def _go_on(request: StaffRequest, draft: Draft, page: steps.Page) -> HttpResponse:
    if page.after not in steps.ASSISTED and not may_enrol(request, draft.drive):
        return redirect("drives:handed_on", pk=draft.drive_id, draft_id=draft.pk)
    return _to(draft, page.after)


def _to(draft: Draft, name: Step) -> HttpResponse:
    return redirect("drives:step", pk=draft.drive_id, draft_id=draft.pk, name=name.value)


def _open_before(name: Step, answers: Answers, draft: Draft, *, confirms: bool) -> Step | None:
    """Return the first open step before this one; who enrols sees the document of an own form first."""
    earlier = ASKED[: ASKED.index(name)]
    if earlier and confirms and draft.wants_to_be_seen:
        return Step.DOCUMENT
    return next((one for one in earlier if not answers.is_done(one)), None)


def _page(
    request: StaffRequest,
    drive: Drive,
    page: steps.Page,
    form: RelayForm,
    answers: Answers,
    *,
    draft: Draft | None = None,
    draft_id: UUID | None = None,
) -> HttpResponse:
    _put_the_cursor_in(form)
    read = words_of(answers.facts(Step.DOCUMENT), on=steps.today(request))
    context = {
        "drive": drive,
        "draft": draft,
        "draft_id": draft.pk if draft else draft_id,
        "page": page,
        "steps": len(Step),
        "form": form,
        "read": read,
        "not_today": getattr(form, "not_today", None),
        "is_registered": getattr(form, "is_registered", False),
        "ask": getattr(form, "ask", None) or AskBranch(prefix="ask", initial=_heard(answers)),
        "sender": {"name": drive.branch.name, "phone": drive.branch.phone},
        "aloud": request.GET.get("size") == "aloud",
    }
    return render(request, page.template, context, status=WRONG if form.errors else 200)


def _heard(answers: Answers) -> dict[str, str]:
    """Return the number a volunteer wrote into their own form, to be handed on to their branch."""
    return {"phone": answers.facts(Step.CONTACTS).get("phone", "")}


def _put_the_cursor_in(form: RelayForm) -> None:
    """
    Let typing begin at once, in the first field.

    Not where a text is to be read first, and not where the summary of what is wrong takes the focus.
    """
    first = next(iter(form.visible_fields()), None)
    if first is not None and not form.errors and not isinstance(form, LinesForm):
        first.field.widget.attrs["autofocus"] = True
