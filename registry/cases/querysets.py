"""Which cases one may see, and which of them are open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from registry.cases.states import ACTIVE, OPEN

if TYPE_CHECKING:
    from uuid import UUID

    from foundation.access import Scope
    from registry.cases.models import MatchCase  # noqa: F401


class MatchCaseQuerySet(models.QuerySet["MatchCase"]):
    """Match cases."""

    def visible_to(self, scope: Scope) -> MatchCaseQuerySet:
        """Keep those whose donor the branches of a scope serve or own, and those one is named on."""
        return self.filter(self.within(scope))

    def within(self, scope: Scope) -> Q:
        """Return the condition that a case is one of a scope: served or owned there, or named on."""
        here = scope.q("service_path", "owner_path")
        return here | Q(pk__in=scope.named_ids(self.model)) if scope.named else here

    def open(self) -> MatchCaseQuerySet:
        """Keep those that go on, or wait behind another."""
        return self.filter(state__in=OPEN)

    def active(self) -> MatchCaseQuerySet:
        """Keep those that keep their donor."""
        return self.filter(state__in=ACTIVE)

    def of_officer(self, staff_id: UUID) -> MatchCaseQuerySet:
        """Keep those that somebody has in hand, on either side."""
        return self.filter(Q(owner=staff_id) | Q(patient_officer=staff_id))
