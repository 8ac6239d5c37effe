"""For which hospital of a match somebody speaks, and what about; each enters and sees only its own."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from foundation.access import Role

if TYPE_CHECKING:
    from foundation.trail import Actor
    from registry.cases.models import MatchCase

WANTED: Final = "WANTED"  # codes of what the transplant hospital says
NOT_WANTED: Final = "NOT_WANTED"
TRANSFUSED: Final = "TRANSFUSED"


class Hospital(StrEnum):
    """The two hospitals of a match."""

    TRANSPLANT = Role.TRANSPLANT_HOSPITAL.value
    COLLECTION = Role.COLLECTION_HOSPITAL.value


def speaks_for_one(by: Actor) -> bool:
    """Return whether somebody acts in a hospital's role."""
    return by.role in set(Hospital)


def side_of(case: MatchCase, by: Actor) -> Hospital | None:
    """Return the hospital of this match for which somebody speaks, None where it is another's."""
    here = {
        Hospital.TRANSPLANT: case.transplant_hospital_id,
        Hospital.COLLECTION: case.collection_hospital_id,
    }
    if not speaks_for_one(by):
        return None
    side = Hospital(by.role)
    return side if by.branch and by.branch == str(here[side]) else None
