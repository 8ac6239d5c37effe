"""Doubting a typing: what used it, whose tubes lay beside it, and who is paused."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from foundation import moves
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from registry.donors import queries, usage
from registry.donors.actions.disputing import Disputed, dispute
from registry.donors.mending import forms
from registry.donors.models import Donor
from registry.donors.views.common import crumbs, seen_donor


@requires(Permission.TYPING_DISPUTE)
@require_http_methods(["GET", "POST"])
def dispute_typing(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show what used the typing, and set it aside."""
    donor = seen_donor(request, pk)
    near = [(str(one.donor_id), one.barcode) for one in usage.neighbours_of(donor)]
    form = forms.DisputeTyping(request.POST if request.method == "POST" else None, others=near)
    missing = moves.missing(donor, "dispute_typing", by=request.actor, at=request.at)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        others = [UUID(one) for one in said["others"]]
        with Attempt(request, form) as attempt:
            done = dispute(donor, reason=said["reason"], others=others, by=request.actor, at=request.at)
        if attempt.ok:
            say(request, done)
            return redirect("donors:detail", pk=donor.pk)
    context = {
        "donor": donor,
        "name": queries.masked_names([donor])[0],
        "form": form,
        "uses": usage.of(donor),
        "wrong_state": missing is None or not _can_start(donor),
        "missing": missing or [],
        "crumbs": crumbs(donor, (_("Doubt the typing"), "")),
    }
    return render(
        request, "registry/donors/mending/dispute.html", context, status=422 if form.errors else 200
    )


def say(request: StaffRequest, done: Disputed) -> None:
    """Tell what followed: set aside, paused, still to be looked at."""
    messages.success(request, _("The typing is set aside."))
    if n := len(done.held):
        words = ngettext("%(n)d other donor is paused.", "%(n)d other donors are paused.", n)
        messages.success(request, words % {"n": n})
    if n := len(done.kept):
        words = ngettext(
            "%(n)d other donor could not be paused: they are in a match, paused already or gone.",
            "%(n)d other donors could not be paused: they are in a match, paused already or gone.",
            n,
        )
        messages.warning(request, words % {"n": n})
    for use in done.uses:
        messages.warning(request, _("Used the typing: {what}").format(what=use.words))


def _can_start(donor: Donor) -> bool:
    transition = type(donor).dispute_typing._django_fsm  # noqa: SLF001  no public way
    return bool(transition.has_transition(str(donor.state)))
