"""What is typed about the national register."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from foundation import moves
from foundation.access import Branch
from foundation.pages import RelayForm
from foundation.pages.forms import TypedDateField
from registry.donors.models import Settlement
from registry.donors.national import numbers


class ListReason(TextChoices):
    """Why a fixed list with names is opened; kept on the trail."""

    ENTER = "NATIONAL", _("To enter them at the national register")
    COMPARE = "COMPARE", _("To compare them with the national register")
    AGAIN = "AGAIN", _("The last sheet was lost or damaged")


class WhyOpened(RelayForm):
    """What a list with names is needed for."""

    reason = forms.ChoiceField(label=_("What is it for?"), choices=ListReason)


class Accepted(RelayForm):
    """The number and the day of acceptance."""

    number = forms.CharField(
        label=_("Number at the national register"),
        max_length=30,
        widget=forms.TextInput(attrs={"class": "short code", "autocomplete": "off"}),
    )
    on = TypedDateField(label=_("Accepted on"))

    def clean_number(self) -> str:
        """Check the number's form."""
        try:
            return numbers.check(self.cleaned_data["number"])
        except moves.Refused as refusal:
            raise forms.ValidationError([str(sentence) for sentence in refusal.sentences]) from None


class TheirSheet(RelayForm):
    """The sheet of the national register, and the branch whose donors it lists."""

    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none(), empty_label=None)
    sheet = forms.FileField(
        label=_("Sheet of the national register"),
        help_text=_("XLSX or CSV with the columns number, document number or GRID, state, and day."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        """Offer the branches one may compare for."""
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]


class Settle(RelayForm):
    """What is done about a finding."""

    way = forms.ChoiceField(choices=Settlement)
