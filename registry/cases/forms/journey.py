"""The donor's journey: itinerary, tasks, insurance, leave, money laid out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.cases.forms.facts import FactForm
from registry.cases.models import ExpenseKind

HIGHEST_YUAN = Decimal(100_000)


class LegForm(FactForm):
    """Somewhere to be, or something to be done by then."""

    in_a_row = frozenset({"task"})
    task = forms.ChoiceField(
        label=_("What is it?"),
        choices=[("no", _("Somewhere to be")), ("yes", _("Something to be done by then"))],
        widget=forms.RadioSelect,
        initial="no",
    )
    when = forms.DateTimeField(label=_("When?"))
    place = forms.CharField(
        label=_("Where?"),
        max_length=200,
        required=False,
        help_text=_("Train and seat, address, ward, who waits there."),
    )
    words = forms.CharField(
        label=_("What?"), max_length=500, required=False, widget=forms.Textarea({"rows": 2})
    )

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        said = self.cleaned_data
        return {**said, "task": said["task"] == "yes"}


class Pack(FactForm):
    """Insurance and leave, as the pack prints them."""

    insurer = forms.CharField(label=_("Insurer"), max_length=120, required=False)
    policy = forms.CharField(
        label=_("Number of the policy"),
        max_length=60,
        required=False,
        widget=forms.TextInput({"class": "code"}),
    )
    insured_from = forms.DateField(label=_("Insured from"), required=False)
    insured_until = forms.DateField(label=_("Insured until"), required=False)
    leave_from = forms.DateField(label=_("Leave from"), required=False)
    leave_until = forms.DateField(label=_("Leave until"), required=False)
    leave_for = forms.CharField(
        label=_("Employer or school"),
        max_length=120,
        required=False,
        help_text=_("The leave letter is addressed to them. Without it no letter is made."),
    )
    letter_says_why = forms.BooleanField(
        label=_("The donor wishes the letter to say that they donate stem cells"),
        required=False,
        help_text=_("Without this tick it says only that the Red Cross asks for leave."),
    )
    words = forms.CharField(
        label=_("To know on the way"), max_length=1000, required=False, widget=forms.Textarea({"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        """Say at the field which end lies before its beginning."""
        said = super().clean()
        for first, last in (("insured_from", "insured_until"), ("leave_from", "leave_until")):
            if said.get(first) and said.get(last) and said[last] < said[first]:
                self.add_error(last, _("The last day lies before the first."))
        return said


class ExpenseForm(FactForm):
    """Money laid out."""

    on = forms.DateField(label=_("Paid out on"))
    kind = forms.ChoiceField(label=_("For what?"), choices=ExpenseKind)
    amount = forms.DecimalField(
        label=_("Amount in yuan"),
        min_value=Decimal("0.01"),
        max_value=HIGHEST_YUAN,
        decimal_places=2,
        widget=forms.TextInput({"inputmode": "decimal", "class": "short", "autocomplete": "off"}),
        help_text=_("What a receipt says. Nobody is paid for donating."),
    )

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed; the amount in hundredths of a yuan."""
        said = self.cleaned_data
        return {"on": said["on"], "kind": said["kind"], "amount_fen": int(said["amount"] * 100)}


class PaidBack(FactForm):
    """When money was given back."""

    on = forms.DateField(label=_("Given back on"))
