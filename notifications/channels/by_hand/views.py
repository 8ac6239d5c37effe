"""The list of my calls and visits, and one of them: whom, where, what to say, how it ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from notifications.channel_names import Channel
from notifications.channels.by_hand import actions, forms, queries
from notifications.plans import own, sendings
from notifications.plans.models import Touchpoint
from notifications.plans.querysets import TouchpointQuerySet

WRONG = 422


@requires(Permission.CARE_SEND)
@require_safe
def families(request: StaffRequest) -> HttpResponse:
    """List calls and visits to families."""
    return _list(request, families=True)


@requires(Permission.DONOR_EDIT)
@require_safe
def donors(request: StaffRequest) -> HttpResponse:
    """List calls and visits to donors that a plan asks for."""
    return _list(request, families=False)


@requires(Permission.CARE_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def of_family(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ring a family or go there, and write down how it ended."""
    return _one(request, pk, families=True)


@requires(Permission.DONOR_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def of_donor(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ring a donor or go there, and write down how it ended."""
    return _one(request, pk, families=False)


def _list(request: StaffRequest, *, families: bool) -> HttpResponse:
    form = forms.Filter(request.GET or None)
    everybody = form.is_valid() and form.cleaned_data["whose"] == "all"
    tasks = queries.now(queries.to_do(request.scope, families=families), today=timezone.localdate(request.at))
    if not everybody:
        tasks = queries.mine(tasks, request.staff)
    page = paginate(_whole(tasks), request.GET, key="on_date", per=50)
    names = queries.names_of(page.items)
    one = "by_hand:of_family" if families else "by_hand:of_donor"
    rows = [_row(task, names.get(task.pk, ""), reverse(one, args=[task.pk])) for task in page.items]
    template = "notifications/by_hand/list.html"
    context = {"form": form, "page": page, "rows": rows, "everybody": everybody, "families": families}
    response = render(request, f"{template}#rows" if request.htmx else template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _one(request: StaffRequest, pk: UUID, *, families: bool) -> HttpResponse:
    task = get_object_or_404(_whole(queries.to_do(request.scope, families=families)), pk=pk)
    people = queries.people_of(task, at=request.at)
    form = forms.Record(request.POST if request.method == "POST" else None, people=people)
    back = reverse("by_hand:families" if families else "by_hand:donors")
    way = sendings.way_of(task)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.record(task, channel=way, **form.said(), by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect(back)
    ids = [str(one.recipient.subject.pk) for one in people]
    trail.record("touchpoint.opened", by=request.actor, at=request.at, object=task, people=ids)
    context: dict[str, Any] = {
        **_row(task, "", ""),
        "people": people,
        "own": own.words_of(task),
        "tries": queries.tries_of(task),
        "form": form,
        "crumbs": [(_("Calls and visits"), back), (_("One of them"), "")],
        "is_call": way == Channel.CALL,
    }
    return render(request, "notifications/by_hand/one.html", context, status=WRONG if form.errors else 200)


def _row(task: Touchpoint, name: str, url: str) -> dict[str, Any]:
    words = task.step.names
    what = words.get(get_language() or "") or words.get("en") or task.key
    way = sendings.way_of(task)
    whose = task.plan.family.officer if task.plan.family else None
    label = Channel(way).label if way else ""
    return {"task": task, "name": name, "url": url, "what": what, "way": label, "whose": whose}


def _whole(tasks: TouchpointQuerySet) -> TouchpointQuerySet:
    read = tasks.select_related("step", "plan__family__giver", "plan__family__officer", "plan__branch")
    return read.prefetch_related("plan__family__members")
