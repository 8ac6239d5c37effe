"""The answer of the second person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.approvals import Answer, Decision
from foundation.pages import RelayForm

REASONS = [(answer.value, answer.label) for answer in Answer if answer != Answer.TAKEN_BACK]


class Decide(RelayForm):
    """Yes or no, and why."""

    decision = forms.ChoiceField(label=_("Your answer"), choices=Decision, widget=forms.RadioSelect)
    answer = forms.ChoiceField(label=_("Why"), choices=REASONS, widget=forms.RadioSelect)
    in_a_row = frozenset({"decision"})

    def clean(self) -> dict[str, Any]:
        """Check that the reason fits the answer."""
        typed = super().clean()
        decision, reason = typed.get("decision"), typed.get("answer")
        if decision == Decision.NO and reason == Answer.CHECKED:
            self.add_error(
                "answer", _("You do not agree, yet say that it is right. Choose what speaks against it.")
            )
        elif decision == Decision.YES and reason and reason != Answer.CHECKED:
            self.add_error("answer", _("This reason does not fit the answer."))
        return typed
