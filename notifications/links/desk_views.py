"""Staff send somebody the link that they asked for."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from foundation.vault import Subject
from notifications import recipients
from notifications.links import forms, sending
from notifications.links.purposes import Purpose
from notifications.recipients import Recipient
from registry.donors.views import common as of_donors
from registry.families.views import common as of_families


@requires(Permission.DONOR_EDIT)
@require_http_methods(["GET", "POST"])
def to_donor(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Send a volunteer a link that they asked for."""
    donor = of_donors.seen_donor(request, pk)
    back = reverse("donors:detail", args=[donor.pk])
    return _page(request, donor.subject, back, of_donors.crumbs(donor, (_("Send a link"), "")))


@requires(Permission.FAMILY_EDIT)
@require_http_methods(["GET", "POST"])
def to_relative(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Send somebody of a family a link that they asked for."""
    member = of_families.seen_member(request, pk)
    back = reverse("families:detail", args=[member.family_id])
    return _page(request, member.subject, back, of_families.crumbs(member.family, _("Send a link")))


def _page(request: StaffRequest, subject: Subject, back: str, crumbs: list[tuple[str, str]]) -> HttpResponse:
    person = recipients.of([subject.pk]).get(subject.pk)
    if person is None:
        raise Http404
    against = sending.against(person, at=request.at)
    form = _form(request, person)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with Attempt(request, form) as attempt:
            sending.send(
                person,
                Purpose(said["purpose"]),
                channel=said["channel"],
                by=request.actor,
                at=request.at,
            )
        if attempt.ok:
            messages.success(request, _("It is on its way. It opens once, after the last four characters."))
            return redirect(back)
    context = {"form": form, "against": against, "back": back, "crumbs": crumbs, "who": person.member}
    status = 422 if form.errors else 200
    return render(request, "notifications/links/send.html", context, status=status)


def _form(request: StaffRequest, person: Recipient) -> forms.SendOne:
    return forms.SendOne(
        request.POST if request.method == "POST" else None,
        purposes=sending.purposes_of(person),
        ways=sending.ways_to(person),
    )
