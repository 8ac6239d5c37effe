"""Step 3 of the enrolment: weight, blood group, and what speaks against it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from foundation.pages.forms import RelayForm
from registry.donors.models import BloodGroup, Sex
from registry.drives.answers import Facts
from registry.drives.forms.document import NotToday
from registry.drives.health import Condition

_HEAVIEST = Decimal("399.9")


class HealthForm(RelayForm):
    """Asks as little as the rules need; an answer that speaks against it is not kept."""

    unkept = frozenset({"conditions"})  # what somebody suffers from is no business of a draft

    weight_kg = forms.DecimalField(
        label=_("Weight in kilograms"),
        min_value=Decimal(20),
        max_value=_HEAVIEST,
        decimal_places=1,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    blood_group = forms.ChoiceField(
        label=_("Blood group"), required=False, choices=[("", _("Not known")), *BloodGroup.choices]
    )
    none_of_these = forms.BooleanField(
        label=_("None of these is true for me"),
        required=False,
    )
    conditions = forms.MultipleChoiceField(
        label=_("Or is one of these?"),
        required=False,
        choices=Condition.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("You need not say which. Any of them is a reason to ask a doctor first."),
    )

    def __init__(self, *args: Any, sex: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sex = sex
        if sex == Sex.MALE:
            kept = [choice for choice in Condition.choices if choice[0] != Condition.PREGNANT]
            self.fields["conditions"].choices = kept  # type: ignore[attr-defined]  # a ChoiceField
        self.not_today: NotToday | None = None

    def clean(self) -> dict[str, Any]:
        """See whether the volunteer weighs enough and whether anything speaks against it."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("conditions"):
            self._refuse(
                _("Today is not the day for it. A doctor of the branch will gladly talk it over with you.")
            )
        elif not cleaned.get("none_of_these"):
            self.add_error("none_of_these", _("Read the list, then tick this or what is true."))
        lowest = settings.WEIGHT_LOWEST_KG[self.sex]
        if cleaned.get("weight_kg") is not None and cleaned["weight_kg"] < lowest:
            self._refuse(
                _(
                    "To be safe for you, a volunteer weighs at least %(lowest)s kg. "
                    "You are welcome when you do."
                )
                % {"lowest": lowest}
            )
        return cleaned

    def _refuse(self, sentence: Any) -> None:
        if self.not_today is None:
            self.not_today = NotToday(str(sentence))
            self.add_error(None, self.not_today.sentence)

    @property
    def facts(self) -> Facts:
        """Return weight and blood group, as the draft keeps them."""
        return {
            "weight_kg": str(self.cleaned_data["weight_kg"]),
            "blood_group": self.cleaned_data["blood_group"],
        }
