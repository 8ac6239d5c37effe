"""Forms of typing again: the blood taken, what the laboratory says, what the hospital decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from registry.cases.forms.facts import FactForm
from registry.cases.outcomes import PatientReason


class Sample(FactForm):
    """How much blood was taken."""

    volume_ml = forms.DecimalField(
        label=_("Blood taken, in ml"),
        max_digits=4,
        decimal_places=1,
        min_value=0,
        help_text=_("At most 30 ml."),
        widget=forms.TextInput({"class": "short", "inputmode": "decimal"}),
    )


class Result(RelayForm):
    """What the laboratory found."""

    found = forms.ChoiceField(
        label=_("What does the laboratory say?"),
        choices=[("confirmed", _("The match is confirmed")), ("mismatch", _("It is a mismatch"))],
        widget=forms.RadioSelect,
    )
    choice_hints = {
        "found": {
            "confirmed": _("The match goes on; next the transplant hospital is asked."),
            "mismatch": _(
                "This match ends. The donor goes back to where they stood, and a match that waits begins."
            ),
        }
    }


class Decision(RelayForm):
    """Whether the transplant hospital wants this donor."""

    all_optional = True
    decided = forms.ChoiceField(
        label=_("What has the hospital decided?"),
        choices=[("wanted", _("It wants this donor")), ("not", _("It does not want this donor"))],
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(
        label=_("If not: why?"), required=False, choices=[("", "—"), *PatientReason.choices]
    )
    choice_hints = {
        "decided": {
            "wanted": _("The work-up begins: talk, consent, examination, dates."),
            "not": _(
                "This match ends. The donor goes back to where they stood, and a match that waits begins."
            ),
        }
    }

    def clean(self) -> dict[str, Any]:
        """Ask why, where the hospital does not want this donor."""
        said = super().clean()
        if said.get("decided") == "not" and not said.get("reason"):
            self.add_error("reason", _("Please choose."))
        return said
