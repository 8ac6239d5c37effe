"""What is typed at the care desk."""

from notifications.care.forms.plans import BeginPlan, GiftAsked, Pause
from notifications.care.forms.touchpoints import Approve, ApproveSeveral, Done, Hold, Skip

__all__ = ["Approve", "ApproveSeveral", "BeginPlan", "Done", "GiftAsked", "Hold", "Pause", "Skip"]
