"""Reads of branches and roles."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from tree_queries.query import TreeQuerySet

if TYPE_CHECKING:
    from foundation.access.scopes import Scope


class BranchQuerySet(TreeQuerySet):  # type: ignore[misc]
    """Branches by the reader's scope."""

    def visible_to(self, scope: Scope) -> BranchQuerySet:
        """Return the branches that lie in the scope."""
        found: BranchQuerySet = self.filter(scope.q("path"))
        return found


class RoleQuerySet(models.QuerySet[Any]):
    """Roles as they stand on a day."""

    def standing(self) -> RoleQuerySet:
        """Return the roles that nobody has ended, at branches that are active, whatever their days."""
        return self.filter(ended_at__isnull=True, branch__active=True)

    def on(self, day: date) -> RoleQuerySet:
        """Return the roles in force on a day, at branches that are active."""
        still = models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=day)
        return self.standing().filter(still, starts_on__lte=day)

    def visible_to(self, scope: Scope) -> RoleQuerySet:
        """Return the roles held at branches in the scope."""
        return self.filter(scope.q("branch__path"))
