"""Who works at a drive, and the helpers of its day."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.access import Permission, Role, RoleAt, Staff, StaffRequest, requires
from foundation.pages import Attempt
from registry.donors.forms import HelperForm
from registry.drives import actions
from registry.drives.actions import helpers
from registry.drives.forms.drives import TeamForm
from registry.drives.models import Drive, Helper
from registry.drives.states import Duty
from registry.drives.views.fetching import drive_of

_MOST = 200  # colleagues or helpers in one list to choose from


@requires(Permission.DRIVE_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show the team and the helpers, and put a colleague on it."""
    drive = drive_of(request, pk)
    form = TeamForm(request.POST if request.method == "POST" else None, colleagues=_colleagues(request))
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.add_staff(
                drive, form.cleaned_data["staff"], duty=Duty(form.cleaned_data["duty"]), by=request.actor,
                at=request.at,
            )  # fmt: skip
        if attempt.ok:
            return redirect("drives:team", pk=pk)
    return _page(request, drive, form=form, helper_form=HelperForm(before=_before(request)))


@requires(Permission.DRIVE_MANAGE)
@require_POST
def remove(request: StaffRequest, pk: UUID, one_id: UUID) -> HttpResponse:
    """Take a colleague off a drive."""
    drive = drive_of(request, pk)
    one = get_object_or_404(drive.team.select_related("drive"), pk=one_id)
    with Attempt(request):
        actions.remove_staff(one, by=request.actor, at=request.at)
    return redirect("drives:team", pk=pk)


@requires(Permission.DRIVE_MANAGE)
@require_POST
def helper(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Make a helper's login. The link to set its password is shown once, here."""
    drive = drive_of(request, pk)
    form = HelperForm(request.POST, before=_before(request))
    if form.is_valid():
        told = form.cleaned_data
        with Attempt(request, form) as attempt:
            made = helpers.make(
                drive, name=told["name"], again=told["again"], by=request.actor, at=request.at
            )
        if attempt.ok:
            link = request.build_absolute_uri(made.link) if made.link else ""
            context = {"drive": drive, "made": made, "link": link}
            return render(request, "registry/drives/helper_made.html", context)
    return _page(request, drive, form=TeamForm(colleagues=_colleagues(request)), helper_form=form)


@requires(Permission.DRIVE_MANAGE)
@require_POST
def end(request: StaffRequest, pk: UUID, helper_id: UUID) -> HttpResponse:
    """End a helper's login."""
    drive = drive_of(request, pk)
    one = get_object_or_404(drive.helpers, pk=helper_id)
    with Attempt(request) as attempt:
        helpers.end(one, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("The login has ended. Thank them for their time."))
    return redirect("drives:team", pk=pk)


def _page(request: StaffRequest, drive: Drive, *, form: TeamForm, helper_form: HelperForm) -> HttpResponse:
    context = {
        "drive": drive,
        "form": form,
        "helper_form": helper_form,
        "team": drive.team.select_related("staff").order_by("duty", "id"),
        "helpers": drive.helpers.select_related("staff").order_by("-on_date", "id")[:_MOST],
    }
    status = 422 if form.errors or helper_form.errors else 200
    return render(request, "registry/drives/team.html", context, status=status)


def _colleagues(request: StaffRequest) -> object:
    """Return who enrols in the reader's branches, for the list to choose from."""
    held = RoleAt.objects.visible_to(request.scope).on(timezone.localdate(request.at))
    enrolling = held.exclude(role=Role.HELPER).values("staff_id")
    return Staff.objects.filter(pk__in=enrolling, is_active=True).order_by("username")


def _before(request: StaffRequest) -> object:
    """Return who helped before on a drive of the reader's branches."""
    drives = Drive.objects.visible_to(request.scope).values("pk")
    return Staff.objects.filter(pk__in=Helper.objects.filter(drive__in=drives).values("staff_id")).order_by(
        "username"
    )
