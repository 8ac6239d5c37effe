"""Events: the list, a new one, whom to invite, who comes, who was there, thanks."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.access import Branch, Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from notifications.care.ticked import ids_of
from notifications.care.unsent import reason_of
from notifications.events import actions, forms, queries
from notifications.events.models import Event, Invitation
from registry.families.models import Family

P = Permission


@requires(P.CARE_PLAN, P.CARE_SEND)
@require_safe
def events(request: StaffRequest) -> HttpResponse:
    """List the events of one's branches, the newest first, and whom one has to tell of those of others."""
    page = paginate(Event.objects.visible_to(request.scope).select_related("branch"), request.GET)
    to_tell = queries.left_to_tell(page.items, at=request.at)
    context = {
        "page": page,
        "lines": [(event, to_tell.get(event.pk)) for event in page.items],
        "now": request.at,
        "of_others": queries.to_tell_of_others(request.scope, at=request.at),
    }
    return render(request, "notifications/events/list.html", context)


@requires(P.CARE_PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: StaffRequest) -> HttpResponse:
    """Plan an event."""
    branches = Branch.objects.visible_to(request.scope).filter(active=True).order_by("path")
    form = forms.Plan(request.POST or None, branches=branches)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        with Attempt(request, form) as attempt:
            starts_at = forms.moment(given.pop("on"), given.pop("starts"))
            event = actions.plan(**given, starts_at=starts_at, by=request.actor, at=request.at)
        if attempt.ok:
            return redirect("events:event", event.pk)
    status = 422 if form.errors else 200
    return render(request, "notifications/events/plan.html", {"form": form}, status=status)


@requires(P.CARE_PLAN, P.CARE_SEND)
@require_safe
def event(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show an event: whom to invite, who comes, how many seats are left, who was there."""
    return _shown(request, _event(request, pk))


@requires(P.CARE_SEND)
@require_POST
def invite(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Invite the households that were ticked."""
    found = _event(request, pk)
    families = Family.objects.visible_to(request.scope).filter(pk__in=ids_of(request.POST.getlist("family")))
    with Attempt(request, None) as attempt:
        chosen = list(families.select_related("giver"))
        done = actions.invite(found, chosen, by=request.actor, at=request.at)
    if attempt.ok:
        words = ngettext("%(n)d family is invited.", "%(n)d families are invited.", done.invited)
        messages.success(request, words % {"n": done.invited})
        for why, n in done.left_out.items():
            messages.warning(request, f"{n} · {reason_of(why).words}")
    return redirect("events:event", pk)


@requires(P.CARE_SEND)
@require_POST
def answer(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down an answer that came by telephone."""
    return _number(request, pk, "answer")


@requires(P.CARE_SEND)
@require_POST
def attended(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down how many of a household were there."""
    return _number(request, pk, "attended")


@requires(P.CARE_SEND)
@require_POST
def thank(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Thank those who were there."""
    found = _event(request, pk)
    with Attempt(request, None) as attempt:
        n = actions.thank(found, by=request.actor, at=request.at)
    if attempt.ok:
        words = ngettext("Thanks go out to %(n)d family.", "Thanks go out to %(n)d families.", n)
        messages.success(request, words % {"n": n})
    return redirect("events:event", pk)


@requires(P.CARE_PLAN)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give an event another day, hour or place, and tell those who may come."""
    found = _event(request, pk)
    here = timezone.localtime(found.starts_at)
    now = {"on": here.date(), "starts": f"{here:%H:%M}", "place": found.place}
    form = forms.Move(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with Attempt(request, form) as attempt:
            starts_at = forms.moment(given["on"], given["starts"])
            actions.move(found, starts_at=starts_at, place=given["place"], by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("The event is moved. Ring those who cannot be written to."))
            return redirect("events:event", pk)
    context = {"event": found, "form": form}
    return render(request, "notifications/events/move.html", context, status=422 if form.errors else 200)


@requires(P.CARE_PLAN)
@require_POST
def call_off(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Call the event off, and tell everybody invited who did not say no."""
    found = _event(request, pk)
    with Attempt(request, None) as attempt:
        actions.call_off(found, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("The event is called off. Ring those who cannot be written to."))
    return redirect("events:event", pk)


def _number(request: StaffRequest, pk: UUID, name: str) -> HttpResponse:
    ours = Invitation.objects.visible_to(request.scope).select_related("event")
    invitation = get_object_or_404(ours, pk=pk)
    form = forms.People(request.POST)
    if not form.is_valid():
        return _shown(request, invitation.event, refused=invitation, why=[_("Type how many, from 0 to 20.")])
    act = actions.answer if name == "answer" else actions.attended
    with Attempt(request, form) as attempt:
        act(invitation, people=form.cleaned_data["people"], by=request.actor, at=request.at)
    if not attempt.ok:
        return _shown(request, invitation.event, refused=invitation, why=attempt.sentences)
    messages.success(request, _("It is written down."))
    return redirect(f"{reverse('events:event', args=[invitation.event_id])}#guests")


def _shown(
    request: StaffRequest, found: Event, *, refused: Invitation | None = None, why: Sequence[str] = ()
) -> HttpResponse:
    """Show an event; where a number was refused, with what was typed in its place."""
    context = {
        "event": found,
        "over": found.starts_at <= request.at,
        "seats": queries.seats(found),
        "guests": queries.guests(found, at=request.at),
        "to_tell": queries.to_tell(found, at=request.at),
        "asked_to_tell": queries.asked_to_tell(found, at=request.at),
        "to_invite": queries.to_invite(found, request.scope),
        "not_asked": queries.not_asked(found, request.scope),
        "paused": queries.paused(found, request.scope),
        "refused": refused,
        "sentences": why,
        "typed": request.POST.get("people", "")[:8],
    }
    return render(request, "notifications/events/event.html", context, status=422 if refused else 200)


def _event(request: StaffRequest, pk: UUID) -> Event:
    return get_object_or_404(Event.objects.visible_to(request.scope).select_related("branch"), pk=pk)
