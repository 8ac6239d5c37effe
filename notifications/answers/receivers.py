"""What answers do when a person is erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from foundation.vault import Subject
from notifications.answers import actions


def erased(*, subject: Subject, at: datetime, **_more: Any) -> None:
    """Take the answers of an erased person off the list: their words went with the key."""
    actions.close_all(subject, at=at)
