"""The call lists: what calls are for, as plain words with counts; names masked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from registry.donors import actions, forms, purposes, queries
from registry.donors.models import CallKind, CallList, CallTask, Donor
from registry.donors.querysets import CallTaskQuerySet
from registry.donors.states import DonorState
from registry.donors.views import screens
from registry.donors.views.common import crumbs, seen_donor, short

LISTS_SHOWN = 20


@requires(Permission.CALL_MAKE)
@require_GET
def calls(request: StaffRequest) -> HttpResponse:
    """List the calls to make, the longest due first; a helper goes to the one list they are named on."""
    if not request.scope.ranges:
        return redirect("donors:calling")
    purpose = purposes.BY_KEY.get(request.GET.get("about", ""))
    here = CallTask.objects.visible_to(request.scope)
    due = here.to_make() if request.GET.get("all") else here.due(request.at)
    found = due.filter(purpose.q(request.at)) if purpose else due
    page = paginate(found.select_related("donor", "owner", "call_list"), request.GET, key=("due_on", "id"))
    context = {
        "page": page,
        "rows": _rows(request, page.items),
        "all": bool(request.GET.get("all")),
        "about": purpose,
        "filters": _filters(request, due),
        "lists": _lists(request),
        "ending": _ending(request),
        "lost": _lost(request),
        "crumbs": crumbs(None, (_("Calls"), "")),
    }
    template = "registry/donors/calls.html#rows" if request.htmx else "registry/donors/calls.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@requires(Permission.CALL_MAKE)
@require_http_methods(["GET", "POST"])
def record(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down a call that stood on no list, as when the donor rang."""
    donor = seen_donor(request, pk)
    kind = request.POST.get("kind") or request.GET.get("kind") or ""
    kind = kind if kind in CallKind.values else _likely(donor)
    task = CallTask.objects.open().filter(donor=donor, kind=kind).first()
    screen = queries.screen_of(donor, kind=kind, task=None, today=timezone.localdate(request.at))
    form = screens.form_for(request, donor, kind=kind, screen=screen)
    if request.method == "POST" and form.is_valid():
        if form.wants_to_leave:
            screens.say_where_to_leave(request)
            return redirect("donors:withdraw", pk=donor.pk)
        with Attempt(request, form) as attempt:
            screens.write_down(request, donor, form, kind=kind, task=task)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("donors:detail", pk=donor.pk)
    context = screens.context(request, donor, form, kind=kind, screen=screen)
    context |= {"frame": "base.html", "opened": False, "kind": kind}
    return render(request, "registry/donors/record_call.html", context, status=422 if form.errors else 200)


@requires(Permission.CALL_MAKE)
@require_http_methods(["GET", "POST"])
def stance(request: StaffRequest, pk: UUID, order: int) -> HttpResponse:
    """Write down what a contact knows and thinks."""
    donor = seen_donor(request, pk)
    contact = get_object_or_404(donor.contacts, order=order)
    start = {"stance": contact.stance, "may_know": contact.may_know}
    form = forms.StanceForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.record_stance(donor, order=order, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("donors:detail", pk=donor.pk)
    context = {"donor": donor, "contact": contact, "form": form, "crumbs": crumbs(donor, (_("Family"), ""))}
    return render(request, "registry/donors/stance.html", context, status=422 if form.errors else 200)


def _rows(request: StaffRequest, tasks: list[CallTask]) -> list[dict[str, Any]]:
    today = timezone.localdate(request.at)
    names = queries.masked_names([task.donor for task in tasks])
    return [
        {
            "task": task,
            "name": name,
            "short": short(task.donor),
            "late": task.due_on < today,
            "busy": task.held_until is not None
            and task.held_until > request.at
            and task.held_by_id != request.staff.pk,
        }
        for task, name in zip(tasks, names, strict=True)
    ]


def _filters(request: StaffRequest, due: CallTaskQuerySet) -> list[tuple[purposes.Purpose, int]]:
    """Return what calls are for, with counts, in one query; those with nobody are left out."""
    counts = {
        purpose.key.replace("-", "_"): Count("pk", filter=purpose.q(request.at))
        for purpose in purposes.PURPOSES
    }
    found = due.aggregate(**counts)
    return [(purpose, n) for purpose in purposes.PURPOSES if (n := found[purpose.key.replace("-", "_")])]


def _lists(request: StaffRequest) -> list[CallList]:
    today = timezone.localdate(request.at)
    lists = CallList.objects.visible_to(request.scope).filter(ended_at=None, on_date__gte=today)
    return list(lists.order_by("on_date", "id")[:LISTS_SHOWN])


def _ending(request: StaffRequest) -> int:
    """Return how many are paused now, until a day to come."""
    if not request.holds(Permission.DONOR_HOLD):
        return 0
    held = Donor.objects.served_by(request.scope).filter(state=DonorState.ON_HOLD)
    return held.filter(hold_until__gt=timezone.localdate(request.at))[:10_000].count()


def _lost(request: StaffRequest) -> int:
    """Return how many wait for somebody to confirm that they are out of contact, or found again."""
    if not request.holds(Permission.DONOR_LOSE):
        return 0
    return queries.proposed(request.scope).count() + queries.found_again(request.scope).count()


def _likely(donor: Donor) -> str:
    task = CallTask.objects.open().filter(donor=donor).order_by("due_on").first()
    return task.kind if task else CallKind.OTHER
