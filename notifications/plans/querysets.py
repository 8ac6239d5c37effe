"""Which plans and touchpoints one may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from foundation.access import Scope
    from notifications.plans.models import Plan, Touchpoint  # noqa: F401


class PlanQuerySet(models.QuerySet["Plan"]):
    """Plans."""

    def visible_to(self, scope: Scope) -> PlanQuerySet:
        """Keep those of the branches in a scope."""
        return self.filter(scope.q("branch_path"))


class TouchpointQuerySet(models.QuerySet["Touchpoint"]):
    """Touchpoints."""

    def visible_to(self, scope: Scope) -> TouchpointQuerySet:
        """Keep those of the branches in a scope."""
        return self.filter(scope.q("branch_path"))
