"""Helpers' logins for a day, made and ended by whoever runs drives at the branch."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.access import Branch, Permission, Role, RoleAt, StaffRequest, login, requires, staffing
from foundation.desk.forms.staff import AddHelper
from foundation.pages import Attempt, paginate


@require_safe
@requires(Permission.DRIVE_MANAGE)
def helpers(request: StaffRequest) -> HttpResponse:
    """List the helpers of one's branches, the newest first."""
    held = RoleAt.objects.visible_to(request.scope).filter(role=Role.HELPER).select_related("staff", "branch")
    page = paginate(held, request.GET)
    today = timezone.localdate(request.at)
    return render(request, "foundation/staff/helpers.html", {"page": page, "today": today})


@require_http_methods(["GET", "HEAD", "POST"])
@login.fresh
@requires(Permission.DRIVE_MANAGE)
def add(request: StaffRequest) -> HttpResponse:
    """Make a login that works on one day, and show the link to set its password."""
    today = timezone.localdate(request.at)
    branches = Branch.objects.visible_to(request.scope).filter(active=True).order_by("path")
    form = AddHelper(request.POST or None, branches=branches, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        with Attempt(request, form) as attempt:
            helper = staffing.add(
                username=typed["username"],
                name=typed["name"],
                role=Role.HELPER,
                branch=typed["branch"],
                starts_on=typed["on"],
                ends_on=typed["on"],
                by=request.actor,
                at=request.at,
                needs=Permission.DRIVE_MANAGE,
            )
            path = staffing.offer_link(helper, by=request.actor, at=request.at, needs=Permission.DRIVE_MANAGE)
        if attempt.ok:
            link = request.build_absolute_uri(path)
            return render(request, "foundation/staff/helper_added.html", {"helper": helper, "link": link})
    return render(request, "foundation/staff/add_helper.html", {"form": form})


@require_POST
@requires(Permission.DRIVE_MANAGE)
def end(request: StaffRequest, pk: UUID) -> HttpResponse:
    """End a helper's login before its day is over."""
    held = get_object_or_404(RoleAt.objects.visible_to(request.scope).filter(role=Role.HELPER), pk=pk)
    with Attempt(request):
        staffing.end_role(held, by=request.actor, at=request.at, needs=Permission.DRIVE_MANAGE)
    return redirect("desk:helpers")
