"""Which donors one may see, and which may be offered to a patient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from registry.donors.states import LIVE, DonorState

if TYPE_CHECKING:
    from foundation.access import Scope
    from registry.donors.models import CallTask, Donor  # noqa: F401


class DonorQuerySet(models.QuerySet["Donor"]):
    """Donors."""

    def visible_to(self, scope: Scope) -> DonorQuerySet:
        """Keep those whom the branches of a scope serve or own: two index ranges."""
        return self.filter(scope.q("service_path", "owner_path"))

    def served_by(self, scope: Scope) -> DonorQuerySet:
        """Keep those whom the branches of a scope serve: one index range, for lists."""
        return self.filter(scope.q("service_path"))

    def live(self) -> DonorQuerySet:
        """Keep those who have not left."""
        return self.filter(state__in=LIVE)

    def searchable(self) -> DonorQuerySet:
        """
        Keep those who may be offered to a patient now.

        Listed, nobody objected, no death was reported, and within the age to donate.
        """
        return self.filter(
            state=DonorState.LISTED,
            objected_at__isnull=True,
            death_reported_at__isnull=True,
            limit_notice_on__isnull=True,
        )


class CallTaskQuerySet(models.QuerySet["CallTask"]):
    """Calls that are to be made."""

    def visible_to(self, scope: Scope) -> CallTaskQuerySet:
        """Keep those of donors whom the branches of a scope serve."""
        return self.filter(scope.q("service_path"))

    def open(self) -> CallTaskQuerySet:
        """Keep those that nobody has made yet."""
        return self.filter(state="OPEN")

    def with_donor(self) -> Any:
        """Fetch the donor in the same query."""
        return self.select_related("donor")
