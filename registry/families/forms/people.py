"""The people of a household: who they are, how they are reached, and that they want no more."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from consent.evidence import NewEvidence
from consent.states import EvidenceKind
from foundation.pages import RelayForm
from foundation.pages.forms import TypedDateField
from registry.donors import names, phones
from registry.families.forms.common import read
from registry.families.models import Kin
from registry.families.records import Relative
from registry.families.ways import WAYS

ZONES = [
    ("Asia/Shanghai", _("China")),
    ("Asia/Hong_Kong", _("Hong Kong")),
    ("Asia/Macau", _("Macau")),
    ("Asia/Taipei", _("Taiwan")),
    ("Asia/Singapore", _("Singapore")),
    ("Asia/Tokyo", _("Japan")),
    ("Europe/London", _("United Kingdom")),
    ("Europe/Rome", _("Central Europe")),
    ("America/New_York", _("America, east")),
    ("America/Los_Angeles", _("America, west")),
    ("Australia/Sydney", _("Australia, east")),
]
HOW = [
    (EvidenceKind.PAPER, _("Signed on the sheet")),
    (EvidenceKind.WITNESSED_WORD, _("Said before a witness")),
]


class RelativeForm(RelayForm):
    """One of the family, and the ways to them."""

    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput({"autocomplete": "off"}))
    kin = forms.ChoiceField(label=_("What are they to the one who gave?"), choices=Kin)
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput({"inputmode": "tel"})
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    wechat = forms.CharField(label=_("WeChat"), max_length=60, required=False)
    address = forms.CharField(
        label=_("Address"),
        max_length=200,
        required=False,
        help_text=_("Only if it is another than that of the household."),
    )
    born_on = TypedDateField(
        label=_("Born on"), required=False, help_text=_("For parents: Chongyang is for those of 60 and over.")
    )
    language = forms.ChoiceField(label=_("In which language do we write?"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Where do they live?"), choices=ZONES)

    def __init__(self, *args: Any, zone: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if zone and zone not in dict(ZONES):
            self.fields["time_zone"].choices = [*ZONES, (zone, zone)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Read the name and the number."""
        cleaned = super().clean()
        read(self, "name", names.check, names.NameProblem)
        read(self, "phone", lambda text: phones.check(text, landline=True), phones.PhoneProblem)
        return cleaned

    @property
    def relative(self) -> Relative:
        """Return what was typed."""
        return Relative(**{name: self.cleaned_data[name] for name in Relative.__dataclass_fields__})


class Evidence(RelayForm):
    """How somebody's word is proved; part of other forms."""

    how = forms.ChoiceField(label=_("How was it said?"), choices=HOW, widget=forms.RadioSelect)
    witness = forms.CharField(
        label=_("Who witnessed it?"),
        max_length=60,
        required=False,
        help_text=_("Somebody else than who writes it down."),
    )

    def clean(self) -> dict[str, Any]:
        """A word needs its witness."""
        cleaned = super().clean()
        if cleaned.get("how") == EvidenceKind.WITNESSED_WORD and not cleaned.get("witness", "").strip():
            self.add_error("witness", _("Please say who witnessed it."))
        return cleaned

    @property
    def evidence(self) -> NewEvidence:
        """Return how it was said; the scan of a sheet is brought later."""
        said = self.cleaned_data
        if said["how"] == EvidenceKind.PAPER:
            return NewEvidence(EvidenceKind.PAPER)
        return NewEvidence(EvidenceKind.WITNESSED_WORD, witness=said["witness"].strip())


def asked_ways() -> forms.MultipleChoiceField:
    """Return the field in which each way is agreed to or not."""
    return forms.MultipleChoiceField(
        label=_("How may we reach them?"),
        choices=[(way.value, way.label) for way in WAYS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("A way that is not ticked is a no to it."),
    )


class Reach(Evidence):
    """By which ways somebody may be reached."""

    ways = asked_ways()
    language = forms.ChoiceField(label=_("In which language was it read?"), choices=settings.LANGUAGES)
    field_order = ("ways", "language", "how", "witness")


class NoMore(RelayForm):
    """That somebody wants to hear nothing more."""

    whole = forms.ChoiceField(
        label=_("For whom?"),
        choices=[("one", _("For this person alone")), ("all", _("For the whole family"))],
        initial="one",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("In their words"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )
    choice_hints = {
        "whole": {
            "one": _("The others of the household still hear from us."),
            "all": _("Only where it was asked for: the family's plan ends."),
        }
    }
