"""Campaigns that are not begun."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from foundation.access import Branch
from foundation.trail import Actor
from notifications.retention import actions
from notifications.retention.models import Campaign


def campaign(branch: Branch, *, by: Actor, at: datetime, **values: Any) -> Campaign:
    """Return a draft that leaves a quarter alone."""
    said = {
        "name": "秋天",
        "wording": "donor.contact_check",
        "channels": ["SMS"],
        "control_percent": 25,
        "window_days": 60,
        **values,
    }
    return actions.draft(branch=branch, by=by, at=at, **said)
