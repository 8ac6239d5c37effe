"""Two records of one person: found, laid side by side, and joined when a second person agrees."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation import approvals, trail, vault
from foundation.access import Permission, StaffRequest, requires
from foundation.approvals import Approval
from foundation.pages import Attempt
from foundation.pages.reveals import within_reveals
from registry.donors import conflicts, likeness, queries
from registry.donors.actions import merging, parting
from registry.donors.mending import forms
from registry.donors.models import Donor
from registry.donors.queries import mending
from registry.donors.queries.page import kind_of
from registry.donors.views.common import REVEAL_REASONS, crumbs, seen_donor, short


@requires(Permission.DONOR_MERGE)
@require_http_methods(["GET", "POST"])
def find(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask for the other record; look-alikes are offered."""
    donor = seen_donor(request, pk)
    form = forms.FindOther(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = queries.look_up(form.cleaned_data["text"], scope=request.scope)
        found = [one for one in answer.donors if one.pk != pk]
        if len(found) == 1 and not answer.more:
            return redirect("donors:merge-with", pk=donor.pk, other=found[0].pk)
        form.add_error("text", _several_or_none(several=bool(found) or answer.more))
    alike = mending.look_alikes(donor, scope=request.scope)
    context = {
        "donor": donor,
        "name": queries.masked_names([donor])[0],
        "form": form,
        "alike": _rows(alike),
        "crumbs": crumbs(donor, (_("Join with another record"), "")),
    }
    return render(
        request, "registry/donors/mending/merge_find.html", context, status=422 if form.errors else 200
    )


@requires(Permission.DONOR_MERGE)
@require_http_methods(["GET", "POST"])
def merge(request: StaffRequest, pk: UUID, other: UUID) -> HttpResponse:
    """Lay two records side by side, choose what stays, and ask a second person."""
    kept = seen_donor(request, pk)
    if Donor.objects.filter(pk=other, merged_into=kept).exists():
        messages.info(request, _("The two have been joined already."))
        return redirect("donors:detail", pk=kept.pk)
    gives_way = seen_donor(request, other)
    asked = request.method == "POST" and request.POST.get("then") != "show"
    differs = likeness.differing(kept, gives_way)
    form = forms.MergeRecords(request.POST if asked else None, doubtful=likeness.is_doubtful(differs))
    if asked and form.is_valid():
        with Attempt(request, form) as attempt:
            merging.ask_to_merge(
                kept, gives_way, chosen=form.chosen, **form.told, by=request.actor, at=request.at
            )
        if attempt.ok:
            messages.success(request, _("A second person was asked. Until then nothing changes."))
            return redirect("donors:detail", pk=kept.pk)
    context = _context(request, kept, gives_way, form)
    return render(request, "registry/donors/mending/merge.html", context, status=422 if form.errors else 200)


@requires(Permission.APPROVE, Permission.DONOR_MERGE)
@require_http_methods(["GET", "POST"])
def asked(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Lay the two records before whoever is asked to agree, and say what would stay."""
    rows = approvals.seen_by(request.staff, at=request.at).filter(kind=merging.MERGE)
    approval = get_object_or_404(rows, pk=pk)
    kept = seen_donor(request, UUID(approval.object_id))
    if Donor.objects.filter(pk=approval.facts["other"], merged_into__isnull=False).exists():
        return redirect("donors:detail", pk=kept.pk)  # it was agreed to: there is one record now
    gives_way = seen_donor(request, UUID(approval.facts["other"]))
    context = _context(request, kept, gives_way, forms.MergeRecords())
    chosen = {name: whose == "other" for name, whose in approval.facts["chosen"].items()}
    context |= {"approval": approval, "chosen": chosen, "both": approval.facts["both_documents"]}
    context["why"] = _why(request, kept, approval)
    return render(request, "registry/donors/mending/merge_asked.html", context)


@requires(Permission.DONOR_MERGE)
@require_http_methods(["GET", "POST"])
def unmerge(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Say that two records were joined by mistake, and ask a second person."""
    donor = seen_donor(request, pk)
    missing = parting.lacks(donor, at=request.at)
    if request.method == "POST":
        with Attempt(request) as attempt:
            parting.ask_to_part(donor, by=request.actor, at=request.at)
        if attempt.ok:
            messages.success(request, _("A second person was asked. Until then nothing changes."))
        return redirect("donors:detail", pk=donor.pk)
    context = {
        "donor": donor,
        "name": queries.masked_names([donor])[0],
        "missing": missing,
        "crumbs": crumbs(donor, (_("They are two people"), "")),
    }
    return render(request, "registry/donors/mending/unmerge.html", context)


def _context(request: StaffRequest, kept: Donor, other: Donor, form: forms.MergeRecords) -> dict[str, Any]:
    missing, pair = conflicts.of(kept, other), mending.of_pair(kept, other)
    differs = likeness.differing(kept, other)
    return {
        "kept": kept,
        "other": other,
        "form": form,
        "open": _shown(request, kept, other),
        "pair": [{**row, "short": short(row["donor"]), "kind": kind_of(row["donor"].state)} for row in pair],
        "same": mending.same_in(pair),
        "differs": differs,
        "differs_words": likeness.words(differs),
        "doubtful": likeness.is_doubtful(differs),
        "waiting": Approval.objects.waiting(request.at).about(kept).filter(kind=merging.MERGE).first(),
        "missing": missing,
        "withdraws": None if missing else conflicts.withdraws(kept, other),
        "two_numbers": kept.national_no and other.national_no and kept.national_no != other.national_no,
        "reasons": REVEAL_REASONS,
        "swapped": reverse("donors:merge-with", args=[other.pk, kept.pk]),
        "crumbs": crumbs(kept, (_("Join with another record"), "")),
    }


def _shown(request: StaffRequest, *pair: Donor) -> bool:
    """Open both records, once, for a reason that is written down."""
    if request.method != "POST" or request.POST.get("then") != "show":
        return False
    reason = request.POST.get("reason", "")
    if reason not in dict(REVEAL_REASONS):
        messages.error(request, _("Choose what you need it for."))
        return False
    if not within_reveals(request):
        messages.error(request, _("That is many looks in one hour. Please go on later."))
        return False
    for donor in pair:
        trail.record("donor.revealed", by=request.actor, at=request.at, object=donor, reason=reason)
    return True


def _why(request: StaffRequest, kept: Donor, approval: Approval) -> object:
    """Open why the asker is sure, for whoever is to agree; the look is written down."""
    if not (told := approval.facts.get("note")):
        return ""
    note = kept.notes.get(pk=told)
    trail.record("merge.reason_read", by=request.actor, at=request.at, object=kept, note=note.pk)
    return vault.open_one(note, "words")["words"]


def _rows(donors: list[Donor]) -> list[dict[str, Any]]:
    return [
        {"donor": donor, "name": name, "short": short(donor), "kind": kind_of(donor.state)}
        for donor, name in zip(donors, queries.masked_names(donors), strict=True)
    ]


def _several_or_none(*, several: bool) -> str:
    if several:
        return _("Several records fit. Type the document or the donor number.")
    return _("No other record in your branches fits.")
