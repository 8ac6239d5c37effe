"""The standing drive of an office, and who is expected there."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation import vault
from foundation.access import Branch, Permission, StaffRequest, requires
from foundation.pages import Attempt
from registry.drives import actions, reminding
from registry.drives.forms.drives import AnotherTimeForm, AppointmentForm
from registry.drives.models import Appointment
from registry.drives.states import DriveKind
from registry.drives.views.fetching import drive_of

_AHEAD = timedelta(days=60)
_MOST = 200


@requires(Permission.DRIVE_MANAGE, Permission.DONOR_ENROL)
@require_POST
def office(request: StaffRequest) -> HttpResponse:
    """Go to the standing drive of the reader's office; the first time makes it."""
    branch = request.branch or Branch.objects.filter(pk=request.actor.branch or None).first()
    chosen = Branch.objects.visible_to(request.scope).filter(pk=branch.pk if branch else None)
    with Attempt(request):
        drive = actions.office_of(get_object_or_404(chosen), by=request.actor, at=request.at)
        return redirect("drives:board", pk=drive.pk)
    return redirect("drives:calendar")


@requires(Permission.DRIVE_MANAGE, Permission.DONOR_ENROL)
@require_http_methods(["GET", "HEAD", "POST"])
def appointments(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show who is expected at the office, and expect one more."""
    drive = drive_of(request, pk)
    if drive.kind != DriveKind.OFFICE:
        return redirect("drives:board", pk=pk)
    form = AppointmentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.book(drive, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Noted."))
            return redirect("drives:appointments", pk=pk)
    begins = request.at - timedelta(days=1)
    due = drive.appointments.filter(starts_at__range=(begins, request.at + _AHEAD), cancelled_at=None)
    due = due.select_related("subject")
    rows = list(due.order_by("starts_at", "id")[:_MOST])
    said = reminding.said(rows, at=request.at)
    opened = vault.open(rows, ["name", "phone"])
    context = {
        "drive": drive,
        "form": form,
        "rows": [
            {
                "one": one,
                "opened": cells,
                "reminder": said.get(one.pk, ""),
                "another_time": _another_time(one),
            }
            for one, cells in zip(rows, opened, strict=True)
        ],
    }
    return render(request, "registry/drives/appointments.html", context, status=422 if form.errors else 200)


@requires(Permission.DRIVE_MANAGE, Permission.DONOR_ENROL)
@require_POST
def came(request: StaffRequest, pk: UUID, appointment_id: UUID) -> HttpResponse:
    """Note that somebody came, and enrol them; or that they do not come."""
    drive = drive_of(request, pk)
    one = get_object_or_404(drive.appointments, pk=appointment_id)
    act = actions.cancel if request.POST.get("answer") == "no" else actions.came
    with Attempt(request) as attempt:
        act(one, by=request.actor, at=request.at)
    if attempt.ok and act is actions.came:
        return redirect("drives:enrol", pk=pk)
    return redirect("drives:appointments", pk=pk)


@requires(Permission.DRIVE_MANAGE, Permission.DONOR_ENROL)
@require_POST
def move(request: StaffRequest, pk: UUID, appointment_id: UUID) -> HttpResponse:
    """Expect somebody at another time."""
    drive = drive_of(request, pk)
    one = get_object_or_404(drive.appointments, pk=appointment_id)
    form = AnotherTimeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say when they come: day and hour."))
        return redirect("drives:appointments", pk=pk)
    with Attempt(request) as attempt:
        actions.move(one, starts_at=form.cleaned_data["starts_at"], by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("Noted."))
    return redirect("drives:appointments", pk=pk)


def _another_time(one: Appointment) -> AnotherTimeForm:
    return AnotherTimeForm(initial={"starts_at": one.starts_at}, auto_id=f"{one.pk}-%s")
