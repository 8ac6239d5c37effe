"""Those who gave, their households, and the people in them."""

from registry.families.models.giver import Gift, Giver
from registry.families.models.household import Calendar, Family, Kin, Member, Rite, SilentDay

__all__ = ["Calendar", "Family", "Gift", "Giver", "Kin", "Member", "Rite", "SilentDay"]
