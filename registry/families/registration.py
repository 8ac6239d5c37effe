"""What the families' room shows in, and asks of, the rooms below."""

from __future__ import annotations

from foundation import vault
from foundation.desk import belongings
from registry.families import indexing, receivers
from registry.families.models import (
    Complaint,
    Family,
    FamilyMove,
    FamilyNote,
    Giver,
    Member,
    Rite,
    SilentDay,
)


def register() -> None:
    """Register receivers, indexes, and whose rows are whose."""
    indexing.answer_for_families()
    belongings.register({Giver: "subject", Member: "subject", Family: "giver__subject"})
    of_household = (Complaint, FamilyMove, FamilyNote, Rite, SilentDay)
    belongings.register(dict.fromkeys(of_household, "family__giver__subject"))
    vault.died_reported.connect(receivers.somebody_was_reported_dead, dispatch_uid="families.died")
    vault.erased.connect(receivers.somebody_was_erased, dispatch_uid="families.erased")
