"""What somebody on the telephone says to stop it: only if matched, pause, withdraw; objects, has died."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from foundation import trail, vault
from foundation.access import Permission, StaffRequest, requires
from foundation.moves import stops
from foundation.pages import Attempt
from foundation.pages.reveals import within_reveals
from registry.donors import actions, alerts, forms
from registry.donors.models import CallState, CallTask, ContactChoice, Donor, Word
from registry.donors.states import BEFORE_A_CASE, DonorState
from registry.donors.views.common import crumbs, list_asked, short

_ACTS: Final[dict[str, tuple[str | Promise, Callable[..., Any], dict[str, Any]]]] = {
    "only-if-matched": (
        gettext_lazy("Only call me if I match"),
        actions.choose_contact,
        {"choice": ContactChoice.ONLY_IF_MATCHED},
    ),
    "object": (gettext_lazy("Somebody objects"), actions.object_to, {}),
    "dead": (gettext_lazy("Reported dead"), actions.report_dead, {}),
}


@requires(Permission.PERSON_STOP)
@require_http_methods(["GET", "POST"])
def stop(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Record, for the person on one's screen, that they want it to stop; never refused to anybody."""
    task = _mine(request, pk)
    donor, key = task.donor, list_asked(request)
    record = {"born_on": donor.born_on, **vault.open_one(donor, "document", "phone")}
    what = request.POST.get("what", "")
    withdrawal = forms.Withdraw(request.POST if what == "withdraw" else None, record=record)
    pause = forms.Hold(request.POST if what == "pause" else None, prefix="pause")
    if what in _ACTS and _do(request, task, what):
        return _go_on(key)
    if what == "withdraw" and _withdraw(request, task, withdrawal):
        return _go_on(key)
    if what == "pause" and _pause(request, task, pause):
        return _go_on(key)
    tried = pause if what == "pause" else withdrawal
    context = {
        "frame": "base.html" if request.scope.ranges else "plain.html",
        "task": task,
        "form": tried,
        "withdrawal": withdrawal,
        "pause": pause if _may_pause(request, donor) else None,
        "alerts": alerts.of(donor) if request.scope.ranges else [],  # of a match no helper is told
        "key": key,
        "crumbs": crumbs(None, (_("Calls"), reverse("donors:calls")), (short(donor), "")),
    }
    return render(request, "registry/donors/call_stop.html", context, status=422 if tried.errors else 200)


def _mine(request: StaffRequest, pk: UUID) -> CallTask:
    """Return the open call on one's own screen; there is no other here."""
    if not request.holds(Permission.CALL_MAKE):
        raise Http404
    tasks = CallTask.objects.visible_to(request.scope).filter(held_by=request.staff, state=CallState.OPEN)
    return get_object_or_404(tasks.select_related("donor__subject", "donor__service_branch"), pk=pk)


def _do(request: StaffRequest, task: CallTask, what: str) -> bool:
    words, action, facts = _ACTS[what]
    with Attempt(request) as attempt:
        action(task.donor, on=task, by=request.actor, at=request.at, **facts)
    if attempt.ok:
        messages.success(request, _("Written down: {what}.").format(what=words))
    return attempt.ok


def _may_pause(request: StaffRequest, donor: Donor) -> bool:
    """A helper's word pauses nobody: it is for staff, in the states from which a pause begins or goes on."""
    pausable = donor.state in {*BEFORE_A_CASE, DonorState.ON_HOLD}
    return pausable and request.holds(Permission.DONOR_HOLD)


def _pause(request: StaffRequest, task: CallTask, form: forms.Hold) -> bool:
    if not _may_pause(request, task.donor) or not form.is_valid():
        return False
    typed, paused = form.cleaned_data, task.donor.state == DonorState.ON_HOLD
    with Attempt(request, form) as attempt:
        if paused:
            actions.change_hold(
                task.donor, until=typed["until"], reason=typed["reason"], by=request.actor, at=request.at
            )
        else:
            actions.hold(task.donor, **typed, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("Paused."))
    return attempt.ok


def _withdraw(request: StaffRequest, task: CallTask, form: forms.Withdraw) -> bool:
    if not within_reveals(request):  # a way to try facts out must not be endless
        messages.error(request, _("That is many tries in one hour. Please see the person's document."))
        return False
    if not form.is_valid():
        trail.refused("donor.facts_wrong", by=request.actor, at=request.at, object=task.donor)
        return False
    with Attempt(request, form) as attempt:
        receipt = actions.withdraw(
            task.donor,
            on=task,
            by=request.actor,
            at=request.at,
            word=Word.STAFF_TWO_FACTS,
            facts=form.facts,
            reason=form.cleaned_data["reason"],
            destroy_now=form.cleaned_data["samples"] == "now",
        )
    if attempt.ok:
        actions.settle(receipt, deadline=request.at + stops.SETTLING)
        messages.success(request, _("Withdrawn. Everything has stopped; the branch sends the receipt."))
    return attempt.ok


def _go_on(key: str) -> HttpResponse:
    return redirect(f"{reverse('donors:calls-done')}?{urlencode({'in': key})}")
