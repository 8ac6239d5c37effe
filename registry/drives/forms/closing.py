"""A reason for everyone who lacks something when the day is counted up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from registry.drives.actions.closing import Counted
from registry.drives.queries import Problem, Tally
from registry.drives.states import Difference, GapReason, Lack

_MOST = 5000

_REASONS = {
    Lack.TUBE: (
        GapReason.FELT_FAINT,
        GapReason.LEFT_EARLY,
        GapReason.TUBE_BROKEN,
        GapReason.TUBE_NOT_FOUND,
        GapReason.CHANGED_MIND,
    ),
    Lack.SIGNATURE: (
        GapReason.SIGNS_AGAIN,
        GapReason.PAPER_LOST,
        GapReason.LEFT_EARLY,
        GapReason.CHANGED_MIND,
    ),
}


class ClosingForm(RelayForm):
    """What a hand counted, and one field a gap: `why_<donor>_<lack>`."""

    tubes = forms.IntegerField(label=_("Tubes in the box"), min_value=0, max_value=_MOST)
    papers = forms.IntegerField(label=_("Signed papers in the folder"), min_value=0, max_value=_MOST)
    difference = forms.ChoiceField(
        label=_("Why is the number another?"),
        required=False,
        choices=[("", _("The numbers agree")), *Difference.choices],
    )

    def __init__(self, *args: Any, tally: Tally, problems: Sequence[Problem], **kwargs: Any) -> None:
        self.tally, self.problems = tally, problems
        super().__init__(*args, **kwargs)
        if not tally.papers:
            del self.fields["papers"]
        for problem in problems:
            for lack in problem.lacks:
                self.fields[_field(problem.donor_id, lack)] = forms.ChoiceField(
                    label=lack.label,
                    choices=[("", _("Why?")), *[(reason.value, reason.label) for reason in _REASONS[lack]]],
                    error_messages={"required": _("Say why it is missing.")},
                )

    def clean(self) -> dict[str, Any]:
        """A count that differs says why."""
        cleaned = super().clean()
        if "tubes" in cleaned and not self.counted.agrees_with(self.tally) and not cleaned.get("difference"):
            self.add_error("difference", _("Count once more. If it still differs, say why."))
        return cleaned

    @property
    def counted(self) -> Counted:
        """Return what was counted by hand."""
        told = self.cleaned_data
        why = told.get("difference")
        return Counted(told["tubes"], told.get("papers") or 0, Difference(why) if why else None)

    def rows(self) -> list[tuple[Problem, list[BoundField]]]:
        """Return each volunteer with the questions about them."""
        return [
            (problem, [self[_field(problem.donor_id, lack)] for lack in problem.lacks])
            for problem in self.problems
        ]

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
