"""Tell one household of an event by telephone or letter, and write down that it was told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from foundation.pages.downloads import PDF, attachment
from foundation.papers import pdf
from notifications.care.unsent import reason_of
from notifications.channels import post
from notifications.events import actions, forms, heard, telling
from notifications.events.models import Event, Invitation, Kind


@requires(Permission.CARE_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show whom to ring or write to, where and what to say; write down that they were told."""
    invitation = _invitation(request, pk)
    ours = Event.objects.visible_to(request.scope).filter(pk=invitation.event_id).exists()
    back = reverse("events:event", args=[invitation.event_id]) if ours else reverse("events:list")
    kind = _kind(invitation, at=request.at)
    form = forms.Told(request.POST if request.method == "POST" else None, kind=kind, event=invitation.event)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        given = {"people": said.get("people"), "standing": said["standing"]}
        with Attempt(request, form) as attempt:
            actions.tell(invitation, said["kind"], **given, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect(back)
    told = _opened(request, invitation, kind)
    context = {
        "event": invitation.event,
        "one": invitation,
        "told": told,
        "against": reason_of(told.against) if told and told.against else None,
        "kind": kind,
        "form": form,
        "is_letter": told is not None and told.is_letter,
        "back": back,
        "crumbs": [
            (_("Events"), reverse("events:list")),
            *([(invitation.event.name, back)] if ours else []),
            (_("One household"), ""),
        ],
    }
    return render(request, "notifications/events/tell.html", context, status=422 if form.errors else 200)


@requires(Permission.CARE_SEND)
@require_safe
def letter(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Return the letter of an invitation with its envelope, as PDF."""
    invitation = _invitation(request, pk)
    told = _opened(request, invitation, _kind(invitation, at=request.at))
    if told is None or not told.is_letter:
        messages.error(request, _("There is no letter to print for them now."))
        return redirect("events:tell", pk)
    try:
        paper = post.letters_pdf([told], envelope="dl")
    except pdf.NoPdf:
        return render(request, "notifications/post/letters_paper.html", post.pages([told], envelope="dl"))
    return attachment(paper, PDF, "letter.pdf")


def _invitation(request: StaffRequest, pk: UUID) -> Invitation:
    ours = Invitation.objects.told_by(request.scope).select_related("event")
    return get_object_or_404(ours, pk=pk)


def _kind(invitation: Invitation, *, at: datetime) -> Kind | None:
    """Return what there is to tell them now."""
    (theirs,) = heard.of([invitation])
    return theirs.kind(at=at)


def _opened(request: StaffRequest, invitation: Invitation, kind: Kind | None) -> telling.Told | None:
    """Open who is to be told; who looked is on the trail."""
    trail.record("invitation.opened", by=request.actor, at=request.at, object=invitation)
    return telling.opened(invitation, kind, at=request.at) if kind else None
