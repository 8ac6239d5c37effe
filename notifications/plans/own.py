"""What a household keeps on a day of its own, in its words, for who rings or goes there on it."""

from __future__ import annotations

from foundation import vault
from notifications.plans.models import Touchpoint
from notifications.programmes.models import Rule
from notifications.programmes.planning import OwnDay


def words_of(touchpoint: Touchpoint) -> object:
    """Return the family's words about the day of a touchpoint, opened; "" where it is no day of its own."""
    family = touchpoint.plan.family
    if family is None or touchpoint.step.rule != Rule.OWN:
        return ""
    year = int(touchpoint.occasion.rpartition(":")[2])
    for rite in family.own_rites.all():
        day = OwnDay(rite.month, rite.day, rite.year, rite.calendar)
        if day.occasion(year) == touchpoint.occasion and rite.year in {None, year}:
            return vault.open_one(rite, "words")["words"]
    return ""
