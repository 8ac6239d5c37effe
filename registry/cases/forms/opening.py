"""The forms by which notices come in: one by hand, many in a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from foundation.pages.forms import TypedDateField
from foundation.papers.kept import TooLarge, check_size
from registry.cases import codes
from registry.cases.actions import Notice
from registry.cases.models import Request, Source

NOTICE_SOURCES = [(one.value, one.label) for one in (Source.DOMESTIC, Source.INTERNATIONAL)]
_CODE = forms.TextInput({"class": "code", "autocomplete": "off"})


def _code_field(**kwargs: Any) -> forms.CharField:
    return forms.CharField(max_length=codes.LONGEST, widget=forms.TextInput(_CODE.attrs), **kwargs)


class NoticeForm(RelayForm):
    """One notice of the national registry, as it stands on paper or on the screen."""

    in_a_row = frozenset({"source"})

    donor_number = _code_field(
        label=_("Donor"),
        help_text=_("GRID, tube barcode, or the number at the national register."),
    )
    code = _code_field(label=_("Code of the notice"))
    patient_code = _code_field(
        label=_("Patient code"), help_text=_("As the notice says it: a code, never a name.")
    )
    source = forms.ChoiceField(
        label=_("Where does it come from?"),
        choices=NOTICE_SOURCES,
        widget=forms.RadioSelect,
        initial=Source.DOMESTIC,
    )
    request = forms.ChoiceField(label=_("What is asked for?"), choices=Request, initial=Request.TYPING)
    resolution = forms.CharField(
        label=_("Resolution of the match"),
        max_length=40,
        required=False,
        help_text=_("As the notice says it, for example 10/10."),
    )
    received_on = TypedDateField(
        label=_("Received on"), help_text=_("The first attempt is due one working day after it.")
    )
    requested_on = TypedDateField(
        label=_("Day of the request"),
        required=False,
        help_text=_("The reservation is counted from this day. Empty: the day on which it was received."),
    )

    def __init__(self, *args: Any, known_donor: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known_donor:
            del self.fields["donor_number"]

    def clean_code(self) -> str:
        """Read the code of the notice."""
        return self._read("code")

    def clean_patient_code(self) -> str:
        """Read the patient's code."""
        return self._read("patient_code")

    def _read(self, field: str) -> str:
        try:
            return codes.check(self.cleaned_data[field])
        except codes.CodeProblem as problem:
            raise forms.ValidationError(problem.sentences) from None

    def clean(self) -> dict[str, Any]:
        """Say which day cannot be right."""
        cleaned = super().clean()
        received, requested = cleaned.get("received_on"), cleaned.get("requested_on")
        for field, day in (("received_on", received), ("requested_on", requested)):
            if day and day > timezone.localdate():
                self.add_error(field, _("This day lies in the future."))
        if received and requested and requested > received:
            self.add_error(
                "requested_on", _("The day of the request lies after the day on which it was received.")
            )
        return cleaned

    @property
    def notice(self) -> Notice:
        """Return what was typed."""
        said = self.cleaned_data
        return Notice(
            source=said["source"],
            code=said["code"],
            request=said["request"],
            resolution=said["resolution"],
            requested_on=said["requested_on"] or said["received_on"],
            received_on=said["received_on"],
        )


class NoticesForm(RelayForm):
    """Many notices in one file."""

    in_a_row = frozenset({"source"})

    sheet = forms.FileField(
        label=_("File of notices"),
        help_text=_("Excel (.xlsx) or table in text (.csv), with the headers of the pattern."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        max_length=200,
    )
    source = forms.ChoiceField(
        label=_("Where do they come from?"),
        choices=NOTICE_SOURCES,
        widget=forms.RadioSelect,
        initial=Source.DOMESTIC,
        help_text=_("For rows that do not say it themselves."),
    )

    def clean_sheet(self) -> UploadedFile[bytes]:
        """Refuse a file that is larger than is read in one piece."""
        file: UploadedFile[bytes] = self.cleaned_data["sheet"]
        try:
            check_size(file.size or 0)
        except TooLarge as problem:
            raise forms.ValidationError(problem.sentences) from problem
        return file
