"""Alarms as pages: what has happened, "I see to it", whom to ring; the roster; one's own number."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation import vault
from foundation.access import StaffRequest, requires, signed_in
from foundation.pages import Attempt, paginate, pressed
from notifications import outbox
from notifications.paging import actions, forms, order, queries
from notifications.paging.actions import ROSTER
from notifications.paging.kinds import kind_of
from notifications.paging.models import Alarm, Call, Copy, Duty, Pager
from notifications.paging.numbers import keep_number


@require_safe
@signed_in
def listed(request: StaffRequest) -> HttpResponse:
    """List the alarms one was called for, those that go on first seen on Today."""
    mine = Alarm.objects.concerning(request.staff.pk).select_related("branch", "acknowledged_by")
    page = paginate(mine, request.GET, key="-id", per=50)
    rows = [(alarm, kind_of(alarm.kind).words) for alarm in page.items]
    return render(request, "notifications/paging/list.html", {"page": page, "rows": rows})


@require_safe
@signed_in
def alarm(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show one alarm to somebody who was called: what it is, who else was, and whom to ring."""
    this = _mine(request, pk)
    kind = kind_of(this.kind)
    context = {
        "alarm": this,
        "kind": kind,
        "link": queries.link(this, request.staff, at=request.at),
        "mine": this.acknowledged_by_id == request.staff.pk,
        "ring": kind.rings(this, request.staff, request.at),
        "called": queries.called(this),
        "restored": this.over_at is None and outbox.was_restored(),
        "minutes": order.step_of(this, this.step).minutes,
        "script": queries.script(this, request.LANGUAGE_CODE, at=request.at),
    }
    return render(request, "notifications/paging/alarm.html", context)


@require_POST
@signed_in
def answer(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Say "I see to it"."""
    this = _mine(request, pk)
    said = _("You see to it. Nobody else is called.")
    return pressed(request, actions.acknowledge, this, said, to=reverse("paging:alarm", args=[pk]))


@require_POST
@signed_in
def give_back(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Say "I cannot after all"."""
    this = _mine(request, pk)
    said = _("The next person is called.")
    return pressed(request, actions.give_back, this, said, to=reverse("paging:alarm", args=[pk]))


@require_POST
@signed_in
def settle(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Say that it was seen to."""
    this = _mine(request, pk)
    said = _("The alarm is over. Everybody who was called is told.")
    return pressed(request, actions.settle, this, said, to=reverse("paging:alarm", args=[pk]))


@requires(*ROSTER)
@require_http_methods(["GET", "HEAD", "POST"])
def duty(request: StaffRequest) -> HttpResponse:
    """Show who is on duty now and next, and enter somebody."""
    form = forms.OnDuty(request.POST if request.method == "POST" else None, request=request)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.put_on_duty(**form.said(), by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Entered."))
            return redirect("paging:duty")
    coming = Duty.objects.visible_to(request.scope).filter(ends_at__gt=request.at, ended_at__isnull=True)
    lines = coming.select_related("staff", "branch").order_by("starts_at", "place", "id")[:200]
    context = {
        "form": form,
        "lines": [(one, one.starts_at <= request.at) for one in lines],
        "without_anybody": queries.without_anybody(request.scope),
    }
    return render(request, "notifications/paging/duty.html", context, status=422 if form.errors else 200)


@requires(*ROSTER)
@require_POST
def off_duty(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take somebody off the roster."""
    this = get_object_or_404(Duty.objects.visible_to(request.scope), pk=pk)
    return pressed(request, actions.take_off_duty, this, _("Taken off the roster."), to="paging:duty")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def number(request: StaffRequest) -> HttpResponse:
    """Show and change the number by which one is woken."""
    pager = Pager.objects.filter(staff=request.staff).first()
    opened = vault.open_one(pager, "phone")["phone"] if pager else None
    initial = {"phone": opened if isinstance(opened, str) else ""}
    form = forms.MyNumber(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            keep_number(request.staff, form.cleaned_data["phone"], by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Saved."))
            return redirect("paging:number")
    return render(
        request, "notifications/paging/number.html", {"form": form}, status=422 if form.errors else 200
    )


def _mine(request: StaffRequest, pk: UUID) -> Alarm:
    calls = Call.objects.select_related("staff").order_by("called_at", "id")
    copies = Prefetch("copies", Copy.objects.order_by("id"))
    alarms = Alarm.objects.concerning(request.staff.pk).select_related("branch", "acknowledged_by")
    return get_object_or_404(
        alarms.prefetch_related(Prefetch("calls", calls.prefetch_related(copies))), pk=pk
    )
