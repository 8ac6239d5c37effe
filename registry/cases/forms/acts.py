"""Forms of single acts on a case: how it ended, until when it waits, how long it is kept, a note."""

from __future__ import annotations

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

_BY_PARENT: Final = [
    (parent, [code for code in outcomes.FROM_THE_DONOR if reasons.parent(code) == parent])
    for parent in Parent
    if parent != Parent.DD  # a death is reported on the donor's page, and ends the match
]
OUTCOMES: Final = [
    ("", "—"),
    *((parent.label, [(code.value, code.label) for code in codes]) for parent, codes in _BY_PARENT if codes),
    (Side.PATIENT.label, PatientReason.choices),
    (Side.NEITHER.label, OtherReason.choices),
]


class Outcome(RelayForm):
    """How a match ended; asked before the rest, so that the page can say what follows."""

    outcome = forms.ChoiceField(label=_("How did it end?"), choices=OUTCOMES)


class Close(RelayForm):
    """How a match ended: the outcome whose consequences were shown, and words."""

    outcome = forms.ChoiceField(choices=OUTCOMES, widget=forms.HiddenInput)
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
