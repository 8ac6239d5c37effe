"""Somebody wants no more, or has died: it stops at once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.access import Permission, StaffRequest, requires
from foundation.moves import stops
from foundation.moves.stops import Stop
from foundation.pages import Attempt
from registry.families import actions, forms
from registry.families.views.common import act_page, pressed, seen_member


@requires(Permission.PERSON_STOP)
@require_http_methods(["GET", "POST"])
def no_more(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Stop everything for somebody who wants to hear nothing more; never refused."""
    member = seen_member(request, pk)
    form = forms.NoMore(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with Attempt(request, form) as attempt:
            stopped = actions.no_more(
                member,
                whole_plan=said["whole"] == "all",
                words=said["words"],
                by=request.actor,
                at=request.at,
            )
        if attempt.ok:
            _tell(request, stopped)
            return redirect("families:detail", pk=member.family_id)
    return act_page(
        request,
        member.family,
        form,
        title=_("Wants to hear nothing more"),
        explained=_("It takes effect at once. Nobody has to agree, and no reason is needed."),
        danger=True,
        about=member,
    )


@requires(Permission.FAMILY_EDIT)
@require_POST
def again(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down that somebody wants to hear from us again."""
    return pressed(
        request,
        actions.hear_again,
        seen_member(request, pk),
        _("Written down. What was cancelled stays cancelled."),
    )


@requires(Permission.PERSON_STOP)
@require_POST
def dead(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Record that one of the family is said to have died; any word is enough."""
    return pressed(
        request,
        actions.report_dead,
        seen_member(request, pk),
        _("Nothing goes to them any more. Does the family need somebody now?"),
    )


@requires(Permission.PERSON_STOP)
@require_POST
def not_dead(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take back a death report that was a mistake."""
    return pressed(
        request, actions.lift_death_report, seen_member(request, pk), _("The report was taken back.")
    )


def _tell(request: StaffRequest, stopped: Sequence[Stop]) -> None:
    """Wait for what is under way, and say whether everything stopped."""
    settled = stops.settle_all(stopped, at=request.at)
    if not all(stop.ok for stop in settled):
        messages.warning(
            request, _("Written down. One thing could not be stopped yet; it is tried again every minute.")
        )
    elif any(stop.remains for stop in settled):
        messages.warning(
            request, _("Written down. One message had been handed over before and may still arrive.")
        )
    else:
        messages.success(request, _("Written down. Nothing more goes to them."))
