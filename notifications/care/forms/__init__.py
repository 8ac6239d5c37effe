"""What is typed at the care desk."""

from notifications.care.forms.plans import BeginPlan, GiftAsked, Pause
from notifications.care.forms.touchpoints import Approve, Done, Hold, Skip

__all__ = ["Approve", "BeginPlan", "Done", "GiftAsked", "Hold", "Pause", "Skip"]
