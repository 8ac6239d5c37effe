"""Forms of findings, and of what the medical reviewer makes of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.cases.forms.facts import FactForm
from registry.cases.markers import MUST_BE_NEGATIVE, Marker, Result
from registry.donors.reasons import PERMANENT, TEMPORARY


def _words() -> forms.CharField:
    return forms.CharField(
        label=_("In words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Kept sealed; only who sees medical findings reads it."),
    )


class Examination(FactForm):
    """When the donor was examined, and whether they are fit."""

    in_a_row = frozenset({"fit"})
    on = forms.DateField(label=_("Examined on"))
    fit = forms.ChoiceField(
        label=_("Fit to donate?"),
        choices=[("yes", _("Fit")), ("no", _("Not fit")), ("unclear", _("Not clear yet"))],
        widget=forms.RadioSelect,
    )
    words = _words()

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        said = self.cleaned_data
        fit = {"yes": True, "no": False}.get(said["fit"])
        return {"on": said["on"], "fit": fit, "words": said["words"]}


class Pregnancy(FactForm):
    """When a pregnancy test was made, and what it showed."""

    in_a_row = frozenset({"test"})
    on = forms.DateField(label=_("Tested on"))
    test = forms.ChoiceField(label=_("The test"), choices=Result.choices, widget=forms.RadioSelect)
    words = _words()

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, as the action takes it; a negative test is fit."""
        said = self.cleaned_data
        fit = {Result.NEGATIVE.value: True, Result.POSITIVE.value: False}.get(said["test"])
        return {"on": said["on"], "fit": fit, "words": said["words"]}


class Markers(FactForm):
    """When the blood was drawn, and what each marker showed."""

    in_a_row = frozenset(Marker.values)
    on = forms.DateField(label=_("Blood drawn on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for marker in Marker:
            self.fields[marker.value] = forms.ChoiceField(
                label=marker.label,
                choices=Result.choices,
                widget=forms.RadioSelect,
                required=marker in MUST_BE_NEGATIVE,
            )
        self.fields["words"] = _words()

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        said = self.cleaned_data
        results = {marker.value: said[marker] for marker in Marker if said.get(marker)}
        return {"on": said["on"], "results": results, "words": said["words"]}


class Clear(FactForm):
    """What the medical reviewer decides."""

    all_optional = True
    verdict = forms.ChoiceField(
        label=_("Your decision"),
        choices=[
            ("clear", _("Cleared for this match")),
            ("defer", _("Not at present")),
            ("exclude", _("Not any more")),
        ],
        widget=forms.RadioSelect,
    )
    temporary = forms.ChoiceField(
        label=_("Not at present: why?"),
        required=False,
        choices=[("", "—"), *((one.value, one.label) for one in TEMPORARY)],
    )
    until = forms.DateField(label=_("Until"), required=False, help_text=_("At most twelve months."))
    permanent = forms.ChoiceField(
        label=_("Not any more: why?"),
        required=False,
        choices=[("", "—"), *((one.value, one.label) for one in PERMANENT)],
    )
    words = _words()
    choice_hints = {
        "verdict": {
            "clear": _("It holds until a finding is not fit, or the markers grow too old."),
            "defer": _("The match is postponed until the day you name."),
            "exclude": _("The match ends, and the donor is asked by nobody any more."),
        }
    }

    def clean(self) -> dict[str, Any]:
        """Ask for what belongs to the decision."""
        said = super().clean()
        needed = {"defer": ("temporary", "until"), "exclude": ("permanent",)}
        for name in needed.get(said.get("verdict", ""), ()):
            if not said.get(name) and name not in self.errors:
                self.add_error(name, _("Please fill this in."))
        return said
