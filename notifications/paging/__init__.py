"""Call somebody now: over every way at once, until one person says "I see to it". No quiet hours."""

from notifications.paging.actions import NotForYou, acknowledge, give_back, page, settle
from notifications.paging.kinds import Kind, register

__all__ = ["Kind", "NotForYou", "acknowledge", "give_back", "page", "register", "settle"]
