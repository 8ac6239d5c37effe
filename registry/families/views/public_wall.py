"""The memorial wall as everybody reads it: names, years, some words; nothing else, and kept by no cache."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from foundation.access import Branch
from foundation.access.models import ORGANISATIONS
from foundation.pages import paginate
from registry.donors import strangers
from registry.donors.strangers import StrangerRequest
from registry.families import queries

ON_A_PAGE = 24
REASON = "the memorial wall: what families agreed to show everybody, and no more"


@strangers.for_strangers(reason=REASON)
@require_safe
def wall(request: StrangerRequest, pk: UUID | None = None) -> HttpResponse:
    """Show the names that stand on the wall, of a branch or of all, who came last in front."""
    working = Branch.objects.filter(active=True).exclude(kind__in=ORGANISATIONS)
    branch = get_object_or_404(working, pk=pk) if pk else working.filter(parent=None).order_by("path").first()
    found = queries.on_the_wall(timezone.localdate(request.at))
    if branch is not None:
        found = queries.of_branch(found, branch)
    page = paginate(
        found.select_related("giver"), request.GET, key=("-put_up_at", "-id"), per=ON_A_PAGE, counted=False
    )
    sender = {"name": branch.name, "phone": branch.phone} if branch else None
    context = {"page": page, "entries": queries.entries(page.items), "branch": branch, "sender": sender}
    return render(request, "registry/families/wall/public.html", context)
