"""A list for an afternoon, its helpers, and their hours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from foundation.access import Branch, Staff
from foundation.pages import RelayForm


class NewList(RelayForm):
    """What is to be called about, where, on which day, and how many people."""

    purpose = forms.ChoiceField(label=_("What is it about?"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("Name of the list"), max_length=80, required=False)
    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none(), empty_label=None)
    on_date = forms.DateField(label=_("Day"))
    people = forms.IntegerField(
        label=_("How many people at most?"), min_value=1, max_value=settings.CALL_LIST_MOST,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )  # fmt: skip

    def __init__(self, *args: Any, purposes: list[tuple[str, str]], branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = purposes  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]


class HelperForm(RelayForm):
    """A volunteer who helps for a day, at a list or at a drive: a new one, or one who helped before."""

    again = forms.ModelChoiceField(
        label=_("Helped before"), queryset=Staff.objects.none(), required=False, empty_label=_("Somebody new")
    )
    name = forms.CharField(label=_("Name of the helper"), max_length=40, required=False)

    def __init__(self, *args: Any, before: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["again"].queryset = before  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Somebody new has a name."""
        cleaned = super().clean()
        if not cleaned.get("again") and not cleaned.get("name"):
            self.add_error("name", _("Say who helps."))
        return cleaned


class Hours(RelayForm):
    """How long a helper worked."""

    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=0, max_value=settings.HELPER_MINUTES_MOST,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )  # fmt: skip
