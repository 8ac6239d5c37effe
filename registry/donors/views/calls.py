"""The call list, and one call at a time: masked until opened, a script, results by one key."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages import Attempt, paginate
from registry.donors import actions, forms, queries, scripts
from registry.donors.models import CallKind, CallTask, Donor
from registry.donors.queries.page import kind_of
from registry.donors.views.common import crumbs, seen_donor, short


@requires(Permission.CALL_MAKE)
@require_GET
def calls(request: StaffRequest) -> HttpResponse:
    """List the calls to make, the longest due first; names masked."""
    today = timezone.localdate(request.at)
    found = CallTask.objects.visible_to(request.scope).open()
    if not request.GET.get("all"):
        found = found.filter(due_on__lte=today)
    page = paginate(found.with_donor(), request.GET, key=("due_on", "id"))
    donors = [task.donor for task in page.items]
    rows = [
        {"task": task, "name": name, "short": short(task.donor), "late": task.due_on < today}
        for task, name in zip(page.items, queries.masked_names(donors), strict=True)
    ]
    context = {
        "page": page,
        "rows": rows,
        "all": bool(request.GET.get("all")),
        "crumbs": crumbs(None, (_("Calls"), "")),
    }
    return render(request, "registry/donors/calls.html", context)


@requires(Permission.CALL_MAKE)
@require_http_methods(["GET", "POST"])
def call(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show one call; once it is in one's hands, the numbers are open. Each look is written down."""
    task = _task(request, pk)
    mine = task.owner_id == request.staff.pk
    if mine:
        trail.record("call.viewed", by=request.actor, at=request.at, object=task.donor, task=task.pk)
    form = _form(request, task.donor, task.kind)
    if request.method == "POST" and mine and form.is_valid():
        with Attempt(request, form) as attempt:
            _record(request, task.donor, form, task.kind, task=task)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return _next(request)
    context = _context(request, task.donor, form, task.kind, opened=mine) | {"task": task, "mine": mine}
    return render(request, "registry/donors/call.html", context, status=422 if form.errors else 200)


@requires(Permission.CALL_MAKE)
@require_POST
def open_call(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take a call into one's hands, and with it the numbers; the trail names the task."""
    task = _task(request, pk)
    task.owner = request.staff
    task.save(update_fields=["owner"])
    trail.record("call.opened", by=request.actor, at=request.at, object=task.donor, task=task.pk)
    return redirect("donors:call", pk=task.pk)


@requires(Permission.CALL_MAKE)
@require_POST
def new_number(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Keep a new number heard in a call that is in one's hands."""
    task = _task(request, pk)
    form = forms.NewNumber(request.POST)
    if task.owner_id != request.staff.pk or not form.is_valid():
        for sentence in form.errors.get("phone", [_("Open the call first.")]):
            messages.error(request, str(sentence))
        return redirect("donors:call", pk=task.pk)
    with Attempt(request) as attempt:
        number = form.cleaned_data["phone"]
        actions.record_new_number(task.donor, number, by=request.actor, at=request.at, task=task)
    if attempt.ok:
        messages.success(request, _("The new number is kept."))
    return redirect("donors:call", pk=task.pk)


@requires(Permission.CALL_MAKE)
@require_http_methods(["GET", "POST"])
def record(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Write down a call that stood on no list, as when the donor rang."""
    donor = seen_donor(request, pk)
    kind = request.POST.get("kind") or request.GET.get("kind") or ""
    kind = kind if kind in CallKind.values else _likely(donor)
    form = _form(request, donor, kind)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            task = CallTask.objects.open().filter(donor=donor, kind=kind).first()
            _record(request, donor, form, kind, task=task)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("donors:detail", pk=donor.pk)
    context = _context(request, donor, form, kind, opened=False) | {"mine": True}
    return render(request, "registry/donors/call.html", context, status=422 if form.errors else 200)


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


def _task(request: StaffRequest, pk: UUID) -> CallTask:
    tasks = CallTask.objects.visible_to(request.scope).open()
    return get_object_or_404(tasks.select_related("owner", "donor__subject", "donor__service_branch"), pk=pk)


def _form(request: StaffRequest, donor: Donor, kind: str) -> forms.RecordCall:
    numbers: list[tuple[str, str | Promise]] = [("donor", _("The volunteer"))]
    numbers += [(str(c.order), c.get_relation_display()) for c in donor.contacts.order_by("order")]
    data = request.POST if request.method == "POST" else None
    return forms.RecordCall(data, numbers=numbers, kind=kind)


def _record(
    request: StaffRequest, donor: Donor, form: forms.RecordCall, kind: str, *, task: CallTask | None
) -> None:
    actions.record_call(
        donor,
        kind=kind,
        result=form.cleaned_data["result"],
        number=form.cleaned_data["number"],
        answers=form.answers,
        words=form.cleaned_data["words"],
        task=task,
        by=request.actor,
        at=request.at,
    )


def _context(
    request: StaffRequest, donor: Donor, form: forms.RecordCall, kind: str, *, opened: bool
) -> dict[str, Any]:
    contacts = queries.contacts_of(donor)
    return {
        "donor": donor,
        "kind": kind,
        "kind_words": CallKind(kind).label,
        "state_kind": kind_of(donor.state),
        "form": form,
        "opened": opened,
        "head": queries.head_of(donor, on=timezone.localdate(request.at)),
        "short": short(donor),
        "script": scripts.for_donor(kind),
        "contacts": [(known, scripts.for_contact(known.contact)) for known in contacts],
        "number_form": forms.NewNumber(),
        "earlier": list(donor.calls.order_by("-at")[:8]),
        "crumbs": crumbs(None, (_("Calls"), reverse("donors:calls")), (short(donor), "")),
    }


def _next(request: StaffRequest) -> HttpResponse:
    """Go on with the next call that is due and in nobody else's hands, or back to the list."""
    today = timezone.localdate(request.at)
    due = CallTask.objects.visible_to(request.scope).open().filter(due_on__lte=today)
    free = due.filter(owner__isnull=True) | due.filter(owner=request.staff)
    following = free.order_by("due_on", "id").first()
    return redirect("donors:call", pk=following.pk) if following else redirect("donors:calls")


def _likely(donor: Donor) -> str:
    task = CallTask.objects.open().filter(donor=donor).order_by("due_on").first()
    return task.kind if task else CallKind.OTHER
