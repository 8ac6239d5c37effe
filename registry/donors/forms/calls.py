"""What is written down of a call."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from registry.donors import phones
from registry.donors.actions.calling import DONOR, QUESTIONS
from registry.donors.models import CallKind, CallResult, Stance

ANSWERS: Final = [("yes", _("Yes")), ("unsure", _("Not sure")), ("no", _("No"))]
ASKED: Final = {
    "family_supports": _("Does your family support it?"),
    "process_known": _("Do you know what happens if you match?"),
    "would_go_on": _("Would you go on?"),
}


class RecordCall(RelayForm):
    """
    Whom one called, how it ended, what was answered.

    The three questions stand on the form only where the call is the one before listing.
    """

    all_optional = True  # how it ended is asked for by the buttons
    in_a_row = frozenset({"number", *QUESTIONS})
    number = forms.ChoiceField(label=_("Whom did you call?"), widget=forms.RadioSelect, initial=DONOR)
    words = forms.CharField(
        label=_("In short"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    result = forms.ChoiceField(label=_("How did it end?"), choices=CallResult, widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, numbers: list[tuple[str, str | Promise]], kind: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = numbers  # type: ignore[attr-defined]  # a ChoiceField
        self.kind = kind
        if kind == CallKind.PRE_LISTING:
            self._ask_three_questions()

    def _ask_three_questions(self) -> None:
        for question in QUESTIONS:
            self.fields[question] = forms.ChoiceField(
                label=ASKED[question], choices=ANSWERS, widget=forms.RadioSelect, required=False
            )
        self.order_fields(["number", *QUESTIONS, "words", "result"])

    def clean(self) -> dict[str, Any]:
        """Ask for all three answers where the volunteer was reached before listing."""
        typed = super().clean()
        if typed.get("result") == CallResult.REACHED and typed.get("number") == DONOR:
            for question in QUESTIONS:
                if question in self.fields and not typed.get(question) and question not in self.errors:
                    self.add_error(question, self.fields[question].error_messages["required"])
        return typed

    @property
    def answers(self) -> dict[str, str]:
        """The answers that were given, as codes."""
        return {q: self.cleaned_data[q] for q in QUESTIONS if self.cleaned_data.get(q)}


class NewNumber(RelayForm):
    """A number heard in a call."""

    phone = forms.CharField(
        label=_("New number"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )

    def clean_phone(self) -> str:
        """Return the number in E.164."""
        try:
            return phones.check(self.cleaned_data["phone"])
        except phones.PhoneProblem as problem:
            raise forms.ValidationError(problem.sentences) from problem


class StanceForm(RelayForm):
    """What a contact knows and thinks."""

    may_know = forms.BooleanField(label=_("May be told about the donation"), required=False)
    stance = forms.ChoiceField(label=_("What do they think?"), choices=Stance, widget=forms.RadioSelect)
