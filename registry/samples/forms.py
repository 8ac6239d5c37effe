"""What is typed or scanned about tubes and boxes. A scan is text and Enter."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.access import Branch, BranchKind
from foundation.pages import RelayForm
from registry.donors.reasons import SampleReason
from registry.hla import form as typing_form
from registry.samples import barcodes
from registry.samples.actions import Row, SwapReason

if TYPE_CHECKING:
    from uuid import UUID

_MOST_ROWS = 500  # of one pasted table: a laboratory's day


class PrintReason(TextChoices):
    """Why a fixed list is printed; kept on the trail."""

    FOR_A_DRIVE = "FOR_A_DRIVE", gettext_lazy("For a drive")
    WITH_THE_BOX = "WITH_THE_BOX", gettext_lazy("It travels with the box")
    DAMAGED = "DAMAGED", gettext_lazy("A label or a list was damaged")
    CHECK = "CHECK", gettext_lazy("To check the tubes against it")


class BarcodeField(forms.CharField):
    """A tube's barcode, however it was typed or scanned."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Tube barcode"))
        kwargs.setdefault("max_length", 60)
        super().__init__(**kwargs)
        self.widget.attrs.update(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "mono"}
        )

    def clean(self, value: Any) -> str:
        """
        Return the barcode in its one way of writing.

        :raises ValidationError: if it is not written as one.
        """
        text = super().clean(value)
        try:
            return barcodes.check(text) if text else ""
        except barcodes.BarcodeProblem as problem:
            raise ValidationError(problem.sentences) from problem


class Scan(RelayForm):
    """One tube, scanned."""

    barcode = BarcodeField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["barcode"].widget.attrs.update({"autofocus": True, "data-scan": True})


class CountIn(Scan):
    """One tube, scanned at the laboratory, and how much is in it."""

    volume_ml = forms.DecimalField(
        label=gettext_lazy("Volume in ml"),
        required=False,
        min_value=Decimal("0.1"),
        max_value=Decimal(50),
        max_digits=4,
        decimal_places=1,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}),
    )
    all_optional = True


class Reject(RelayForm):
    """Why a tube is turned away."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What is wrong with the tube?"),
        choices=[one for one in SampleReason.choices if one[0] != SampleReason.DUPLICATE],
        widget=forms.RadioSelect,
    )


class OpenBox(RelayForm):
    """Where a new box goes, and from which branch."""

    from_branch = forms.ModelChoiceField(label=gettext_lazy("Sender"), queryset=Branch.objects.none())
    laboratory = forms.ModelChoiceField(label=gettext_lazy("Laboratory"), queryset=Branch.objects.none())

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_branch"].queryset = branches  # type: ignore[attr-defined]
        laboratories = Branch.objects.filter(kind=BranchKind.LABORATORY, active=True).order_by("code")
        self.fields["laboratory"].queryset = laboratories  # type: ignore[attr-defined]
        if len(only := laboratories[:2]) == 1:
            self.initial.setdefault("laboratory", only[0])


class Which(RelayForm):
    """Which tubes a list shows."""

    drive = forms.ChoiceField(label=gettext_lazy("Drive"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("Where"), required=False)
    all_optional = True

    def __init__(self, *args: Any, drives: list[tuple[UUID, str]], states: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", _("All"))]
        self.fields["drive"].choices = everything + [(str(pk), name) for pk, name in drives]  # type: ignore[attr-defined]
        self.fields["state"].choices = everything + list(states.choices)  # type: ignore[attr-defined]


class Print(RelayForm):
    """Why a list is printed."""

    reason = forms.ChoiceField(label=gettext_lazy("What is it for?"), choices=PrintReason)


class Labels(Print):
    """Labels to print: new ones, or again for tubes that have theirs."""

    how_many = forms.IntegerField(
        label=gettext_lazy("New labels"),
        help_text=gettext_lazy("With barcodes that no tube has yet."),
        required=False,
        min_value=1,
        max_value=settings.LABELS_MOST,
    )
    again = forms.CharField(
        label=gettext_lazy("Again, for these tubes"),
        help_text=gettext_lazy("One barcode a line."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "mono", "spellcheck": "false"}),
    )
    copies = forms.IntegerField(
        label=gettext_lazy("Labels for each tube"), min_value=1, max_value=6, initial=1
    )
    sheet = forms.ChoiceField(label=gettext_lazy("Label sheet (mm)"))
    field_order = ["how_many", "again", "copies", "sheet", "reason"]
    all_optional = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [(key, key) for key in settings.LABEL_SHEETS]  # type: ignore[attr-defined]
        self.fields["sheet"].initial = settings.LABEL_SHEET

    def clean_again(self) -> list[str]:
        """Return the barcodes, one a line."""
        lines = [line for line in self.cleaned_data["again"].splitlines() if line.strip()]
        try:
            return [barcodes.check(line) for line in lines]
        except barcodes.BarcodeProblem as problem:
            raise ValidationError(problem.sentences) from problem

    def clean(self) -> dict[str, Any]:
        """Ask for something to print."""
        cleaned = super().clean()
        if not self.errors and not cleaned.get("how_many") and not cleaned.get("again"):
            self.add_error("how_many", _("Say how many new labels, or which tubes need theirs again."))
        return cleaned


class Swap(RelayForm):
    """Two tubes whose labels were exchanged, and how it came about."""

    first = BarcodeField(label=gettext_lazy("First tube"))
    second = BarcodeField(label=gettext_lazy("Second tube"))
    reason = forms.ChoiceField(
        label=gettext_lazy("How did it happen?"), choices=SwapReason, widget=forms.RadioSelect
    )


class Typing(RelayForm):
    """One typing: locus by locus, or as one text."""

    text = forms.CharField(
        label=gettext_lazy("Typing as text"),
        help_text=gettext_lazy("For example A*01:01+A*02:01^B*07:02+B*08:01^DRB1*15:01+DRB1*03:01"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono", "spellcheck": "false"}),
    )
    all_optional = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for locus in typing_form.LOCI:
            for place in (1, 2):
                self.fields[f"{locus}_{place}"] = forms.CharField(
                    label=f"{locus} · {place}",
                    required=False,
                    max_length=200,
                    widget=forms.TextInput(attrs={"class": "text mono", "autocomplete": "off"}),
                )

    def loci(self) -> list[tuple[str, Any, Any]]:
        """Return each locus with its two boxes."""
        return [(locus, self[f"{locus}_1"], self[f"{locus}_2"]) for locus in typing_form.LOCI]

    def clean(self) -> dict[str, Any]:
        """Put the typing together and check its form."""
        cleaned = super().clean()
        cells = {locus: [cleaned.get(f"{locus}_{n}", "") for n in (1, 2)] for locus in typing_form.LOCI}
        text = cleaned.get("text") or typing_form.from_table(cells)
        try:
            cleaned["typing"] = typing_form.check(text)
        except typing_form.FormProblem as problem:
            self.add_error(self._at(problem), problem.sentences)
        return cleaned

    def _at(self, problem: typing_form.FormProblem) -> str:
        """Return the box in which a problem is mended."""
        if self.cleaned_data.get("text"):
            return "text"
        locus = problem.part.partition(",")[0].partition("*")[0].removeprefix("HLA-")
        if locus not in typing_form.LOCI:
            return f"{typing_form.LOCI[0]}_1"
        second = self.cleaned_data.get(f"{locus}_2", "")
        in_second = problem.code == "not_two_alleles" or (second and problem.part.endswith(second.upper()))
        return f"{locus}_2" if in_second else f"{locus}_1"


class Table(RelayForm):
    """A table of barcodes and typings, pasted from a sheet."""

    rows = forms.CharField(
        label=gettext_lazy("Barcodes and typings"),
        help_text=gettext_lazy(
            "One tube a line: the barcode, then the typing. Paste it from a sheet, or type it."
        ),
        max_length=1_000_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "mono", "spellcheck": "false"}),
    )

    def clean_rows(self) -> list[Row]:
        """Return the lines that hold something, each split into barcode and typing."""
        lines = self.cleaned_data["rows"].splitlines()
        rows = [_row(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
        if len(rows) > _MOST_ROWS:
            raise ValidationError(_("Paste at most %(n)s lines at a time.") % {"n": _MOST_ROWS})
        return rows


def _row(number: int, line: str) -> Row:
    """Split a line at its first gap: before it the barcode, after it the typing."""
    barcode, _gap, typing = re.sub(r"[\t,;]+", " ", line).strip().partition(" ")
    return Row(number, barcode, _joined(typing.strip()))


def _joined(typing: str) -> str:
    """Return one text of a typing that came as one, or as an allele a cell, each naming its locus."""
    if "+" in typing or "^" in typing:
        return typing
    alleles: dict[str, list[str]] = {}
    for cell in typing.split():
        alleles.setdefault(cell.partition("*")[0].upper().removeprefix("HLA-"), []).append(cell)
    return typing_form.from_table(alleles)
