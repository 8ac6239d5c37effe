"""The family's page: whom did they lose, who are they, what do they wish, what happened?"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from foundation import trail
from foundation.access import Permission, StaffRequest, requires
from foundation.pages.reveals import opens
from registry.families import queries, sections
from registry.families.models import Family
from registry.families.views.common import REVEAL_REASONS, crumbs, seen_family


@requires(Permission.FAMILY_VIEW)
@require_GET
def detail(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a family, masked; each view is written down."""
    family = seen_family(request, pk)
    trail.record("family.viewed", by=request.actor, at=request.at, object=family)
    return render(request, "registry/families/detail.html", _context(request, family))


@requires(Permission.FAMILY_VIEW)
@require_http_methods(["GET", "POST"])
def reveal(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a family's names, numbers and words, once, for a reason that is written down."""
    family = seen_family(request, pk)
    if request.method == "GET":  # after a reload, or a login in between: masked again
        return redirect("families:detail", pk=family.pk)
    if not opens(request, family, noun="family", reasons=dict(REVEAL_REASONS)):
        return redirect("families:detail", pk=family.pk)
    context = _context(request, family) | {"open": True}
    return render(request, "registry/families/detail.html", context)


def _context(request: StaffRequest, family: Family) -> dict[str, Any]:
    complaints = queries.complaints_of(family)
    return {
        "family": family,
        "giver": family.giver,
        "crumbs": crumbs(family),
        "short": family.short,
        "head": queries.head_of(family),
        "people": queries.people_of(family),
        "wishes": queries.wishes_of(family) if family.wishes_recorded_on else None,
        "history": queries.history_of(family),
        "complaints": complaints,
        "open_complaints": any(one.settled_at is None for one in complaints),
        "others": [
            (other, other.short, request.scope.covers(other.branch_path))
            for other in queries.other_households(family)
        ],
        "sections": sections.shown_to(request, family),
        "wall": queries.wall_of(family, by=request.actor, at=request.at, on=timezone.localdate(request.at)),
        "can_approve": request.holds(Permission.CARE_APPROVE),
        "reasons": REVEAL_REASONS,
        "erased": family.giver.subject.erased_at is not None,
        "can_edit": request.holds(Permission.FAMILY_EDIT),
        "may_correct_giver": request.scope.covers(family.giver.branch_path),
        "can_record": request.holds(Permission.CONSENT_RECORD),
        "can_stop": request.holds(Permission.PERSON_STOP),
    }
