"""What pages of the families' room read."""

from registry.families.places import branches_of, officers_of, other_branches
from registry.families.queries.finding import find_families
from registry.families.queries.page import (
    complaints_of,
    describe,
    head_of,
    history_of,
    masked_names,
    other_households,
    people_of,
    wishes_of,
)

__all__ = [
    "branches_of",
    "complaints_of",
    "describe",
    "find_families",
    "head_of",
    "history_of",
    "masked_names",
    "officers_of",
    "other_branches",
    "other_households",
    "people_of",
    "wishes_of",
]
