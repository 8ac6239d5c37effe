"""Whether the cells of a match are on their way: a donation may stand before anybody wrote that they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.cases.models import HandOver
from registry.cases.states import CaseState

if TYPE_CHECKING:
    from registry.cases.models import MatchCase


def arrival_can_be_entered(case: MatchCase) -> bool:
    """
    Return whether it can be written down when the cells arrived.

    A donor who leaves while the cells are on their way has donated: then it is entered afterwards, once.
    """
    if case.state != CaseState.DONATED:
        return bool(case.state == CaseState.HANDED_OVER)
    return HandOver.objects.filter(case=case, second_at__isnull=False, arrived_at=None).exists()
