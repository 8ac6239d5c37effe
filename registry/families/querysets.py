"""Which of those who gave, and of their households, one may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from foundation.access import Scope
    from registry.families.models import (  # noqa: F401
        Complaint,
        Family,
        Giver,
        Member,
        WallObjection,
        WallPage,
    )


class GiverQuerySet(models.QuerySet["Giver"]):
    """Those who gave."""

    def visible_to(self, scope: Scope) -> GiverQuerySet:
        """Keep those of the branches in a scope."""
        return self.filter(scope.q("branch_path"))


class FamilyQuerySet(models.QuerySet["Family"]):
    """Households."""

    def visible_to(self, scope: Scope) -> FamilyQuerySet:
        """Keep those of the branches in a scope."""
        return self.filter(scope.q("branch_path"))


class MemberQuerySet(models.QuerySet["Member"]):
    """People of households."""

    def visible_to(self, scope: Scope) -> MemberQuerySet:
        """Keep those of households of the branches in a scope."""
        return self.filter(scope.q("family__branch_path"))

    def living(self) -> MemberQuerySet:
        """Keep those who live, and of whom something is known still."""
        return self.filter(subject__died_reported_at__isnull=True, subject__erased_at__isnull=True)

    def who_hear(self) -> MemberQuerySet:
        """Keep those who live and want to hear from us; see ``Member.may_hear``."""
        return self.living().filter(no_more_at__isnull=True, family__stopped_at__isnull=True)


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    """What families complained of."""

    def visible_to(self, scope: Scope) -> ComplaintQuerySet:
        """Keep those of households of the branches in a scope."""
        return self.filter(scope.q("family__branch_path"))

    def open(self) -> ComplaintQuerySet:
        """Keep those about which nothing was done yet."""
        return self.filter(settled_at__isnull=True)


class WallPageQuerySet(models.QuerySet["WallPage"]):
    """Places on the memorial wall."""

    def visible_to(self, scope: Scope) -> WallPageQuerySet:
        """Keep those of households of the branches in a scope."""
        return self.filter(scope.q("family__branch_path"))


class WallObjectionQuerySet(models.QuerySet["WallObjection"]):
    """Who does not want a name on the wall."""

    def visible_to(self, scope: Scope) -> WallObjectionQuerySet:
        """Keep those of households of the branches in a scope."""
        return self.filter(scope.q("member__family__branch_path"))

    def open(self) -> WallObjectionQuerySet:
        """Keep those that hold."""
        return self.filter(lifted_at__isnull=True)
