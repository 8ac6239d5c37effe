"""What is typed at the care desk."""

from notifications.care.forms.plans import Pause
from notifications.care.forms.touchpoints import Approve, Done, Hold, Skip

__all__ = ["Approve", "Done", "Hold", "Pause", "Skip"]
