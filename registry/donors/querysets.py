"""Which donors one may see, and which may be offered to a patient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from registry.donors import purposes
from registry.donors.reach import REACHABLE
from registry.donors.states import LIVE, DonorState

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime
    from uuid import UUID

    from foundation.access import Scope
    from registry.donors.models import (  # noqa: F401
        Assist,
        BranchMove,
        BranchQuestion,
        Call,
        CallList,
        CallTask,
        Donor,
    )


class DonorQuerySet(models.QuerySet["Donor"]):
    """Donors."""

    def visible_to(self, scope: Scope) -> DonorQuerySet:
        """Keep those whom the branches of a scope serve or own: two index ranges."""
        return self.filter(scope.q("service_path", "owner_path"))

    def served_by(self, scope: Scope) -> DonorQuerySet:
        """Keep those whom the branches of a scope serve: one index range, for lists."""
        return self.filter(scope.q("service_path"))

    def with_national_no(self, numbers: Collection[str]) -> DonorQuerySet:
        """Keep those whose number at the national register is one of these; the index knows no others."""
        return self.filter(~Q(national_no=""), national_no__in=numbers)

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

    def reachable(self) -> DonorQuerySet:
        """Keep those to whom something may be sent, as ``reach.check_reachable`` lets through one by one."""
        return self.filter(REACHABLE)


class CallTaskQuerySet(models.QuerySet["CallTask"]):
    """Calls that are to be made."""

    def visible_to(self, scope: Scope) -> CallTaskQuerySet:
        """
        Keep those of donors whom the branches of a scope serve.

        A helper sees the one call that is on their screen, and never a list.
        """
        here = scope.q("service_path")
        if scope.named:
            lists = scope.named_ids(_call_list())
            here |= Q(call_list__in=lists, held_by=scope.named)
        return self.filter(here)

    def open(self) -> CallTaskQuerySet:
        """Keep those that nobody has made yet."""
        return self.filter(state="OPEN")

    def to_make(self) -> CallTaskQuerySet:
        """Keep the open ones whose reason still holds, whatever the night has not yet tidied up."""
        return self.open().filter(purposes.holds("donor__"), proposed_at__isnull=True)

    def due(self, at: datetime) -> CallTaskQuerySet:
        """Keep those whose day, and whose hour where one was named, has come."""
        today = timezone.localdate(at)
        return self.to_make().filter(Q(due_at__isnull=True) | Q(due_at__lte=at), due_on__lte=today)

    def without_reason(self) -> CallTaskQuerySet:
        """Keep the open ones whose reason no longer holds."""
        return self.open().exclude(purposes.holds("donor__"))

    def free_for(self, staff_id: UUID, at: datetime) -> CallTaskQuerySet:
        """Keep those that no colleague has on the screen, and that are nobody else's."""
        others = Q(held_until__gt=at) & ~Q(held_by=staff_id)
        return self.filter(Q(owner__isnull=True) | Q(owner=staff_id)).exclude(others)

    def with_donor(self) -> Any:
        """Fetch the donor in the same query."""
        return self.select_related("donor")


class CallQuerySet(models.QuerySet["Call"]):
    """Calls that were made."""

    def standing(self) -> CallQuerySet:
        """Leave out those that were undone: a slip of a key is no call."""
        return self.filter(undone_at__isnull=True)


class CallListQuerySet(models.QuerySet["CallList"]):
    """Lists of people to ring."""

    def visible_to(self, scope: Scope) -> CallListQuerySet:
        """Keep those of the branches in a scope."""
        return self.filter(scope.q("branch_path"))


class BranchMoveQuerySet(models.QuerySet["BranchMove"]):
    """Donors who go from one branch to another."""

    def visible_to(self, scope: Scope) -> BranchMoveQuerySet:
        """Keep those that a branch of the scope gives or takes."""
        return self.filter(scope.q("from_path", "to_path"))


class AssistQuerySet(models.QuerySet["Assist"]):
    """Help of another branch with one donor."""

    def visible_to(self, scope: Scope) -> AssistQuerySet:
        """Keep those that the branches of a scope are asked for."""
        return self.filter(scope.q("branch_path"))

    def asked_by(self, scope: Scope) -> AssistQuerySet:
        """Keep those about donors whom the branches of a scope serve or own."""
        return self.filter(scope.q("donor__service_path", "donor__owner_path"))

    def open(self, today: date) -> AssistQuerySet:
        """Keep those that have not ended."""
        return self.filter(ended_at__isnull=True, until__gte=today)


class BranchQuestionQuerySet(models.QuerySet["BranchQuestion"]):
    """Questions to the branch that keeps somebody's record."""

    def visible_to(self, scope: Scope) -> BranchQuestionQuerySet:
        """Keep those about donors whom the branches of a scope serve."""
        return self.filter(scope.q("donor__service_path"))

    def open(self) -> BranchQuestionQuerySet:
        """Keep those that nobody has answered."""
        return self.filter(answer="")


def _call_list() -> type[models.Model]:
    from registry.donors.models import CallList  # noqa: PLC0415  models import this module

    return CallList
