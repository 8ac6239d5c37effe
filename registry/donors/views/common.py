"""What the views of this room share: the donor one may see, breadcrumbs, the trail of looks."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.access import Permission, StaffRequest
from registry.donors.models import Donor

REVEAL_REASONS: Final = [
    ("reach", gettext_lazy("To reach this person")),
    ("identify", gettext_lazy("To check who stands before me")),
    ("correct", gettext_lazy("To correct their record")),
    ("rights", gettext_lazy("They ask about their own data")),
    ("case", gettext_lazy("For a match")),
]
LONGEST_KEY: Final = 36  # of a list of calls: an id


def seen_donor(request: StaffRequest, pk: UUID) -> Donor:
    """
    Return a donor of the request's scope.

    ``PERSON_STOP`` and ``CALL_MAKE`` are held by roles that never see donors (family care,
    organ coordinators): for them, as for strangers, there is no such donor.
    """
    if not request.holds(Permission.DONOR_VIEW):
        raise Http404
    donors = Donor.objects.visible_to(request.scope)
    return get_object_or_404(donors.select_related("subject", "service_branch", "owner_branch"), pk=pk)


def crumbs(donor: Donor | None = None, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the breadcrumbs of a donor's pages: the number, never the name."""
    found = [(_("Donors"), reverse("donors:list"))]
    if donor is not None:
        found.append((short(donor), reverse("donors:detail", args=[donor.pk]) if more else ""))
    return [*found, *more]


def short(donor: Donor) -> str:
    """Return the end of the donor's number, by which colleagues speak of them."""
    return f"…{donor.grid[-8:-2]}"


def list_asked(request: StaffRequest) -> str:
    """Return the key of the list one rings from: the id of a named list, or what the calls are for."""
    key = request.POST.get("in") or request.GET.get("in") or ""
    return key if len(key) <= LONGEST_KEY else ""
