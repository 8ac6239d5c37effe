"""Those who gave, their households, the people in them, and what happened with them."""

from registry.families.models.giver import Gift, Giver
from registry.families.models.household import Calendar, Family, OwnRite, Rite, SilentDay, Tradition
from registry.families.models.member import Kin, Member
from registry.families.models.records import About, Complaint, FamilyMove, FamilyNote
from registry.families.models.wall import WallObjection, WallPage

__all__ = [
    "About",
    "Calendar",
    "Complaint",
    "Family",
    "FamilyMove",
    "FamilyNote",
    "Gift",
    "Giver",
    "Kin",
    "Member",
    "OwnRite",
    "Rite",
    "SilentDay",
    "Tradition",
    "WallObjection",
    "WallPage",
]
