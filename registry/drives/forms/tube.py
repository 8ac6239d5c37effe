"""Step 5 of the enrolment: the tube and its barcode."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from foundation.pages.forms import RelayForm
from registry.drives.answers import Facts
from registry.samples import barcodes
from registry.samples.states import SampleKind


class TubeForm(RelayForm):
    """A scanner types the barcode and Enter; everything else stands ready."""

    all_optional = True  # the volume is asked of blood alone

    barcode = forms.CharField(
        label=_("Barcode of the tube"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_("Scan it, or type it as it is printed."),
    )
    kind = forms.ChoiceField(
        label=_("What was taken"),
        choices=SampleKind.choices,
        initial=SampleKind.BLOOD,
        widget=forms.RadioSelect,
    )
    volume_ml = forms.DecimalField(
        label=_("Blood in millilitres"),
        required=False,
        decimal_places=1,
        max_digits=4,
        help_text=_("Not for a cheek swab."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def clean_barcode(self) -> str:
        """Write the barcode in its one way."""
        try:
            return barcodes.check(self.cleaned_data["barcode"])
        except barcodes.BarcodeProblem as problem:
            raise forms.ValidationError(problem.sentences) from None

    def clean(self) -> dict[str, Any]:
        """A tube of blood holds 6 to 8 ml; a swab has no volume."""
        cleaned = super().clean() or self.cleaned_data
        lowest, highest = settings.SAMPLE_BLOOD_ML
        volume: Decimal | None = cleaned.get("volume_ml")
        if cleaned.get("kind") == SampleKind.SWAB:
            cleaned["volume_ml"] = None
        elif "volume_ml" not in self.errors and (volume is None or not lowest <= volume <= highest):
            self.add_error(
                "volume_ml",
                _("A tube of blood holds %(lowest)s to %(highest)s ml.")
                % {"lowest": lowest, "highest": highest},
            )
        return cleaned

    @property
    def facts(self) -> Facts:
        """Return the tube, as the draft keeps it."""
        volume = self.cleaned_data["volume_ml"]
        return {
            "barcode": self.cleaned_data["barcode"],
            "kind": self.cleaned_data["kind"],
            "volume_ml": None if volume is None else str(volume),
        }
