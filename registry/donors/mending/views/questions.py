"""Questions that other branches' desks ask about our donors, and the answers to our own."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from registry.donors import queries
from registry.donors.actions.questions import answer_question
from registry.donors.mending import forms
from registry.donors.models import BranchQuestion
from registry.donors.queries.page import kind_of
from registry.donors.views.common import crumbs, short

MINE_SHOWN = 20


@requires(Permission.DONOR_EDIT)
@require_GET
def questions(request: StaffRequest) -> HttpResponse:
    """List what other desks ask about our donors, and how our own questions were answered."""
    found = BranchQuestion.objects.visible_to(request.scope).open().select_related("donor", "branch")
    page = paginate(found, request.GET)
    donors = [one.donor for one in page.items]
    rows = [
        {"question": one, "name": name, "short": short(one.donor), "kind": kind_of(one.donor.state)}
        for one, name in zip(page.items, queries.masked_names(donors), strict=True)
    ]
    mine = BranchQuestion.objects.filter(by_id=str(request.staff.pk)).order_by("-id")[:MINE_SHOWN]
    context = {"page": page, "rows": rows, "mine": list(mine), "crumbs": crumbs(None, (_("Questions"), ""))}
    return render(request, "registry/donors/mending/questions.html", context)


@requires(Permission.DONOR_EDIT)
@require_http_methods(["GET", "POST"])
def answer(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Answer one question; the donor's page and call stand beside it."""
    rows = BranchQuestion.objects.visible_to(request.scope).select_related("donor", "branch")
    question = get_object_or_404(rows, pk=pk)
    form = forms.AnswerQuestion(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            answer_question(question, answer=form.cleaned_data["answer"], by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Answered. Nothing of the record went along."))
            return redirect("donors:questions")
        question = get_object_or_404(rows, pk=pk)  # a colleague was first: their answer stands there
    context = {
        "question": question,
        "donor": question.donor,
        "name": queries.masked_names([question.donor])[0],
        "form": form,
        "crumbs": crumbs(question.donor, (_("Question"), "")),
    }
    return render(request, "registry/donors/mending/answer.html", context, status=422 if form.errors else 200)
