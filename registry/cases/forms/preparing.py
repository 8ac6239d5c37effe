"""Forms of what is settled before cells are collected: days, back-up donor, the hospital's messages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.access import Scope
from registry.cases.forms.facts import FactForm
from registry.cases.models import NoBackup, Product
from registry.donors import grid
from registry.donors.models import Donor


class Dates(FactForm):
    """What is collected, and when."""

    in_a_row = frozenset({"product"})
    product = forms.ChoiceField(
        label=_("What is collected?"), choices=Product.choices, widget=forms.RadioSelect
    )
    conditioning_on = forms.DateField(
        label=_("The patient's conditioning begins on"), help_text=_("As the transplant hospital plans it.")
    )
    admission_on = forms.DateField(label=_("The donor is admitted on"), required=False)
    collection_on = forms.DateField(label=_("First day of collection"))


class Backup(FactForm):
    """One of ours, one of another registry, or that and why there is none."""

    all_optional = True
    grid = forms.CharField(
        label=_("A donor of ours"),
        required=False,
        max_length=30,
        help_text=_("Their registry number (GRID). They must be available at present."),
        widget=forms.TextInput({"class": "code", "autocomplete": "off"}),
    )
    code = forms.CharField(
        label=_("Or one held by another registry"),
        required=False,
        max_length=40,
        help_text=_("The code under which that registry holds them."),
        widget=forms.TextInput({"class": "code", "autocomplete": "off"}),
    )
    none = forms.ChoiceField(label=_("Or nobody"), required=False, choices=[("", "—"), *NoBackup.choices])
    words = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Needed where there is nobody: who looked, and what was found."),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        self.donor: Donor | None = None

    def clean_grid(self) -> str:
        """Find the donor of this number among those whom one may see."""
        typed = grid.normal(self.cleaned_data["grid"])
        if not typed:
            return ""
        if not grid.is_valid(typed):
            raise forms.ValidationError(_("This is no registry number: look at its check digits."))
        self.donor = Donor.objects.visible_to(self.scope).filter(grid=typed).first()
        if self.donor is None:
            raise forms.ValidationError(_("Nobody of yours has this number."))
        return typed

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        said = self.cleaned_data
        return {"donor": self.donor, "code": said["code"], "none": said["none"], "words": said["words"]}


class Message(FactForm):
    """The hospital's message that conditioning begins."""

    said_at = forms.DateTimeField(label=_("When did the message come?"))
    reference = forms.CharField(
        label=_("Its reference"), max_length=60, widget=forms.TextInput({"class": "short code"})
    )
    conditioning_on = forms.DateField(label=_("Conditioning begins on"))


class HospitalDecision(FactForm):
    """Whether the hospital wants this donor, as the hospital itself says."""

    in_a_row = frozenset({"wants"})
    wants = forms.ChoiceField(
        label=_("Do you want this donor?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("In words"), required=False, max_length=1000, widget=forms.Textarea({"rows": 3})
    )

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        return {"wants": self.cleaned_data["wants"] == "yes", "words": self.cleaned_data["words"]}


class Transfusion(FactForm):
    """When the patient was given the cells."""

    on = forms.DateField(label=_("The patient was given the cells on"))
    words = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Nothing that tells who the patient is."),
    )
