"""
Call mode: one person, one page, then straight to the next; for staff and for helpers.

A helper sees nothing but the person on the screen: no list, no search, no export.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt
from registry.donors import actions, forms, queries
from registry.donors.models import Call, CallHelper, CallState, CallTask, Donor
from registry.donors.queries import Deck
from registry.donors.views import screens
from registry.donors.views.common import crumbs, list_asked, short


@requires(Permission.CALL_MAKE)
@require_GET
def start(request: StaffRequest) -> HttpResponse:
    """Show a helper the lists they are named on, and nobody on them."""
    if request.scope.ranges:
        return redirect("donors:calls")
    decks = [queries.deck_of(request, str(call_list.pk)) for call_list in queries.lists_named(request)]
    rows = [(deck, deck.progress(request.actor, request.at)) for deck in decks if deck]
    return render(request, "registry/donors/calling.html", {"rows": rows})


@requires(Permission.CALL_MAKE)
@require_POST
def next_call(request: StaffRequest) -> HttpResponse:
    """Take the next person of a list onto the screen."""
    deck = queries.deck_of(request, list_asked(request))
    if deck is None:
        messages.info(request, _("This list has ended."))
        return redirect("donors:calls")
    return _next(request, deck)


@requires(Permission.CALL_MAKE)
@require_POST
def open_call(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take one call onto the screen, and with it the numbers; the trail names the call."""
    task = _task(request, pk)
    with Attempt(request) as attempt:
        taken = actions.take(task, by=request.actor, at=request.at)
    if attempt.ok and taken is None:
        messages.info(
            request, _("A colleague is ringing this person now, or the call is not needed any more.")
        )
    return _to(task.pk, list_asked(request))


@requires(Permission.CALL_MAKE)
@require_http_methods(["GET", "POST"])
def call(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show one call; on one's own screen the numbers are open. Each look is written down."""
    task = _task(request, pk)
    key = list_asked(request) or _key(task)
    if task.state != CallState.OPEN or _has_left(task.donor):
        return _over(request, key, written=False)
    mine = _is_mine(request, task)
    screen = queries.screen_of(task.donor, kind=task.kind, task=task, today=timezone.localdate(request.at))
    form = screens.form_for(request, task.donor, kind=task.kind, screen=screen)
    if request.method == "POST" and form.is_valid() and mine:
        answer = _write_down(request, task, form, key)
        if answer is not None:
            return answer
    elif request.method == "POST" and not mine:
        with Attempt(request, form):
            raise actions.InOtherHands
    context = screens.context(request, task.donor, form, kind=task.kind, screen=screen)
    context |= _frame(request, key, task, mine=mine)
    wrong = 422 if mine else 409
    return render(request, "registry/donors/call.html", context, status=wrong if form.errors else 200)


@requires(Permission.CALL_MAKE)
@require_POST
def skip(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Leave this person for later today, and go on with the next."""
    task = _task(request, pk)
    with Attempt(request):
        actions.skip(task, by=request.actor, at=request.at)
    deck = queries.deck_of(request, list_asked(request))
    return _next(request, deck) if deck else redirect("donors:calls")


@requires(Permission.CALL_MAKE)
@require_POST
def undo(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take back the last result, a slip of a key; the person comes back onto the screen."""
    mine = Call.objects.filter(by_id=request.actor.id).select_related("donor", "task")
    made = get_object_or_404(mine, pk=pk)
    with Attempt(request) as attempt:
        task = actions.undo_call(made, by=request.actor, at=request.at)
    if not attempt.ok:
        return redirect("donors:calls")
    messages.success(request, _("Taken back: it counts for nothing. Write down what it was."))
    return _to(task.pk, list_asked(request)) if task else redirect("donors:calls")


@requires(Permission.CALL_MAKE)
@require_GET
def done(request: StaffRequest) -> HttpResponse:
    """Say that nobody is left for now, how many it were, and how long one helped."""
    deck = queries.deck_of(request, list_asked(request))
    helping = CallHelper.objects.filter(staff=request.staff, ended_at=None).order_by("-at").first()
    context = {
        "frame": _frame_of(request),
        "deck": deck,
        "progress": deck.progress(request.actor, request.at) if deck else None,
        "helping": helping,
        "last": actions.last_of(request.actor, at=request.at),
        "key": deck.key if deck else "",
        "crumbs": crumbs(None, (_("Calls"), reverse("donors:calls")), (_("Done"), "")),
    }
    return render(request, "registry/donors/calls_done.html", context)


def _task(request: StaffRequest, pk: UUID) -> CallTask:
    tasks = CallTask.objects.visible_to(request.scope)
    return get_object_or_404(
        tasks.select_related("owner", "held_by", "call_list", "donor__subject", "donor__service_branch"),
        pk=pk,
    )


def _key(task: CallTask) -> str:
    return str(task.call_list_id) if task.call_list_id else ""


def _is_mine(request: StaffRequest, task: CallTask) -> bool:
    """
    Return whether a call is on one's own screen; a look at its numbers is written down.

    What was typed about a call that left the screen meanwhile takes it back, where no colleague has it.
    """
    mine = task.held_by_id == request.staff.pk
    if request.method == "POST":
        return mine or actions.take(task, by=request.actor, at=request.at) is not None
    mine = mine and actions.stay(task, by=request.actor, at=request.at)
    if mine:
        trail.record("call.viewed", by=request.actor, at=request.at, object=task.donor, task=task.pk)
    return mine


def _write_down(
    request: StaffRequest, task: CallTask, form: forms.RecordCall, key: str
) -> HttpResponse | None:
    """Record a call as the form tells it; None where that was refused, in words on the form."""
    if form.wants_to_leave:
        return _to_the_stop(request, task, key)
    with Attempt(request, form) as attempt:
        screens.write_down(request, task.donor, form, kind=task.kind, task=task)
    if attempt.ok:
        return _onward(request, task, key)
    return _over(request, key, written=True) if _has_left(task.donor) else None


def _onward(request: StaffRequest, task: CallTask, key: str) -> HttpResponse:
    """Stay where another number of the same person waits; else go straight to the next person."""
    waits = CallTask.objects.to_make().filter(pk=task.pk, held_by=request.staff).exists()
    if waits:
        messages.info(request, _("Written down. Another number of the same person is to be tried."))
        return _to(task.pk, key)
    deck = queries.deck_of(request, key)
    return _next(request, deck) if deck else redirect("donors:calls")


def _next(request: StaffRequest, deck: Deck) -> HttpResponse:
    taken = actions.take_next(deck.waiting(request.actor, request.at), by=request.actor, at=request.at)
    if taken is None:
        return redirect(f"{reverse('donors:calls-done')}?{urlencode({'in': deck.key})}")
    return _to(taken.pk, deck.key)


def _to(pk: UUID, key: str) -> HttpResponse:
    query = f"?{urlencode({'in': key})}" if key else ""
    return redirect(reverse("donors:call", args=[pk]) + query)


def _to_the_stop(request: StaffRequest, task: CallTask, key: str) -> HttpResponse:
    """Lead from the answer "leave" to the withdrawal."""
    screens.say_where_to_leave(request)
    query = f"?{urlencode({'in': key})}" if key else ""
    return redirect(reverse("donors:call-stop", args=[task.pk]) + query)


def _frame(request: StaffRequest, key: str, task: CallTask, *, mine: bool) -> dict[str, Any]:
    deck = queries.deck_of(request, key)
    also = CallTask.objects.to_make().filter(donor=task.donor).exclude(pk=task.pk)
    busy = task.held_until is not None and task.held_until > request.at
    return {
        "frame": _frame_of(request),
        "task": task,
        "mine": mine,
        "opened": mine,
        "busy": busy and not mine,
        "key": key,
        "deck": deck,
        "progress": deck.progress(request.actor, request.at) if deck else None,
        "last": actions.last_of(request.actor, at=request.at),
        "also": [other.get_kind_display() for other in also] if mine else [],
        "is_helper": not request.scope.ranges,
        "crumbs": crumbs(None, (_("Calls"), reverse("donors:calls")), (short(task.donor), "")),
    }


def _frame_of(request: StaffRequest) -> str:
    """Helpers have a page without rail and search."""
    return "base.html" if request.scope.ranges else "plain.html"


def _has_left(donor: Donor) -> bool:
    """Return whether the person has left or was reported dead by now, whatever was read before."""
    now = Donor.objects.get(pk=donor.pk)
    return now.is_gone or now.death_reported_at is not None


def _over(request: StaffRequest, key: str, *, written: bool) -> HttpResponse:
    """Say that this person is not rung any more, without a word about them."""
    deck = queries.deck_of(request, key)
    context = {"frame": _frame_of(request), "key": deck.key if deck else "", "typed": written}
    return render(request, "registry/donors/call_over.html", context, status=409 if written else 200)
