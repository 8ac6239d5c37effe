"""The drive's side of own forms: the poster that invites to them, and the scan that takes one up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from foundation.papers import codes, pdf
from foundation.papers.pdf import NoPdf
from registry.drives.models import Draft, Drive
from registry.drives.own_forms import actions, posters, queries
from registry.drives.states import Step
from registry.drives.views.fetching import drive_of, may_enrol

_MAY = (Permission.DRIVE_MANAGE, Permission.DONOR_ENROL, Permission.ENROL_ASSIST)


@requires(*_MAY)
@require_safe
def poster(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show the poster with which volunteers fill their own form while they wait."""
    drive = drive_of(request, pk)
    return render(request, "registry/drives/own_forms/poster.html", _poster(request, drive))


@requires(*_MAY)
@require_safe
def poster_pdf(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give the poster as a PDF; where none can be made, the page that prints."""
    drive = drive_of(request, pk)
    try:
        content = pdf.render("registry/drives/own_forms/poster_paper.html", _poster(request, drive))
    except NoPdf:
        messages.warning(request, _("No PDF can be made on this machine. Print this page instead."))
        return redirect("drives:poster", pk=pk)
    headers = {"Content-Disposition": 'attachment; filename="poster.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@requires(Permission.DONOR_ENROL, Permission.ENROL_ASSIST)
@require_safe
def own(request: StaffRequest, draft_id: UUID) -> HttpResponse:
    """Follow the code on a volunteer's phone to their form; who only helps says first that they begin."""
    draft = Draft.objects.filter(pk=draft_id, own_form=True, handed_in_at__isnull=False).first()
    if draft is None:
        raise Http404
    drive = drive_of(request, draft.drive_id)
    if not may_enrol(request, drive):
        sender = {"name": drive.branch.name, "phone": drive.branch.phone}
        context = {"drive": drive, "draft": draft, "sender": sender}
        return render(request, "registry/drives/own_forms/begin.html", context)
    trail.record("own_form.viewed", by=request.actor, at=request.at, object=draft, branch=drive.branch_id)
    return _to(draft)


@requires(Permission.DONOR_ENROL, Permission.ENROL_ASSIST)
@require_POST
def take(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take up the form of a scanned code or a typed number."""
    drive = drive_of(request, pk)
    draft = queries.found(drive, request.POST.get("code", ""))
    if draft is None:
        messages.error(
            request, _("No form of this drive has this number. Type it as it stands on their phone.")
        )
        return redirect("drives:board", pk=pk)
    if draft.donor_id is not None and not may_enrol(request, drive):
        messages.error(request, _("This volunteer is enrolled already."))
        return redirect("drives:board", pk=pk)
    with Attempt(request) as attempt:
        if draft.donor_id is None:
            actions.take_up(draft, staff=request.staff, by=request.actor, at=request.at)
    return _to(draft) if attempt.ok else redirect("drives:board", pk=pk)


def _to(draft: Draft) -> HttpResponse:
    if draft.donor_id is not None:
        return redirect("drives:done", pk=draft.drive_id, draft_id=draft.pk)
    step = Step.DOCUMENT if draft.wants_to_be_seen else Step(draft.step)
    return redirect("drives:step", pk=draft.drive_id, draft_id=draft.pk, name=step.value)


def _poster(request: StaffRequest, drive: Drive) -> dict[str, Any]:
    mark = posters.mark_of(drive, today=timezone.localdate(request.at))
    there = request.build_absolute_uri(reverse("own:start", args=[mark]))
    return {
        "drive": drive,
        "address": there,
        "code": codes.qr_svg(there),
        "until": posters.read(mark).until,
        "languages": ["zh-hans", "zh-hant", "en"],
        "sender": {"name": drive.branch.name, "phone": drive.branch.phone},
    }
