"""Call lists: made for an afternoon, given to helpers, and the hours these gave."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.access import Branch, BranchKind, Permission, Staff, StaffRequest, requires
from foundation.pages import Attempt
from registry.donors import actions, forms, purposes, queries
from registry.donors.models import Call, CallHelper, CallList, CallTask
from registry.donors.views.common import crumbs

MOST = 200  # helpers of one list


@requires(Permission.CALL_MAKE)
@require_http_methods(["GET", "POST"])
def make(request: StaffRequest) -> HttpResponse:
    """Ask what the calls are about, and put the first people who are due onto a list."""
    if not request.scope.ranges:
        return redirect("donors:calling")
    form = _new_list(request)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        name = told["name"].strip() or _name(told["purpose"], told["on_date"])
        with Attempt(request, form) as attempt:
            made = actions.make_list(
                told["branch"], name=name, purpose=told["purpose"], people=told["people"],
                on_date=told["on_date"], by=request.actor, at=request.at,
            )  # fmt: skip
        if attempt.ok:
            return redirect("donors:call-list", pk=made.pk)
    context = {"form": form, "crumbs": _crumbs((_("New list"), ""))}
    return render(request, "registry/donors/call_list_new.html", context, status=422 if form.errors else 200)


@requires(Permission.CALL_MAKE)
@require_GET
def detail(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show how far a list is, and who helps."""
    call_list = _list(request, pk)
    return _page(request, call_list, forms.HelperForm(before=_before(request)))


@requires(Permission.CALL_MAKE)
@require_POST
def end(request: StaffRequest, pk: UUID) -> HttpResponse:
    """End a list; who was not rung goes back, and the helpers' logins end."""
    call_list = _list(request, pk)
    with Attempt(request) as attempt:
        actions.end_list(call_list, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("The list has ended. Who was not rung stands among the calls again."))
    return redirect("donors:call-list", pk=pk)


@requires(Permission.DRIVE_MANAGE)
@require_POST
def helper(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Make a helper's login. The link to set its password is shown once, here."""
    call_list = _list(request, pk)
    form = forms.HelperForm(request.POST, before=_before(request))
    if form.is_valid():
        told = form.cleaned_data
        with Attempt(request, form) as attempt:
            made = actions.make_helper(
                call_list, name=told["name"], again=told["again"], by=request.actor, at=request.at
            )
        if attempt.ok:
            link = request.build_absolute_uri(made.link) if made.link else ""
            context = {"call_list": call_list, "made": made, "link": link}
            return render(request, "registry/donors/caller_made.html", context)
    return _page(request, call_list, form)


@requires(Permission.DRIVE_MANAGE)
@require_POST
def end_helper(request: StaffRequest, pk: UUID, helper_id: UUID) -> HttpResponse:
    """End a helper's login."""
    one = get_object_or_404(_list(request, pk).helpers, pk=helper_id)
    with Attempt(request) as attempt:
        actions.end_helper(one, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("The login has ended. Thank them for their time."))
    return redirect("donors:call-list", pk=pk)


@requires(Permission.DRIVE_MANAGE)
@require_http_methods(["GET", "POST"])
def hours(request: StaffRequest, pk: UUID, helper_id: UUID) -> HttpResponse:
    """Write down how long a helper worked, where the calls do not tell it."""
    one = get_object_or_404(_list(request, pk).helpers.select_related("staff", "call_list"), pk=helper_id)
    start = {"minutes": one.counted_minutes if one.minutes is None else one.minutes}
    form = forms.Hours(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            actions.set_hours(one, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Written down."))
            return redirect("donors:call-list", pk=pk)
    context = {
        "helper": one,
        "form": form,
        "crumbs": _crumbs((one.call_list.name, reverse("donors:call-list", args=[pk])), (_("Hours"), "")),
    }
    return render(request, "registry/donors/call_hours.html", context, status=422 if form.errors else 200)


@requires(Permission.CALL_MAKE)
@require_GET
def hours_sheet(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Print the hours of a list's helpers, to be signed."""
    call_list = _list(request, pk)
    context = {"call_list": call_list, "helpers": _helpers(call_list)}
    return render(request, "registry/donors/call_hours_sheet.html", context)


def _page(request: StaffRequest, call_list: CallList, form: forms.HelperForm) -> HttpResponse:
    deck = queries.deck_of(request, str(call_list.pk))
    context = {
        "call_list": call_list,
        "purpose": purposes.BY_KEY[call_list.purpose],
        "is_over": deck is None,
        "progress": deck.progress(request.actor, request.at) if deck else None,
        "tally": _tally(call_list),
        "helpers": _helpers(call_list),
        "helper_form": form,
        "may_help": request.holds(Permission.DRIVE_MANAGE),
        "crumbs": _crumbs((call_list.name, "")),
    }
    return render(request, "registry/donors/call_list.html", context, status=422 if form.errors else 200)


def _list(request: StaffRequest, pk: UUID) -> CallList:
    return get_object_or_404(CallList.objects.visible_to(request.scope).select_related("branch"), pk=pk)


def _helpers(call_list: CallList) -> list[CallHelper]:
    """Return the helpers of a list, each with how many calls they made from it."""
    helpers = list(call_list.helpers.select_related("staff", "call_list").order_by("id")[:MOST])
    made = Call.objects.standing().filter(task__call_list=call_list)
    counts = dict(made.values_list("by_id").annotate(n=Count("pk")))
    for one in helpers:
        one.calls_made = counts.get(str(one.staff_id), 0)  # type: ignore[attr-defined]  # for the page
    return helpers


def _tally(call_list: CallList) -> list[tuple[str, int]]:
    """Return how the calls of a list ended, the most frequent first."""
    made = Call.objects.standing().filter(task__call_list=call_list)
    counts = made.values_list("result").annotate(n=Count("pk")).order_by("-n")
    return [(str(Call(result=result).get_result_display()), n) for result, n in counts]


def _new_list(request: StaffRequest) -> forms.NewList:
    today = timezone.localdate(request.at)
    choices = [(purpose.key, f"{purpose.words} · {n}") for purpose, n in _waiting(request)]
    branches = _branches(request)
    return forms.NewList(
        request.POST if request.method == "POST" else None,
        purposes=choices,
        branches=branches,
        initial={
            "on_date": today,
            "people": settings.CALL_LIST_USUAL,
            "branch": branches.first(),
            "purpose": request.GET.get("about", ""),
        },
    )


def _waiting(request: StaffRequest) -> list[tuple[purposes.Purpose, int]]:
    """Return what one may make a list about, with how many stand on none; in one query."""
    tasks = CallTask.objects.to_make().filter(request.scope.q("service_path"), call_list=None)
    counted = {p.key.replace("-", "_"): Count("pk", filter=p.q(request.at)) for p in purposes.PURPOSES}
    found = tasks.aggregate(**counted)
    counts = [(purpose, found[purpose.key.replace("-", "_")]) for purpose in purposes.PURPOSES]
    return [(purpose, n) for purpose, n in counts if n] or counts


def _branches(request: StaffRequest) -> QuerySet[Branch]:
    kinds = (BranchKind.PROVINCE, BranchKind.PREFECTURE, BranchKind.COUNTY, BranchKind.STATION)
    here = Branch.objects.filter(request.scope.q("path"), active=True, kind__in=kinds)
    found: QuerySet[Branch] = here.order_by("path")
    return found


def _before(request: StaffRequest) -> QuerySet[Staff]:
    """Return who helped before on a list of the reader's branches."""
    lists = CallList.objects.visible_to(request.scope).values("pk")
    helped = CallHelper.objects.filter(call_list__in=lists).values("staff_id")
    return Staff.objects.filter(pk__in=helped, is_active=True).order_by("username")


def _name(purpose: str, day: Any) -> str:
    return f"{purposes.BY_KEY[purpose].words}, {date_format(day, 'n-j')}"


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return crumbs(None, (_("Calls"), reverse("donors:calls")), *more)
