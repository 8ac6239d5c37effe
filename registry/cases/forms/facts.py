"""The form of one act on a case: what was typed, as the action takes it."""

from __future__ import annotations

from typing import Any

from foundation.pages import RelayForm


class FactForm(RelayForm):
    """A form of one act. By itself it asks nothing."""

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, by the names that the action gives it. Ask only after ``is_valid``."""
        return self.cleaned_data
