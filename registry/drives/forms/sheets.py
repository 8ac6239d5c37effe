"""The forms of a paper list: the file and how to take it, and what its unknown headers are."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from foundation.papers.kept import TooLarge, check_size
from registry.donors.columns import Column
from registry.drives.imports.asking import Asked

LEFT_OUT: Final = "-"


class SheetForm(RelayForm):
    """A list as an Excel workbook or a table in text."""

    sheet = forms.FileField(
        label=_("Paper list"),
        help_text=_("Excel (.xlsx) or table in text (.csv), with the headers of the printed list."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        max_length=200,
    )
    trial = forms.BooleanField(
        label=_("Only try"),
        help_text=_("Says what would come of it, and brings nothing in. You can bring it in afterwards."),
        required=False,
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


class ColumnsForm(RelayForm):
    """Which column each unknown header is: a choice for each, of the columns that were not found."""

    all_optional = True

    def __init__(self, asked: Asked, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        choices = [(LEFT_OUT, _("None of these: leave it out")), *[(str(c), c.label) for c in asked.missing]]
        for one in asked.headers:
            self.fields[self.key(one.place)] = forms.ChoiceField(
                label=one.header, help_text=one.example, choices=choices, required=False, initial=LEFT_OUT
            )

    @staticmethod
    def key(place: int) -> str:
        """Return the name of the field of a header."""
        return f"column-{place}"

    def clean(self) -> dict[str, Any]:
        """Take each column once, and none of the needed ones is left."""
        cleaned = super().clean()
        chosen = [column for column in self.said.values() if column is not None]
        for one in self.asked.headers:
            column = self.said[one.header]
            if column is not None and chosen.count(column) > 1:
                self.add_error(self.key(one.place), _("Two headers cannot be the same column."))
        if left := [column for column in self.asked.needed if column not in chosen]:
            names = "、".join(column.label for column in left)
            words = _("These columns are still missing: %(columns)s.") % {"columns": names}
            self.add_error(None, words)
        return cleaned

    @property
    def said(self) -> dict[str, Column | None]:
        """Return what was chosen, by header."""
        chosen = {one.header: self.cleaned_data.get(self.key(one.place)) for one in self.asked.headers}
        return {
            header: None if column in {None, "", LEFT_OUT} else Column(column)
            for header, column in chosen.items()
        }
