"""Forms of collection, adverse events, hand-over and arrival."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.cases.forms.facts import FactForm
from registry.cases.models import Phase

_SHORT = {"class": "short", "inputmode": "decimal"}


class Day(FactForm):
    """One day of collection."""

    on = forms.DateField(label=_("Collected on"))
    volume_ml = forms.DecimalField(
        label=_("Volume, in ml"),
        max_digits=6,
        decimal_places=1,
        min_value=Decimal("0.1"),
        widget=forms.TextInput(_SHORT),
    )
    cd34_per_kg = forms.DecimalField(
        label=_("CD34⁺ cells, 10⁶ a kg of the patient"),
        required=False,
        max_digits=6,
        decimal_places=2,
        min_value=0,
        widget=forms.TextInput(_SHORT),
        help_text=_("Needed where stem cells are collected from the blood."),
    )
    words = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Nucleated cells, how it went. Kept sealed."),
    )


class Adverse(FactForm):
    """What did the donor harm, and how badly."""

    in_a_row = frozenset({"phase"})
    on = forms.DateField(label=_("It happened on"))
    phase = forms.ChoiceField(label=_("When was that?"), choices=Phase.choices, widget=forms.RadioSelect)
    grade = forms.TypedChoiceField(
        label=_("Grade"),
        coerce=int,
        choices=[
            (1, _("1 · mild")),
            (2, _("2 · moderate")),
            (3, _("3 · severe")),
            (4, _("4 · life-threatening")),
            (5, _("5 · death")),
        ],
        widget=forms.RadioSelect,
    )
    serious = forms.BooleanField(
        label=_("It is serious"),
        required=False,
        help_text=_("From grade 3 on it always is. A serious event is reported upward."),
    )
    words = forms.CharField(
        label=_("What happened, and what was done"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Kept sealed."),
    )
    choice_hints = {
        "grade": {
            "1": _("No treatment needed"),
            "2": _("A little treatment, daily life a little harder"),
            "3": _("In hospital, or longer there, or cannot look after themselves"),
            "4": _("Must be treated at once"),
        }
    }


class FirstCheck(FactForm):
    """The label is checked by the first person, and the box leaves."""

    label_is_right = forms.BooleanField(
        label=_("I have compared the label on each bag with this case"),
        help_text=_("Donor number, patient code, product, date, blood group."),
    )
    bags = forms.IntegerField(
        label=_("Bags"), min_value=1, max_value=20, widget=forms.TextInput({"class": "short"})
    )
    temperature_c = forms.DecimalField(
        label=_("Temperature in the box, °C"),
        max_digits=4,
        decimal_places=1,
        min_value=-200,
        max_value=60,
        widget=forms.TextInput({"class": "short"}),
    )
    courier = forms.CharField(
        label=_("Courier"), max_length=120, help_text=_("Name and number. Kept sealed.")
    )
    left_at = forms.DateTimeField(label=_("Left at"))

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        return {name: self.cleaned_data[name] for name in ("bags", "temperature_c", "courier", "left_at")}


class SecondCheck(FactForm):
    """The label is checked by the second person."""

    label_is_right = forms.BooleanField(
        label=_("I have compared the label on each bag with this case, too"),
        help_text=_("Look yourself. Do not ask what the first one saw."),
    )

    @property
    def facts(self) -> dict[str, Any]:
        """Nothing: by sending the form somebody says that they looked."""
        return {}


class Arrival(FactForm):
    """The cells have arrived."""

    arrived_at = forms.DateTimeField(label=_("Arrived at"))
    arrived_c = forms.DecimalField(
        label=_("Temperature in the box, °C"),
        required=False,
        max_digits=4,
        decimal_places=1,
        min_value=-200,
        max_value=60,
        widget=forms.TextInput({"class": "short"}),
    )
