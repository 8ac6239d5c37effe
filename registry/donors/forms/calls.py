"""What is written down of a call, in one form, so that no mistake in one field loses another."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from foundation.pages.forms import TypedDateField
from registry.donors import phones
from registry.donors.actions import answering
from registry.donors.actions.following import DONOR, LEFT, Heard
from registry.donors.guards import months_later
from registry.donors.models import CallKind, CallResult, Stance

ANSWERS: Final[dict[str, str | Promise]] = {
    "yes": _("Yes"),
    "unsure": _("Not sure"),
    "no": _("No"),
    "go_on": _("Go on"),
    "longer": _("Pause longer"),
    "leave": _("Leave"),
    "stay": _("Stay"),
    "only_if_matched": _("Only if they match"),
}
ASKED: Final = {
    "family_supports": _("Does your family support it?"),
    "process_known": _("Do you know what happens if you match?"),
    "would_go_on": _("Would you go on?"),
    "goes_on": _("Do you still wish to go on?"),
    "new_sample": _("May we take another sample?"),
    "after_pause": _("What would you like now?"),
    "after_no": _("What would you like now?"),
    "after_match": _("What would you like now?"),
    "own_word": _("What would you like yourself?"),
    "number_right": _("Is this still the best number?"),
}
WHO_IT_IS: Final = ("said_born_on", "said_document_end")  # asked at a number that was left
HOUR, EVENING, TOMORROW, DAY = "hour", "evening", "tomorrow", "day"
WHEN: Final = [
    (HOUR, _("In an hour")),
    (EVENING, _("In the evening")),
    (TOMORROW, _("Tomorrow")),
    (DAY, _("On a day")),
]
HOW_LONG: Final = [
    ("3", _("Three months")),
    ("6", _("Six months")),
    ("12", _("A year")),
    (DAY, _("Until a day")),
]
AT_SEVEN: Final = time(19)
IN_THE_MORNING: Final = time(9)
FURTHEST: Final = timedelta(days=60)  # a call later than that is a pause [D]


class RecordCall(RelayForm):
    """
    Whom one called, how it ended, what was answered, a new number, when to call again, how long to pause.

    The questions stand on the form by what the call is for.
    """

    all_optional = True  # how it ended is asked for by the buttons
    in_a_row = frozenset({"number", "when", "whose", "pause", *ASKED})
    number = forms.ChoiceField(label=_("Whom did you call?"), widget=forms.RadioSelect, initial=DONOR)
    phone = forms.CharField(
        label=_("A new number?"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    whose = forms.ChoiceField(
        label=_("Whose new number is it?"), required=False, widget=forms.RadioSelect, initial=DONOR
    )
    words = forms.CharField(
        label=_("In short"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    when = forms.ChoiceField(
        label=_("When shall we call?"), choices=WHEN, required=False, widget=forms.RadioSelect
    )
    when_on = forms.DateField(label=_("Day"), required=False)
    when_at = forms.TimeField(label=_("Time"), required=False)
    mine = forms.BooleanField(label=_("I will call back myself"), required=False)
    result = forms.ChoiceField(label=_("How did it end?"), choices=CallResult, widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        numbers: list[tuple[str, str | Promise]],
        kind: str,
        at: datetime,
        born_on: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = numbers  # type: ignore[attr-defined]  # a ChoiceField
        known = [(key, words) for key, words in numbers if not key.startswith(LEFT)]
        self.fields["whose"].choices = known  # type: ignore[attr-defined]
        self.kind, self.at, self.born_on = kind, at, born_on
        self.questions = answering.ASKED.get(kind, ())
        for question in self.questions:
            choices = [(code, ANSWERS[code]) for code in answering.choices(question)]
            self.fields[question] = forms.ChoiceField(
                label=ASKED[question], choices=choices, widget=forms.RadioSelect, required=False
            )
        if any(answering.LONGER in answering.choices(question) for question in self.questions):
            self.fields["pause"] = forms.ChoiceField(
                label=_("Pause for how long?"), choices=HOW_LONG, widget=forms.RadioSelect, required=False
            )
            self.fields["pause_on"] = forms.DateField(label=_("Until a day"), required=False)
        if kind == CallKind.NEW_NUMBER:
            self._ask_who_it_is()

    def asked(self) -> list[forms.BoundField]:
        """Return the questions of this call, as the page shows them."""
        return [self[name] for name in (*self.questions, *WHO_IT_IS) if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """Ask for what belongs to the result: the answers where reached, the hour where later."""
        typed = super().clean()
        typed["phone"] = self._phone(typed)
        number = typed.get("number", "")
        if typed.get("result") == CallResult.REACHED and not number.isdecimal():
            self._check_answers(typed)
            if number.startswith(LEFT):
                self._check_who_it_is(typed)
            if answering.LONGER in {typed.get("after_pause"), typed.get("after_no")}:
                typed["until"] = self._until(typed)
        if typed.get("result") == CallResult.LATER:
            typed["later"] = self._later(typed)
        return typed

    def _phone(self, typed: dict[str, Any]) -> str:
        """Return the new number in E.164, or nothing; a relative or friend may have a landline."""
        number = typed.get("phone", "")
        landline = typed.get("whose", "").isdecimal()
        try:
            return phones.check(number, landline=landline) if number.strip() else ""
        except phones.PhoneProblem as problem:
            self.add_error("phone", problem.sentences)
            return ""

    def _check_answers(self, typed: dict[str, Any]) -> None:
        if self.kind not in answering.NEEDED:
            return
        for question in self.questions:
            if not typed.get(question) and question not in self.errors:
                self.add_error(question, self.fields[question].error_messages["required"])

    def _ask_who_it_is(self) -> None:
        """Ask for the birth date, or for the end of the document where the record knows no birth date."""
        if self.born_on is not None:
            label = _("Their birth date, as they say it")
            self.fields["said_born_on"] = TypedDateField(label=label, required=False)
            return
        self.fields["said_document_end"] = forms.CharField(
            label=_("Last four characters of their document"), required=False, max_length=4,
            widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
        )  # fmt: skip

    def _check_who_it_is(self, typed: dict[str, Any]) -> None:
        """A number that was left in public is believed only with a fact that the record knows."""
        if self.born_on is not None and typed.get("said_born_on") != self.born_on:
            self.add_error("said_born_on", _("This is not what the record says. Ask for another fact."))
        if "said_document_end" in self.fields and not typed.get("said_document_end"):
            self.add_error("said_document_end", self.fields["said_document_end"].error_messages["required"])

    def _until(self, typed: dict[str, Any]) -> date | None:
        """Return the last day of a longer pause."""
        chosen, today = typed.get("pause"), timezone.localdate(self.at)
        if not chosen:
            self.add_error("pause", _("Say until when the pause is to last."))
            return None
        until = typed.get("pause_on") if chosen == DAY else months_later(today, int(chosen))
        if until is None and "pause_on" not in self.errors:
            self.add_error("pause_on", _("Say on which day."))
        elif until and not today < until <= months_later(today, settings.HOLD_MONTHS_MOST):
            self.add_error("pause_on", _("A pause ends after today and within 24 months."))
        return until

    def _later(self, typed: dict[str, Any]) -> datetime | None:
        if not typed.get("when"):
            self.add_error("when", _("Choose when to call again."))
            return None
        if typed["when"] == HOUR:
            return self.at + timedelta(hours=1)
        today = timezone.localdate(self.at)
        days = {EVENING: today, TOMORROW: today + timedelta(days=1), DAY: typed.get("when_on")}
        day = days[typed["when"]]
        if day is None:
            self.add_error("when_on", _("Say on which day."))
            return None
        usual = AT_SEVEN if typed["when"] == EVENING else IN_THE_MORNING
        later = timezone.make_aware(datetime.combine(day, typed.get("when_at") or usual))
        return self._within_reach(later, typed["when"])

    def _within_reach(self, later: datetime, when: str) -> datetime | None:
        if later <= self.at and when == EVENING:
            return later + timedelta(days=1)
        if not self.at < later <= self.at + FURTHEST:
            self.add_error("when_on", _("Choose a time from now on, within sixty days."))
            return None
        return later

    @property
    def wants_to_leave(self) -> bool:
        """Whether the volunteer was reached and said that they leave."""
        reached = self.cleaned_data.get("result") == CallResult.REACHED
        own = not self.cleaned_data.get("number", "").isdecimal()
        return reached and own and answering.LEAVE in self.answers.values()

    @property
    def heard(self) -> Heard:
        """What was heard beside the answers."""
        typed = self.cleaned_data
        return Heard(
            later=typed.get("later"),
            mine=typed.get("mine", False),
            until=typed.get("until"),
            new_phone=typed["phone"],
            whose=typed.get("whose") or DONOR,
            born_on=typed.get("said_born_on"),
            document_end=typed.get("said_document_end", ""),
        )

    @property
    def answers(self) -> dict[str, str]:
        """The answers that were given, as codes."""
        return {q: self.cleaned_data[q] for q in self.questions if self.cleaned_data.get(q)}


class StanceForm(RelayForm):
    """What a contact knows and thinks."""

    may_know = forms.BooleanField(label=_("May be told about the donation"), required=False)
    stance = forms.ChoiceField(label=_("What do they think?"), choices=Stance, widget=forms.RadioSelect)
