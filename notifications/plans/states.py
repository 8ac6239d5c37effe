"""The ways of a plan and of a touchpoint, as tables of moves."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlanState(models.TextChoices):
    """Where a plan stands. Source: domain.md section 7"""

    OFFERED = "OFFERED", _("Offered")
    ACTIVE = "ACTIVE", _("Running")
    PAUSED = "PAUSED", _("Paused")
    COMPLETED = "COMPLETED", _("Completed")
    DECLINED = "DECLINED", _("Declined")
    STOPPED = "STOPPED", _("Stopped")
    MOVED = "MOVED", _("Moved to another branch")


class TouchpointState(models.TextChoices):
    """Where a touchpoint stands. Source: domain.md section 7"""

    PLANNED = "PLANNED", _("Planned")
    DUE = "DUE", _("Due")
    HELD = "HELD", _("Held")
    APPROVED = "APPROVED", _("Approved")
    SENT = "SENT", _("Sent")
    UNKNOWN = "UNKNOWN", _("May have been sent")
    DONE = "DONE", _("Done")
    RESPONDED = "RESPONDED", _("Answered")
    FAILED = "FAILED", _("Failed")
    SKIPPED = "SKIPPED", _("Left out")
    CANCELLED = "CANCELLED", _("Cancelled")


LIVE_PLANS = (PlanState.OFFERED, PlanState.ACTIVE, PlanState.PAUSED)
OPEN_TOUCHPOINTS = (
    TouchpointState.PLANNED,
    TouchpointState.DUE,
    TouchpointState.HELD,
    TouchpointState.APPROVED,
)
