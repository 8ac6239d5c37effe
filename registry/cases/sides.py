"""The two sides of a match: who looks after the donor enters nothing for the patient, and vice versa.

Who is of neither side may do both. The registry's own decisions (moves, days, back-up), the check of a
label by two people, an adverse event and a withdrawal belong to no side: nobody is kept from them.

Source: domain.md section 1; docs/decisions/0013-two-sides-and-when-they-part.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from foundation.access import named
from foundation.trail import ActorKind
from registry.cases.outcomes import Side

if TYPE_CHECKING:
    from uuid import UUID

    from foundation.trail import Actor
    from registry.cases.models import MatchCase


def stands_against(case: MatchCase, side: Side, *, by: Actor) -> list[str]:
    """Return why somebody does nothing for a side: they look after the other; empty where they may."""
    if by.kind != ActorKind.STAFF:
        return []
    donors = {str(one) for one in (case.owner_id, case.companion_id) if one}
    if side == Side.DONOR and by.id == str(case.patient_officer_id or ""):
        return [
            _(
                "You look after the patient's side of this match. The donor's officer does this, or a "
                "colleague of neither side."
            )
        ]
    if side == Side.PATIENT and by.id in donors:
        return [
            _(
                "You look after the donor of this match. The officer of the patient's side does this, or a "
                "colleague of neither side."
            )
        ]
    return []


def people_of(case: MatchCase) -> list[UUID]:
    """Return whose case it is, on both sides, and who of the hospitals is named on it."""
    officers = [case.owner_id, case.patient_officer_id, case.companion_id]
    hospitals = [staff.pk for staff in named.staff_on(case)]
    return list(dict.fromkeys(one for one in (*officers, *hospitals) if one is not None))
