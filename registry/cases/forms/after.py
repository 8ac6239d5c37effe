"""Follow-up of a donor, harm that is reported upward, letters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from registry.cases import followups, letters
from registry.cases.actions.after import Event
from registry.cases.actions.wishing import ASKED_AFTERWARDS
from registry.cases.forms.facts import FactForm
from registry.cases.models import Direction

WELLBEING = [
    ("5", _("Very well")),
    ("4", _("Well")),
    ("3", _("So-so")),
    ("2", _("Not well")),
    ("1", _("Bad")),
]
GRADES = [
    ("", _("No event is written down")),
    ("1", _("1 · mild")),
    ("2", _("2 · moderate")),
    ("3", _("3 · severe")),
    ("4", _("4 · life-threatening")),
    ("5", _("5 · death")),
]
LONGEST_LETTER = 6000
SAID = [("", _("Not asked")), ("yes", _("Yes")), ("no", _("No"))]


class FollowUpForm(RelayForm):
    """How a donor is: a few questions, a blood count where one is due, and harm if there was any."""

    in_a_row = frozenset({"wellbeing", *(question.key for question in followups.QUESTIONS)})
    wellbeing = forms.ChoiceField(label=_("How are you today?"), choices=WELLBEING, widget=forms.RadioSelect)

    def __init__(self, *args: Any, key: str, sex: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in followups.QUESTIONS:
            self.fields[question.key] = forms.ChoiceField(
                label=question.words, choices=question.answers, widget=forms.RadioSelect
            )
        self.analytes = followups.BLOOD_COUNT if key in followups.WITH_BLOOD_COUNT else ()
        for one in self.analytes:
            self.fields[one.key] = _value_of(one, sex)
        self.fields["words"] = forms.CharField(
            label=_("In their own words"),
            max_length=2000,
            required=False,
            widget=forms.Textarea({"rows": 3}),
            help_text=_("Kept sealed with the record."),
        )
        self.fields["grade"] = forms.ChoiceField(
            label=_("Is it an adverse event? Its grade"),
            choices=GRADES,
            required=False,
            help_text=_("Who is not well and has no event written down is rung on the next working day."),
        )
        self.fields["event_on"] = forms.DateField(label=_("Since"), required=False)
        self.fields["serious"] = forms.BooleanField(
            label=_("Serious: to be reported upward"),
            required=False,
            help_text=_("Hospital, lasting harm, danger to life, death. Grade 3 and higher always is."),
        )

    def clean(self) -> dict[str, Any]:
        """Ask for the grade and the day of an event."""
        said = super().clean()
        if said.get("serious") and not said.get("grade"):
            self.add_error("grade", _("Choose the grade of the event."))
        if said.get("grade") and not said.get("event_on"):
            self.add_error("event_on", _("Say since when."))
        return said

    @property
    def facts(self) -> dict[str, Any]:
        """Return what was answered, as the action takes it."""
        said = self.cleaned_data
        event = None
        if said["grade"]:
            event = Event(
                on=said["event_on"], grade=int(said["grade"]), serious=said["serious"], words=said["words"]
            )
        return {
            "wellbeing": int(said["wellbeing"]),
            "answers": {question.key: said[question.key] for question in followups.QUESTIONS},
            "labs": {one.key: said[one.key] for one in self.analytes if said[one.key] is not None},
            "words": said["words"],
            "event": event,
        }


def _value_of(one: followups.Analyte, sex: str) -> forms.DecimalField:
    low, high = one.usual.get(sex) or (None, None)
    usual = format_lazy(_("Usual: {low} to {high} {unit}"), low=low, high=high, unit=one.unit)
    return forms.DecimalField(
        label=format_lazy("{words}, {unit}", words=one.words, unit=one.unit),
        required=False,
        min_value=one.possible[0],
        max_value=one.possible[1],
        max_digits=6,
        decimal_places=2,
        widget=forms.TextInput({"inputmode": "decimal", "class": "short", "autocomplete": "off"}),
        help_text=usual if low is not None else one.unit,
    )


class Report(RelayForm):
    """To which office a serious event was reported."""

    to = forms.CharField(
        label=_("To which office?"),
        max_length=120,
        help_text=_("The office or registry, never a person's name."),
    )
    reference = forms.CharField(
        label=_("Their reference"), max_length=60, required=False, widget=forms.TextInput({"class": "code"})
    )
    when = forms.DateTimeField(label=_("When?"))


class LetterForm(RelayForm):
    """A letter as it came."""

    direction = forms.ChoiceField(label=_("From whom?"), choices=Direction, widget=forms.RadioSelect)
    received_on = forms.DateField(label=_("Received on"))
    words = forms.CharField(
        label=_("What it says"),
        max_length=LONGEST_LETTER,
        widget=forms.Textarea({"rows": 12}),
        help_text=_("Typed or pasted word for word. Kept sealed; the reader never sees this."),
    )


class Screen(RelayForm):
    """What of a letter goes on."""

    redacted = forms.CharField(
        label=_("What goes on to the reader"),
        max_length=LONGEST_LETTER,
        widget=forms.Textarea({"rows": 12}),
        help_text=_("What may tell who wrote it was left out here. Read every line yourself."),
    )


class Return(RelayForm):
    """Why a letter goes back."""

    reason = forms.ChoiceField(label=_("Why?"), choices=letters.RETURNED, widget=forms.RadioSelect)


class Wishes(FactForm):
    """Whether a donor wants letters, and would talk with others who are to donate."""

    in_a_row = frozenset({"letters", "peer_talk"})
    letters = forms.ChoiceField(
        label=_("Would you like to read letters of the person who received your cells?"),
        choices=SAID,
        required=False,
        widget=forms.RadioSelect,
    )
    peer_talk = forms.ChoiceField(
        label=_("Would you talk with others who are about to donate? They hear your first name alone."),
        choices=SAID,
        required=False,
        widget=forms.RadioSelect,
    )
    witness = forms.CharField(
        label=_("Who listened too?"),
        max_length=80,
        required=False,
        help_text=_("A yes is heard by two and verified by a second person. A no holds at once."),
    )

    @property
    def facts(self) -> dict[str, Any]:
        """Return what was said, as the action takes it."""
        said = {purpose: self.cleaned_data[purpose.value] for purpose in ASKED_AFTERWARDS}
        return {
            "given": [purpose for purpose, answer in said.items() if answer == "yes"],
            "declined": [purpose for purpose, answer in said.items() if answer == "no"],
            "witness": self.cleaned_data["witness"],
        }
