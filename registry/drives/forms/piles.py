"""The forms of a scanned pile: the file, whose a form is, and why one is put away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from registry.drives.models import DiscardReason
from registry.drives.piles.problems import PileProblem
from registry.drives.piles.reading import check

_ACCEPTED = "application/pdf,image/tiff,image/jpeg,image/png"


class PileFile(RelayForm):
    """One file from the office scanner, or a photograph of one page."""

    pile = forms.FileField(
        label=_("Scanned pile"),
        help_text=_("One PDF of all forms, in any order. A TIFF, or a photograph of one form, is taken too."),
        widget=forms.FileInput(attrs={"accept": _ACCEPTED}),
        max_length=200,
        allow_empty_file=True,  # it is refused with a sentence of our own
    )

    def clean_pile(self) -> UploadedFile[bytes]:
        """Refuse by its first bytes what is no scan, whatever its name says."""
        file: UploadedFile[bytes] = self.cleaned_data["pile"]
        content = file.read()
        file.seek(0)
        try:
            check(content)
        except PileProblem as problem:
            raise forms.ValidationError(problem.sentences) from problem
        return file


class Whose(RelayForm):
    """Whose a form is: typed, scanned, or chosen among those whose paper is still to come."""

    all_optional = True  # one of the two is enough

    text = forms.CharField(
        label=_("Barcode of the tube, or name or document number on the paper"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}),
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if people:
            self.fields["person"] = forms.ChoiceField(
                choices=[("", _("Choose a person")), *people],
                label=_("Or one of those whose paper is still to come"),
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        cleaned = super().clean()
        if not self.errors and not cleaned.get("text") and not cleaned.get("person"):
            self.add_error("text", _("Scan or type the barcode, type the name, or choose a person."))
        return cleaned


class PutAway(RelayForm):
    """Why a form is not filed."""

    reason = forms.ChoiceField(
        choices=DiscardReason.choices, label=_("Why is it not filed?"), widget=forms.RadioSelect
    )
