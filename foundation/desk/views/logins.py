"""Open logins: one's own, and for an administrator those of their staff. Each can be ended."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from foundation.access import Permission, RoleAt, Staff, StaffRequest, requires, sessions, signed_in, staffing
from foundation.pages import Attempt

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
HANDLE = "login"


@GET_OR_POST
@signed_in
def mine(request: StaffRequest) -> HttpResponse:
    """Show where one is signed in, and end what one does not know."""
    return _page(request, request.staff, back="desk:my_logins")


@GET_OR_POST
@requires(Permission.STAFF_MANAGE)
def of_member(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show and end the open logins of one of one's staff."""
    visible = RoleAt.objects.visible_to(request.scope).values("staff")
    return _page(
        request, get_object_or_404(Staff.objects.filter(pk__in=visible), pk=pk), back="desk:staff_logins"
    )


def _page(request: StaffRequest, staff: Staff, *, back: str) -> HttpResponse:
    own = staff.pk == request.staff.pk
    if request.method == "POST":
        with Attempt(request):
            handle = request.POST.get(HANDLE, "")
            staffing.end_logins(staff, by=request.actor, at=request.at, handle=handle)
        return redirect(back) if own else redirect(back, pk=staff.pk)
    logins = sessions.open_logins(staff, this=request.session.session_key)
    return render(request, "foundation/staff/logins.html", {"logins": logins, "member": staff, "own": own})
