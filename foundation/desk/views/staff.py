"""Who works here, in which roles: add, grant, end, close."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.access import (
    Branch,
    Permission,
    Role,
    RoleAt,
    Staff,
    StaffRequest,
    hand_over,
    links,
    login,
    requires,
    staffing,
)
from foundation.desk.forms import staff as forms
from foundation.pages import Attempt, paginate

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@requires(Permission.STAFF_MANAGE)
def people(request: StaffRequest) -> HttpResponse:
    """List the staff of one's branches."""
    form = forms.FilterStaff(request.GET or None)
    typed = form.cleaned_data if form.is_valid() else {}
    found = _visible(request)
    if role := typed.get("role"):
        held = RoleAt.objects.visible_to(request.scope).on(timezone.localdate(request.at)).filter(role=role)
        found = found.filter(pk__in=held.values("staff"))
    if (who := typed.get("who", "")) != "all":
        found = found.filter(is_active=who != "left")
    page = paginate(found.prefetch_related(_roles_within(request)), request.GET)
    return render(request, "foundation/staff/list.html", {"page": page, "filters": form})


@GET_OR_POST
@login.fresh
@requires(Permission.STAFF_MANAGE)
def add(request: StaffRequest) -> HttpResponse:
    """Add somebody, with a first role."""
    today = timezone.localdate(request.at)
    form = forms.AddStaff(request.POST or None, branches=_branches(request), initial={"starts_on": today})
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data, role=Role(form.cleaned_data["role"]))
        with Attempt(request, form) as attempt:
            staff = staffing.add(**typed, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Added. Now make the link with which they set their password."))
            return redirect("desk:staff_member", pk=staff.pk)
    return render(request, "foundation/staff/add.html", {"form": form})


@require_safe
@requires(Permission.STAFF_MANAGE)
def member(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show one person: roles, login, open work, and what one may do."""
    return _member_page(request, _member(request, pk))


@GET_OR_POST
@login.fresh
@requires(Permission.STAFF_MANAGE)
def grant(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give a role, from one day to another."""
    staff = _member(request, pk)
    today = timezone.localdate(request.at)
    form = forms.GrantRole(request.POST or None, branches=_branches(request), initial={"starts_on": today})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        with Attempt(request, form) as attempt:
            staffing.grant(
                staff,
                Role(typed["role"]),
                typed["branch"],
                starts_on=typed["starts_on"],
                ends_on=typed["ends_on"],
                by=request.actor,
                at=request.at,
            )
        if attempt.ok:
            messages.success(request, _("The role is given."))
            return redirect("desk:staff_member", pk=pk)
    return render(request, "foundation/staff/grant.html", {"form": form, "member": staff})


@require_POST
@login.fresh
@requires(Permission.STAFF_MANAGE)
def end_role(request: StaffRequest, pk: UUID) -> HttpResponse:
    """End a role now."""
    held = get_object_or_404(RoleAt.objects.visible_to(request.scope), pk=pk)
    with Attempt(request) as attempt:
        staffing.end_role(held, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("The role has ended."))
    return redirect("desk:staff_member", pk=held.staff_id)


@GET_OR_POST
@login.fresh
@requires(Permission.STAFF_MANAGE)
def leave(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Close the account of somebody who leaves; first their open work goes to others."""
    staff = _member(request, pk)
    if request.method == "POST":
        with Attempt(request) as attempt:
            staffing.leave(staff, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("The account is closed."))
        return redirect("desk:staff_member" if attempt.ok else "desk:staff_leave", pk=pk)
    lines = hand_over.lines_of(staff.pk)
    return render(request, "foundation/staff/leave.html", {"member": staff, "lines": lines})


@require_POST
@login.fresh
@requires(Permission.STAFF_MANAGE)
def password_link(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show, once, a link with which the person sets a password."""
    staff = _member(request, pk)
    with Attempt(request) as attempt:
        path = staffing.offer_link(staff, by=request.actor, at=request.at)
    if not attempt.ok:
        return redirect("desk:staff_member", pk=pk)
    return _member_page(request, staff, link=request.build_absolute_uri(path))


@require_POST
@login.fresh
@requires(Permission.STAFF_MANAGE)
def reset_second_factor(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take a lost second factor away."""
    staff = _member(request, pk)
    with Attempt(request) as attempt:
        staffing.reset_second_factor(staff, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("The second factor is gone. The next login sets up a new one."))
    return redirect("desk:staff_member", pk=pk)


def _member_page(request: StaffRequest, staff: Staff, *, link: str = "") -> HttpResponse:
    today = timezone.localdate(request.at)
    roles = (
        RoleAt.objects.visible_to(request.scope).filter(staff=staff).select_related("branch").order_by("-id")
    )
    context = {
        "member": staff,
        "roles": [(held, _state(held, today)) for held in roles],
        "lines": hand_over.lines_of(staff.pk),
        "has_second_factor": login.has_second_factor(staff),
        "may_change": staffing.may_change(staff, by=request.actor, at=request.at),
        "link": link,
        "hours": links.hours(),
    }
    return render(request, "foundation/staff/detail.html", context)


def _state(held: RoleAt, today: object) -> dict[str, str]:
    """Return how a role stands, in a word and a kind."""
    if held.ended_at or (held.ends_on and held.ends_on < today):  # type: ignore[operator]
        return {"words": _("ended"), "kind": "none"}
    if held.starts_on > today:  # type: ignore[operator]
        return {"words": _("to come"), "kind": "wait"}
    return {"words": _("in force"), "kind": "good"}


def _visible(request: StaffRequest) -> QuerySet[Staff]:
    return Staff.objects.filter(pk__in=RoleAt.objects.visible_to(request.scope).values("staff"))


def _member(request: StaffRequest, pk: UUID) -> Staff:
    return get_object_or_404(_visible(request), pk=pk)


def _roles_within(request: StaffRequest) -> Prefetch:  # type: ignore[type-arg]
    held = (
        RoleAt.objects.visible_to(request.scope).on(timezone.localdate(request.at)).select_related("branch")
    )
    return Prefetch("roles", queryset=held, to_attr="roles_now")


def _branches(request: StaffRequest) -> QuerySet[Branch]:
    found: QuerySet[Branch] = Branch.objects.visible_to(request.scope).filter(active=True).order_by("path")
    return found
