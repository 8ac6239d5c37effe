"""Who waits to be confirmed as out of contact, who is still searched for, and who was found again."""

from __future__ import annotations

from django.db.models import QuerySet

from foundation.access import Scope
from registry.donors import purposes
from registry.donors.models import CallKind, CallTask, Donor
from registry.donors.states import DonorState


def proposed(scope: Scope) -> QuerySet[CallTask]:
    """Return the calls whose every round was made, of the branches of a scope."""
    return _searching(scope).filter(proposed_at__isnull=False)


def searched_for(scope: Scope) -> QuerySet[CallTask]:
    """Return the calls whose rounds go on."""
    return _searching(scope).filter(proposed_at__isnull=True)


def found_again(scope: Scope) -> QuerySet[Donor]:
    """Return those out of contact who were spoken to since."""
    return Donor.objects.served_by(scope).filter(state=DonorState.LOST, found_at__isnull=False)


def _searching(scope: Scope) -> QuerySet[CallTask]:
    here = CallTask.objects.filter(scope.q("service_path"), kind=CallKind.OUT_OF_CONTACT)
    return here.open().filter(purposes.holds("donor__"))
