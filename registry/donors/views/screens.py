"""The form of one call, what it shows, and how it is written down; for every page on which one calls."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import moves
from foundation.access import StaffRequest
from registry.donors import actions, alerts, forms, queries
from registry.donors.actions import answering
from registry.donors.models import Call, CallKind, CallResult, CallTask, Donor
from registry.donors.queries.page import kind_of
from registry.donors.queries.screens import Screen
from registry.donors.states import DonorState
from registry.donors.views.common import short

EARLIER = 5  # calls that stand on the screen, the newest first


def form_for(request: StaffRequest, donor: Donor, *, kind: str, screen: Screen) -> forms.RecordCall:
    """Return the form of a call, as it was typed or empty."""
    form = forms.RecordCall(
        request.POST if request.method == "POST" else None,
        numbers=screen.choices,
        kind=kind,
        at=request.at,
        born_on=donor.born_on,
        initial={"number": screen.first},
    )
    if not request.scope.ranges:  # a helper's list ends with the day
        del form.fields["mine"]
    return form


def write_down(
    request: StaffRequest, donor: Donor, form: forms.RecordCall, *, kind: str, task: CallTask | None
) -> Call:
    """Record the call as the form tells it."""
    typed = form.cleaned_data
    call = actions.record_call(
        donor,
        kind=kind,
        result=typed["result"],
        number=typed["number"],
        answers=form.answers,
        words=typed["words"],
        heard=form.heard,
        task=task,
        by=request.actor,
        at=request.at,
    )
    if {"go_on", "only_if_matched"} & {call.answers.get("after_pause"), call.answers.get("after_no")}:
        _say_who_stays_paused(request, donor)
    elif call.answers.get("would_go_on") == "no":
        _say_who_was_paused(request, call)
    return call


def say_where_to_leave(request: StaffRequest) -> None:
    """Say why the withdrawal comes up instead of the next page: an answer alone stops nothing."""
    messages.warning(request, _("They wish to leave: check two facts here, and everything stops."))


def _say_who_was_paused(request: StaffRequest, call: Call) -> None:
    """Say what became of a listed donor who would not go on, and who talks with them next."""
    now = Donor.objects.get(pk=call.donor_id)
    if not answering.would_not_go_on(now, call):
        return
    said = _(
        "{who} would not go on: paused, and offered to no patient. A colleague rings them with the three "
        "choices: only if they match, a pause until a day, or to leave."
    )
    messages.warning(request, said.format(who=short(now)))


def _say_who_stays_paused(request: StaffRequest, donor: Donor) -> None:
    """Say what stands in the way of somebody who wants to go on: else nobody would see to it."""
    now = Donor.objects.get(pk=donor.pk)
    if now.state != DonorState.ON_HOLD:
        return
    missing = moves.missing(now, "release", by=request.actor, at=request.at) if request.scope.ranges else None
    said = _("{who} wants to go on, and stays paused until a colleague has looked.").format(who=short(now))
    messages.warning(request, " ".join([said, *map(str, missing or [])]))


def context(
    request: StaffRequest, donor: Donor, form: forms.RecordCall, *, kind: str, screen: Screen
) -> dict[str, Any]:
    """Return what a page on which one calls shows of the donor."""
    chosen = form["number"].value() or screen.first
    return {
        "donor": donor,
        "alerts": alerts.of(donor) if request.scope.ranges else [],  # of a match no helper is told
        "kind_words": CallKind(kind).label,
        "state_kind": kind_of(donor.state),
        "form": form,
        "screen": screen,
        "chosen": next((line for line in screen.lines if line.key == chosen), screen.lines[0]),
        "asked": form.asked(),
        "results": list(CallResult.choices),
        "pressed": form["result"].value() if form.is_bound else "",
        "asks_how_long": "pause" in form.fields,
        "asks_when": form.is_bound and form["result"].value() == CallResult.LATER,
        "short": short(donor),
        "earlier": list(donor.calls.standing().order_by("-at")[:EARLIER]),
        "head": queries.head_of(donor, on=timezone.localdate(request.at)),
    }
