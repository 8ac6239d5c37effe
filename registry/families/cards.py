"""What the families' room puts on the Today page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone

from foundation.access import StaffRequest
from foundation.pages import keyset
from registry.families import queries
from registry.families.models import Family, FamilyMove, WallPage

SHOWN: Final = 3


def nobody_stays(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return the families with whom nobody stays yet: those that came from another branch say whence."""
    found = Family.objects.visible_to(request.scope).filter(officer__isnull=True, stopped_at__isnull=True)
    first = list(found.select_related("giver").order_by("-id")[:SHOWN])
    if not first:
        return None
    number, words = keyset.count(found)
    came = {
        move.family_id: move
        for move in FamilyMove.objects.filter(family__in=first, done_at__isnull=False)
        .select_related("from_branch")
        .order_by("done_at")
    }
    names = queries.masked_names([family.giver for family in first])
    rows = [
        {"family": family, "name": name, "moved": came.get(family.pk)}
        for family, name in zip(first, names, strict=True)
    ]
    return {"rows": rows, "words": words, "waiting": number}


def wall_waits(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return the pages for the memorial wall with which somebody has to do something."""
    mine = WallPage.objects.visible_to(request.scope)
    found = queries.waiting(mine, timezone.localdate(request.at))
    first = list(found.select_related("giver").order_by("-id")[:SHOWN])
    if not first:
        return None
    number, words = keyset.count(found)
    names = queries.masked_names([page.giver for page in first])
    rows = [
        {"page": page, "name": name, "work": queries.work_on(page)}
        for page, name in zip(first, names, strict=True)
    ]
    return {"rows": rows, "words": words, "waiting": number}
