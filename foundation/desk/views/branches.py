"""The tree of branches and the organisations beside it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from foundation.access import Branch, BranchKind, Permission, RoleAt, StaffRequest, branches, login, requires
from foundation.access.scopes import LEVEL_DIGITS
from foundation.desk.forms.branches import AddBranch, EditBranch
from foundation.pages import Attempt

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 2000  # a province has some hundred


@require_safe
@requires(Permission.BRANCH_MANAGE)
def tree(request: StaffRequest) -> HttpResponse:
    """Show the branches below one's own, with who works there."""
    found = list(Branch.objects.visible_to(request.scope).order_by("path")[:SHOWN])
    roles = RoleAt.objects.visible_to(request.scope).on(timezone.localdate(request.at))
    at_work: dict[UUID, set[UUID]] = {}
    for branch_id, staff_id in roles.values_list("branch_id", "staff_id"):
        at_work.setdefault(branch_id, set()).add(staff_id)
    top = min((len(branch.path) for branch in found), default=0)
    rows = [
        (branch, (len(branch.path) - top) // LEVEL_DIGITS, len(at_work.get(branch.pk, ())))
        for branch in found
    ]
    return render(request, "foundation/branches/tree.html", {"rows": rows})


@GET_OR_POST
@login.fresh
@requires(Permission.BRANCH_MANAGE)
def add(request: StaffRequest) -> HttpResponse:
    """Add a branch or an organisation."""
    within = Branch.objects.visible_to(request.scope).filter(active=True).order_by("path")
    form = AddBranch(request.POST or None, branches=within)
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data, kind=BranchKind(form.cleaned_data["kind"]))
        with Attempt(request, form) as attempt:
            branches.add(**typed, by=request.actor, at=request.at)
        if attempt.ok:
            return redirect("desk:branches")
    return render(request, "foundation/branches/add.html", {"form": form})


@GET_OR_POST
@login.fresh
@requires(Permission.BRANCH_MANAGE)
def edit(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change what is said of a branch, or whether it works."""
    branch = get_object_or_404(Branch.objects.visible_to(request.scope), pk=pk)
    form = EditBranch(request.POST or None, initial=_now(branch))
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            branches.change(branch, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            return redirect("desk:branches")
    return render(request, "foundation/branches/edit.html", {"form": form, "branch": branch})


def _now(branch: Branch) -> dict[str, object]:
    """Return what the form shows of a branch."""
    counts = {None: "", True: "yes", False: "no"}[branch.counts_the_day]
    plain = {name: getattr(branch, name) for name in ("name", "phone", "address", "active")}
    return {**plain, "counts_the_day": counts}
