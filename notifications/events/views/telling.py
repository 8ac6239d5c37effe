"""Tell one household of an event by telephone or letter, and write down that it was told."""

from __future__ import annotations

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
from notifications.channel_names import Channel
from notifications.channels import post
from notifications.events import actions, forms, telling
from notifications.events.models import Invitation, Kind


@requires(Permission.CARE_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def tell(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show whom to ring or write to, where and what to say; write down that they were told."""
    invitation = _invitation(request, pk)
    kind = telling.kind_of(invitation.event, at=request.at)
    form = forms.Told(request.POST if request.method == "POST" else None, kind=kind)
    if request.method == "POST" and form.is_valid():
        people, said = form.cleaned_data.get("people"), Kind(form.cleaned_data["kind"])
        with Attempt(request, form) as attempt:
            actions.tell(invitation, said, people=people, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("events:event", invitation.event_id)
    told = _opened(request, invitation)
    context = {
        "event": invitation.event,
        "one": invitation,
        "told": told,
        "against": reason_of(told.against) if told and told.against else None,
        "kind": kind,
        "form": form,
        "is_letter": invitation.channel == Channel.LETTER,
        "crumbs": [
            (_("Events"), reverse("events:list")),
            (invitation.event.name, reverse("events:event", args=[invitation.event_id])),
            (_("One household"), ""),
        ],
    }
    return render(request, "notifications/events/tell.html", context, status=422 if form.errors else 200)


@requires(Permission.CARE_SEND)
@require_safe
def letter(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Return the letter of an invitation with its envelope, as PDF."""
    invitation = _invitation(request, pk)
    told = _opened(request, invitation)
    if told is None or told.rendered is None or invitation.channel != Channel.LETTER:
        messages.error(request, _("There is no letter to print for them now."))
        return redirect("events:tell", pk)
    try:
        paper = post.letters_pdf([told], envelope="dl")
    except pdf.NoPdf:
        return render(request, "notifications/post/letters_paper.html", post.pages([told], envelope="dl"))
    return attachment(paper, PDF, "letter.pdf")


def _invitation(request: StaffRequest, pk: UUID) -> Invitation:
    ours = Invitation.objects.visible_to(request.scope).select_related("event")
    return get_object_or_404(ours, pk=pk)


def _opened(request: StaffRequest, invitation: Invitation) -> telling.Told | None:
    """Open who is to be told; who looked is on the trail."""
    trail.record("invitation.opened", by=request.actor, at=request.at, object=invitation)
    return telling.opened(invitation, at=request.at)
