"""Who was called for a match in danger: the room above that calls people says it, in words for staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from registry.cases.models import MatchCase

Finder = Callable[["MatchCase", datetime], str]
_finders: dict[str, Finder] = {}


def register(key: str, find: Finder) -> None:
    """Let a room say whom it called for a match since a moment, "" for nobody."""
    _finders[key] = find


def since(case: MatchCase, moment: datetime) -> str:
    """Return who was called for a match since a moment, who answered, or that nobody was."""
    said = [words for find in _finders.values() if (words := find(case, moment))]
    return " ".join(said) or _("Nobody was called yet.")
