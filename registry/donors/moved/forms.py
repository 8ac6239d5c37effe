"""The public form for a new number: who, by which document, and the number."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.donors import documents, names, phones
from registry.donors.strangers import TrapForm


class NewNumber(TrapForm):
    """Checks spelling only; whether anybody is registered is not asked here."""

    name = forms.CharField(
        label=_("Name, as on the document"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    number = forms.CharField(
        label=_("Document number"),
        max_length=40,
        help_text=_("Of the document with which you registered."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    kind = forms.ChoiceField(
        label=_("Document"),
        choices=documents.DocumentKind.choices,
        initial=documents.DocumentKind.RESIDENT_ID,
    )
    phone = forms.CharField(
        label=_("Your new mobile number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.document: documents.Document | None = None

    def clean_name(self) -> str:
        """Keep the name as it is written."""
        try:
            return names.check(self.cleaned_data["name"])
        except names.NameProblem as problem:
            raise forms.ValidationError(problem.sentences) from None

    def clean_phone(self) -> str:
        """Read the number."""
        try:
            return phones.check(self.cleaned_data["phone"])
        except phones.PhoneProblem as problem:
            raise forms.ValidationError(problem.sentences) from None

    def clean(self) -> dict[str, Any]:
        """Read the document number by its kind."""
        cleaned = super().clean()
        if cleaned.get("kind") and cleaned.get("number"):
            try:
                self.document = documents.check(cleaned["kind"], cleaned["number"], on=self.on)
            except documents.DocumentProblem as problem:
                self.add_error("number", problem.sentences)
        return cleaned
