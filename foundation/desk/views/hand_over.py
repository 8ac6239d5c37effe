"""My open work: what is in my hands, what I lent, and handing it over for a while."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from foundation.access import (
    Permission,
    RoleAt,
    Staff,
    StaffRequest,
    hand_over,
    open_work,
    requires,
    signed_in,
)
from foundation.desk.forms.staff import HandOver
from foundation.pages import Attempt

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_OR_POST
@signed_in
def my_work(request: StaffRequest) -> HttpResponse:
    """Show one's own open work, and hand it over."""
    return _page(request, request.staff, back="desk:my_work")


@GET_OR_POST
@requires(Permission.STAFF_MANAGE)
def work_of(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Hand over the open work of somebody of one's staff, who leaves or is ill."""
    visible = RoleAt.objects.visible_to(request.scope).values("staff")
    giver = get_object_or_404(Staff.objects.filter(pk__in=visible), pk=pk)
    return _page(request, giver, back="desk:staff_work")


@require_POST
@signed_in
def take_back(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give or take one lent item back before its last day."""
    row = get_object_or_404(hand_over.lent(request.staff), pk=pk)
    with Attempt(request) as attempt:
        hand_over.take_back(row, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("It is back."))
    return redirect("desk:my_work")


def _page(request: StaffRequest, giver: Staff, *, back: str) -> HttpResponse:
    lines = hand_over.lines_of(giver.pk)
    takers = hand_over.takers_for(giver, lines, at=request.at)
    initial = {"starts_on": timezone.localdate(request.at)}
    form = HandOver(request.POST or None, lines=lines, takers=takers, initial=initial)
    own = giver.pk == request.staff.pk
    if request.method == "POST" and form.is_valid() and _give(request, giver, form):
        messages.success(request, _("Handed over."))
        return redirect(back) if own else redirect(back, pk=giver.pk)
    labels = {kind.key: kind.label for kind in open_work.kinds()}
    context = {
        "form": form,
        "lines": lines,
        "giver": giver,
        "own": own,
        "lent": [(row, labels.get(row.kind, row.kind)) for row in hand_over.lent(giver)],
    }
    return render(request, "foundation/staff/work.html", context)


def _give(request: StaffRequest, giver: Staff, form: HandOver) -> bool:
    typed = form.cleaned_data
    with Attempt(request, form) as attempt:
        hand_over.give(
            giver,
            typed["to"],
            typed["items"],
            starts_on=typed["starts_on"],
            ends_on=typed["ends_on"],
            by=request.actor,
            at=request.at,
        )
    return attempt.ok
