"""Forms of single acts on a case: how it ended, until when it waits, how long it is kept, a note."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from registry.cases import outcomes
from registry.cases.forms.facts import FactForm
from registry.cases.models.case import POSTPONE_REASONS
from registry.cases.outcomes import OtherReason, PatientReason, Side
from registry.donors import reasons
from registry.donors.reasons import Parent

_GROUPS: Final[Sequence[tuple[Any, Sequence[Any]]]] = [
    *(
        (parent.label, [r for r in outcomes.FROM_THE_DONOR if reasons.parent(r) == parent])
        for parent in Parent
    ),
    (Side.PATIENT.label, list(PatientReason)),
    (Side.NEITHER.label, list(OtherReason)),
]


def grouped(codes: Collection[str]) -> list[tuple[Any, Any]]:
    """Return outcomes to choose from, by side and reason, in their usual order."""
    groups = [(words, [(one.value, one.label) for one in of if one in codes]) for words, of in _GROUPS]
    return [("", "—"), *((words, chosen) for words, chosen in groups if chosen)]


class Outcome(RelayForm):
    """How a match ended; asked before the rest, so that the page can say what follows."""

    outcome = forms.ChoiceField(label=_("How did it end?"))

    def __init__(self, *args: Any, codes: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = grouped(codes)  # type: ignore[attr-defined]


class Close(RelayForm):
    """How a match ended: the outcome whose consequences were shown, and words."""

    outcome = forms.ChoiceField(choices=outcomes.CHOICES, widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Kept sealed with the record."),
    )


class Postpone(FactForm):
    """Until when a match waits, and why."""

    reason = forms.ChoiceField(label=_("Why"), choices=[("", "—"), *POSTPONE_REASONS])
    until = forms.DateField(label=_("Until"), help_text=_("At most twelve months."))


class Extend(FactForm):
    """Until when the donor is kept, and why."""

    until = forms.DateField(label=_("Keep the donor until"))
    words = forms.CharField(
        label=_("Why"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Kept sealed with the record."),
    )

    def __init__(self, *args: Any, latest: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if latest:
            self.fields["until"].help_text = _("At the latest %(day)s.") % {"day": latest}


class Note(FactForm):
    """Words to be kept beside a match."""

    words = forms.CharField(
        label=_("Note"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Kept sealed with the record."),
    )
