"""A reason for everyone who lacks something when the day is counted up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from registry.drives.queries import Problem
from registry.drives.states import GapReason, Lack

_REASONS = {
    Lack.TUBE: (
        GapReason.FELT_FAINT,
        GapReason.LEFT_EARLY,
        GapReason.TUBE_BROKEN,
        GapReason.TUBE_NOT_FOUND,
        GapReason.CHANGED_MIND,
    ),
    Lack.SIGNATURE: (GapReason.PAPER_FOLLOWS, GapReason.PAPER_LOST, GapReason.LEFT_EARLY, GapReason.CHANGED_MIND),
}


class ClosingForm(RelayForm):
    """One field a gap: `why_<donor>_<lack>`."""

    def __init__(self, *args: Any, problems: Sequence[Problem], **kwargs: Any) -> None:
        self.problems = problems
        super().__init__(*args, **kwargs)
        for problem in problems:
            for lack in problem.lacks:
                self.fields[_field(problem.donor_id, lack)] = forms.ChoiceField(
                    label=lack.label,
                    choices=[("", _("Why?")), *[(reason.value, reason.label) for reason in _REASONS[lack]]],
                    error_messages={"required": _("Say why it is missing.")},
                )

    def rows(self) -> list[tuple[Problem, list[BoundField]]]:
        """Return each volunteer with the questions about them."""
        return [(problem, [self[_field(problem.donor_id, lack)] for lack in problem.lacks]) for problem in self.problems]

    @property
    def reasons(self) -> dict[tuple[UUID, Lack], GapReason]:
        """Return the reason of each gap."""
        return {
            (problem.donor_id, lack): GapReason(self.cleaned_data[_field(problem.donor_id, lack)])
            for problem in self.problems
            for lack in problem.lacks
        }


def _field(donor_id: UUID, lack: Lack) -> str:
    return f"why_{donor_id.hex}_{lack.value}"
