"""The form of a paper list: one file, and whether it goes in as a whole or not at all."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from registry.drives.imports.uploads import TooLarge, check_size


class SheetForm(RelayForm):
    """A list as an Excel workbook or a table in text."""

    sheet = forms.FileField(
        label=_("Paper list"),
        help_text=_("Excel (.xlsx) or table in text (.csv), with the headers of the printed list."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        max_length=200,
    )
    strict = forms.BooleanField(
        label=_("Take all rows or none"),
        help_text=_("Otherwise the good rows go in, and the others come back to be mended."),
        required=False,
    )

    def clean_sheet(self) -> UploadedFile[bytes]:
        """Refuse a file that is larger than is read in one piece."""
        file: UploadedFile[bytes] = self.cleaned_data["sheet"]
        try:
            check_size(file.size or 0)
        except TooLarge as problem:
            raise forms.ValidationError(problem.sentences) from problem
        return file
