"""The list of answers, and one of them: its words, what it held, and what staff say it means."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation import trail, vault
from foundation.access import Permission, StaffRequest, requires
from foundation.moves import stops
from foundation.pages import Attempt, paginate
from notifications.answers import actions, forms, local_gateway, queries
from notifications.answers.models import Answer, AnswerState, Desk

WRONG = 422
_LIST = {Desk.FAMILIES: "answers:families", Desk.DONORS: "answers:donors"}
_ONE = {Desk.FAMILIES: "answers:of_family", Desk.DONORS: "answers:of_donor"}


@requires(Permission.FAMILY_EDIT)
@require_safe
def families(request: StaffRequest) -> HttpResponse:
    """List what families answered."""
    return _list(request, Desk.FAMILIES)


@requires(Permission.DONOR_EDIT)
@require_safe
def donors(request: StaffRequest) -> HttpResponse:
    """List what volunteers answered, and, at the top of the tree, who is not known."""
    return _list(request, Desk.DONORS)


@requires(Permission.FAMILY_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def of_family(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Read what one of a family answered, and say what it means."""
    return _one(request, Desk.FAMILIES, pk)


@requires(Permission.DONOR_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def of_donor(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Read what a volunteer answered, and say what it means."""
    return _one(request, Desk.DONORS, pk)


def _list(request: StaffRequest, desk: Desk) -> HttpResponse:
    form = forms.Filter(request.GET or None)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    found = queries.at_desk(desk, request.scope).filter(state=state or AnswerState.OPEN)
    page = paginate(found, request.GET, key="-id", per=50)
    names = queries.names_of(answer.subject_id for answer in page.items)
    rows = [
        {
            "answer": answer,
            "person": names.get(answer.subject_id) if answer.subject_id else None,
            "url": reverse(_ONE[desk], args=[answer.pk]),
        }
        for answer in page.items
    ]
    template = "notifications/answers/list.html"
    context = {"form": form, "page": page, "rows": rows, "of": desk.label, "settled": bool(state)}
    context["phone"] = local_gateway.folder() is not None
    response = render(request, f"{template}#rows" if request.htmx else template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _one(request: StaffRequest, desk: Desk, pk: UUID) -> HttpResponse:
    found = queries.at_desk(desk, request.scope).select_related("subject", "message__touchpoint__step")
    answer = get_object_or_404(found, pk=pk)
    people, held = queries.people_of(answer, request.scope), queries.held_by(answer)
    kind = forms.Settle if people else forms.SettleOfNobody
    form = kind(
        request.POST if request.method == "POST" else None, kind=answer.kind, people=people, held=len(held)
    )
    if request.method == "POST" and form.is_valid() and _settled(request, answer, form):
        return redirect(_LIST[desk])
    trail.record("answer.viewed", by=request.actor, at=request.at, object=answer)
    opened = vault.open_one(answer, "words", "sender")
    context: dict[str, Any] = {
        "answer": answer,
        "words": opened["words"],
        "sender": opened["sender"],
        "people": people,
        "held": [(row, queries.words_of(row)) for row in held],
        "form": form,
        "answers_to": queries.name_of(answer.message.wording) if answer.message else "",
        "crumbs": [(_("Answers"), reverse(_LIST[desk])), (_("One answer"), "")],
    }
    return render(request, "notifications/answers/one.html", context, status=WRONG if form.errors else 200)


def _settled(request: StaffRequest, answer: Answer, form: forms.Settle) -> bool:
    with Attempt(request, form) as attempt:
        stopped = actions.settle(answer, form.said(), by=request.actor, at=request.at)
    if not attempt.ok:
        return False
    if any(stop.remains for stop in stops.settle_all(stopped, at=request.at)):
        messages.warning(request, _("Settled. One message was being handed over already."))
    else:
        messages.success(request, _("Settled."))
    return True
