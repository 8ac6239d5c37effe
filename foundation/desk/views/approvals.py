"""What waits for a second person: mine to answer, and mine that others answer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation import approvals
from foundation.access import StaffRequest, actor_for, may, signed_in
from foundation.approvals import Approval
from foundation.desk.forms.approvals import Decide
from foundation.desk.naming import Names
from foundation.pages import Attempt, paginate
from foundation.trail import Actor

RECENT = 20


@require_safe
@signed_in
def waiting(request: StaffRequest) -> HttpResponse:
    """List what waits for this person's answer, and what they asked themself."""
    page = paginate(approvals.waiting_for(request.staff, at=request.at), request.GET)
    mine = list(approvals.asked_by(request.staff)[:RECENT])
    names = Names.of([row.by_id for row in page.items] + [row.decided_by_id for row in mine])
    context = {
        "page": page,
        "waiting": [_shown(row, names) for row in page.items],
        "mine": [_shown(row, names) for row in mine],
        "now": request.at,
    }
    return render(request, "foundation/approvals/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def one(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show one question, and answer it with a reason."""
    approval = get_object_or_404(approvals.seen_by(request.staff, at=request.at), pk=pk)
    form = Decide(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        with Attempt(request, form, verb="approval.denied") as attempt:
            approvals.decide(
                approval,
                yes=typed["decision"] == approvals.Decision.YES,
                answer=typed["answer"],
                by=_answering(request, approval),
                at=request.at,
            )
        if attempt.ok:
            messages.success(request, _("Your answer is written down."))
            return redirect("desk:approvals")
    names = Names.of([approval.by_id, approval.decided_by_id])
    can_answer = not approval.decision and approvals.may_decide(approval, by=request.actor, at=request.at)
    context = {
        "form": form,
        "approval": approval,
        "shown": _shown(approval, names),
        "can_answer": can_answer and approval.until > request.at,
        "own": approval.by_id == str(request.staff.pk),
    }
    status = 422 if form.errors else 200
    return render(request, "foundation/approvals/detail.html", context, status=status)


@require_POST
@signed_in
def take_back(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take one's own question back."""
    approval = get_object_or_404(approvals.asked_by(request.staff), pk=pk)
    with Attempt(request) as attempt:
        approvals.take_back(approval, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("Taken back. Nobody is asked any more."))
    return redirect("desk:approvals")


def _answering(request: StaffRequest, approval: Approval) -> Actor:
    """Return the person in the narrowest of their roles that lets them answer here."""
    for permission in approvals.kind_of(approval.kind).permissions:
        for path in approval.branch_paths:
            actor = actor_for(request.staff.pk, permission, at=request.at, path=path)
            if actor.role and may(actor, permission, on=approval, at=request.at):
                return actor
    return request.actor


def _shown(row: Approval, names: Names) -> dict[str, object]:
    """Return a question as the page tells it."""
    kind = approvals.kind_of(row.kind)
    return {
        "row": row,
        "label": kind.label,
        "words": kind.describe(row),
        "url": kind.leads_to(row),
        "asked_by": names.get(row.by_id),
        "decided_by": names.get(row.decided_by_id),
    }
