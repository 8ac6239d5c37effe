"""A scan that is brought, and what a second person says of twenty of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent import scans
from consent.evidence import EvidenceProblem
from foundation.pages.forms import RelayForm

BECAUSE = [
    ("unreadable", _("It cannot be read")),
    ("not_signed", _("A signature is missing")),
    ("wrong_person", _("It is another person's paper")),
    ("wrong_text", _("It is another form")),
    ("pages_missing", _("A page is missing")),
]


class Scan(RelayForm):
    """The scan or photograph of one signed paper."""

    scan = forms.FileField(
        label=_("Scan or photograph of the signed paper"),
        help_text=_("PDF, PNG or JPEG. All signatures must be readable."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/png,image/jpeg"}),
        max_length=200,
    )

    def clean_scan(self) -> bytes:
        """Return the file's bytes if it is a scan, whatever its name says."""
        content: bytes = self.cleaned_data["scan"].read()
        try:
            scans.check(content)
        except EvidenceProblem as problem:
            raise forms.ValidationError(list(problem.sentences)) from problem
        return content


class Verify(RelayForm):
    """Which of the signings on the page are in order."""

    def __init__(self, data: Any = None, *, offered: list[str], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["good"] = forms.MultipleChoiceField(
            choices=[(one, one) for one in offered],
            label=_("In order"),
            error_messages={"required": _("Tick at least one that is in order.")},
        )


class Return(RelayForm):
    """Why a scan is sent back."""

    because = forms.ChoiceField(choices=BECAUSE, label=_("Why is it sent back?"), widget=forms.RadioSelect)
