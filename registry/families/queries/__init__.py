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
from registry.families.queries.wall import (
    change_asked,
    entries,
    entry_of,
    of_branch,
    on_the_wall,
    people_to_ask,
    waiting,
    wall_of,
    work_on,
)

__all__ = [
    "branches_of",
    "change_asked",
    "complaints_of",
    "describe",
    "entries",
    "entry_of",
    "find_families",
    "head_of",
    "history_of",
    "masked_names",
    "of_branch",
    "officers_of",
    "on_the_wall",
    "other_branches",
    "other_households",
    "people_of",
    "people_to_ask",
    "waiting",
    "wall_of",
    "wishes_of",
    "work_on",
]
