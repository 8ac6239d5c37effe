"""The donor's page: who is this, where do they stand, what may I do?"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from consent.queries import section as consent_section
from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.approvals import Approval, every_kind
from foundation.pages.reveals import opens
from registry.donors import alerts, grid, queries, sections
from registry.donors.models import CallTask, Donor
from registry.donors.queries import mending
from registry.donors.queries.page import ahead, kind_of
from registry.donors.states import WMDA_STATUS, DonorState
from registry.donors.views.common import REVEAL_REASONS, crumbs, seen_donor

REASONS_ONCE_GONE = ("rights",)
LAST_CALLS = 8  # how many stand on the page, the newest first


@requires(Permission.DONOR_VIEW)
@require_GET
def detail(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a donor, masked; each view is written down. An emptied record leads to the one that was kept."""
    try:
        donor = seen_donor(request, pk)
    except Http404:
        return _the_one_that_was_kept(request, pk)
    trail.record("donor.viewed", by=request.actor, at=request.at, object=donor)
    return render(request, "registry/donors/detail.html", _context(request, donor))


def _the_one_that_was_kept(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Lead from an emptied record to that of the same person, if the reader may see it."""
    kept = Donor.objects.filter(pk=pk).values_list("merged_into", flat=True).first()
    if kept is None:
        raise Http404
    return redirect("donors:detail", pk=seen_donor(request, kept).pk)


@requires(Permission.DONOR_VIEW)
@require_http_methods(["GET", "POST"])
def reveal(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a donor's name and numbers, once, for a reason that is written down."""
    donor = seen_donor(request, pk)
    if request.method == "GET":  # after a reload, or a login in between: masked again
        return redirect("donors:detail", pk=donor.pk)
    if not opens(request, donor, noun="donor", reasons=_codes(donor)):
        return redirect("donors:detail", pk=donor.pk)
    context = _context(request, donor) | {"open": True, "notes": queries.notes_of(donor)}
    return render(request, "registry/donors/detail.html", context)


def _context(request: StaffRequest, donor: Donor) -> dict[str, Any]:
    steps = mending.steps_of_both(donor)
    offers = queries.offers(request, donor)
    return {
        "donor": donor,
        "alerts": alerts.of(donor),
        "crumbs": crumbs(donor),
        "grid": grid.spaced(donor.grid),
        "head": queries.head_of(donor, on=timezone.localdate(request.at)),
        "kind": kind_of(donor.state),
        "wmda": WMDA_STATUS.get(DonorState(donor.state), ""),
        "way": queries.way(donor, [step for step in steps if step.object_id == donor.pk]),
        "events": queries.timeline(steps, mending.mended(donor)),
        "ahead": ahead(request, donor),
        "offers": offers,
        "press": [offers[key] for key in ("list-one", "release", "recover") if key in offers],
        "more": [offer for key, offer in offers.items() if key not in _SHOWN],
        "contacts": queries.contacts_of(donor),
        "consents": consent_section(donor.subject_id),
        "sections": sections.shown_to(request, donor),
        "tasks": _tasks(request, donor),
        "calls": list(donor.calls.order_by("-at")[:LAST_CALLS]),
        "asked": _asked(donor, request),
        "receipt": donor.withdrawals.filter(ended_at__isnull=True).first(),
        "can_withdraw": request.holds(Permission.PERSON_STOP) and _may_still_withdraw(donor),
        "can_call": request.holds(Permission.CALL_MAKE) and not donor.is_gone,
        "can_rejoin": donor.state == DonorState.WITHDRAWN and request.holds(Permission.DONOR_ENROL),
        "reasons": [(code, words) for code, words in REVEAL_REASONS if code in _codes(donor)],
    }


_SHOWN = frozenset({"list-one", "release", "recover", "hold", "choose-contact", "object", "lift-objection"})


def _codes(donor: Donor) -> tuple[str, ...]:
    """Return the reasons that open a record; a closed one opens for the person's own rights alone."""
    return REASONS_ONCE_GONE if donor.is_gone else tuple(code for code, _words in REVEAL_REASONS)


def _may_still_withdraw(donor: Donor) -> bool:
    return donor.state not in {DonorState.WITHDRAWN, DonorState.DECEASED, DonorState.TRANSFERRED}


def _tasks(request: StaffRequest, donor: Donor) -> list[CallTask]:
    if not request.holds(Permission.CALL_MAKE):
        return []
    return list(CallTask.objects.open().filter(donor=donor).order_by("due_on", "id"))


def _asked(donor: Donor, request: StaffRequest) -> list[tuple[Approval, object]]:
    """Return what waits for a second person about this donor, with its words."""
    waiting = Approval.objects.waiting(request.at).about(donor)
    known = {kind.key: kind.label for kind in every_kind()}
    return [(approval, known.get(approval.kind, approval.kind)) for approval in waiting]
