"""The national register: whom to enter there or take out, who was sent, and the number that came back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.access import Permission, StaffRequest, login, requires
from foundation.pages import Attempt, downloads, paginate
from foundation.papers import sheets
from registry.donors import queries
from registry.donors.exports import reading
from registry.donors.forms.national import Accepted, WhyOpened
from registry.donors.models import Donor
from registry.donors.national import lists, marking
from registry.donors.querysets import DonorQuerySet
from registry.donors.views.common import crumbs, short

PRINTED_AT_ONCE = 200  # people on the printed sheet


@requires(Permission.DONOR_LIST)
@require_GET
def to_enter(request: StaffRequest) -> HttpResponse:
    """List who is to be entered there, masked, the longest in the registry first."""
    page = paginate(lists.to_enter(request.scope), request.GET, key="id", per=settings.NATIONAL_AT_ONCE)
    agreed = {donor.pk for donor in lists.sharing(page.items)}
    rows = [row | {"agreed": row["donor"].pk in agreed} for row in _rows(page.items)]
    context = {"page": page, "rows": rows, "form": WhyOpened(), **_frame("enter")}
    return render(request, "registry/donors/national.html", context)


@login.fresh
@requires(Permission.DONOR_LIST)
@require_http_methods(["GET", "POST"])
def enter(request: StaffRequest) -> HttpResponse:
    """Open some of them, field by field as the national system asks, for a reason."""
    form = WhyOpened(request.POST if request.method == "POST" else None)
    chosen = _chosen(request, lists.to_enter(request.scope))
    if request.method == "GET" or not form.is_valid() or not chosen:  # after a reload: masked again
        return redirect("donors:national")
    entries = lists.opened(chosen, reason=form.cleaned_data["reason"], by=request.actor, at=request.at)
    context = {"entries": entries, "crumbs": _crumbs(_("Enter there"))}
    return render(request, "registry/donors/national_enter.html", context)


@requires(Permission.DONOR_LIST)
@require_POST
def mark_sent(request: StaffRequest) -> HttpResponse:
    """Write down who was entered there."""
    if done := _mark(request, lists.to_enter(request.scope), marking.send):
        words = ngettext("%(n)s donor is marked as sent.", "%(n)s donors are marked as sent.", done)
        messages.success(request, words % {"n": done})
    return redirect("donors:national")


@login.fresh
@requires(Permission.DONOR_LIST)
@require_http_methods(["GET", "POST"])
def sheet(request: StaffRequest) -> HttpResponse:
    """Hand out the national sheet of all who are to be entered: as a workbook, or to print."""
    form = WhyOpened(request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return redirect("donors:national")
    reason = form.cleaned_data["reason"]
    if request.POST.get("form") == "print":
        people = list(lists.to_enter(request.scope).order_by("pk")[:PRINTED_AT_ONCE])
        entries = lists.opened(people, reason=reason, by=request.actor, at=request.at)
        context = {"entries": entries, "headers": lists.HEADERS, "at": request.at}
        return render(request, "registry/donors/national_paper.html", context)
    content = sheets.stream_xlsx(_sheet_rows(request, reason))
    name = f"national-{timezone.localdate(request.at):%Y%m%d}.xlsx"
    return downloads.attachment(content, downloads.XLSX, name)


@requires(Permission.DONOR_LIST)
@require_GET
def sent(request: StaffRequest) -> HttpResponse:
    """List who was sent and waits for a number."""
    page = paginate(lists.sent(request.scope), request.GET, key="id", per=settings.NATIONAL_AT_ONCE)
    context = {"page": page, "rows": _rows(page.items), **_frame("sent")}
    return render(request, "registry/donors/national_sent.html", context)


@requires(Permission.DONOR_LIST)
@require_GET
def to_take_out(request: StaffRequest) -> HttpResponse:
    """List who left here and may still stand there: by their number alone, for nobody needs the name."""
    page = paginate(lists.to_take_out(request.scope), request.GET, key="id", per=settings.NATIONAL_AT_ONCE)
    rows = [{"donor": donor, "short": short(donor)} for donor in page.items]
    context = {"page": page, "rows": rows, **_frame("out")}
    return render(request, "registry/donors/national_out.html", context)


@requires(Permission.DONOR_LIST)
@require_POST
def mark_out(request: StaffRequest) -> HttpResponse:
    """Write down who was taken out there."""
    if done := _mark(request, lists.to_take_out(request.scope), marking.take_out):
        words = ngettext("%(n)s donor is out there too.", "%(n)s donors are out there too.", done)
        messages.success(request, words % {"n": done})
    return redirect("donors:national-out")


@requires(Permission.DONOR_LIST)
@require_http_methods(["GET", "POST"])
def record(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Record the number and the day of acceptance of one donor."""
    donor = _donor(request, pk)
    start = {"number": donor.national_no, "on": donor.national_on or timezone.localdate(request.at)}
    form = Accepted(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        with Attempt(request, form) as attempt:
            marking.accept(donor, **form.cleaned_data, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("Number and day are recorded."))
            if request.POST.get("from"):
                return redirect("donors:national-sent")
            return redirect("donors:detail", pk=donor.pk)
    context = {
        "donor": donor,
        "short": short(donor),
        "form": form,
        "from": request.GET.get("from") or request.POST.get("from"),
        "crumbs": _crumbs(short(donor)),
    }
    return render(
        request, "registry/donors/national_record.html", context, status=422 if form.errors else 200
    )


@requires(Permission.DONOR_LIST)
@require_POST
def take_back(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Put a donor back among those to enter there."""
    donor = _donor(request, pk)
    with Attempt(request) as attempt:
        marking.take_back(donor, by=request.actor, at=request.at)
    if attempt.ok:
        messages.success(request, _("This donor stands among those to enter there again."))
    return redirect("donors:detail", pk=pk)


def _sheet_rows(request: StaffRequest, reason: str) -> Iterator[tuple[str, ...]]:
    yield lists.HEADERS
    for piece in reading.whole_pieces(lists.to_enter(request.scope)):
        for entry in lists.opened(piece, reason=reason, by=request.actor, at=request.at):
            yield tuple(text for _header, text in entry.cells)


def _rows(donors: list[Donor]) -> list[dict[str, Any]]:
    names = queries.masked_names(donors)
    return [
        {"donor": donor, "name": name, "short": short(donor)}
        for donor, name in zip(donors, names, strict=True)
    ]


def _mark(request: StaffRequest, among: DonorQuerySet, mark: marking.Mark) -> int:
    """Mark the ticked ones who still stand on a list; say why the others are not, and return how many are."""
    chosen = _chosen(request, among)
    done, left = marking.each([donor.pk for donor in chosen], mark, by=request.actor, at=request.at)
    for one in left:
        messages.error(request, f"{short(one.donor)}: {' '.join(one.sentences)}")
    if not chosen:
        messages.error(request, _("Nobody was ticked who still stands on this list."))
    return len(done)


def _chosen(request: StaffRequest, among: DonorQuerySet) -> list[Donor]:
    """Return those of a page's donors that were chosen and are still among these."""
    ids = []
    for text in request.POST.getlist("donor")[: settings.NATIONAL_AT_ONCE]:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return list(among.filter(pk__in=ids).order_by("pk"))


def _donor(request: StaffRequest, pk: UUID) -> Donor:
    return get_object_or_404(Donor.objects.visible_to(request.scope), pk=pk)


def _frame(here: str) -> dict[str, Any]:
    """Return what the pages of the national register share."""
    return {"here": here, "crumbs": crumbs(None, (_("National register"), ""))}


def _crumbs(words: str) -> list[tuple[str, str]]:
    return crumbs(None, (_("National register"), reverse("donors:national")), (words, ""))
