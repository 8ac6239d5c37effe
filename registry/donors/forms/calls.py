"""What is written down of a call, in one form, so that no mistake in one field loses another."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from foundation.pages.forms import TypedDateField
from registry.donors import phones
from registry.donors.actions import answering
from registry.donors.actions.calling import DONOR, LEFT
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
    "own_word": _("What would you like yourself?"),
    "number_right": _("Is this still the best number?"),
}
HOUR, EVENING, TOMORROW, DAY = "hour", "evening", "tomorrow", "day"
WHEN: Final = [
    (HOUR, _("In an hour")),
    (EVENING, _("In the evening")),
    (TOMORROW, _("Tomorrow")),
    (DAY, _("On a day")),
]
AT_SEVEN: Final = time(19)
IN_THE_MORNING: Final = time(9)
FURTHEST: Final = timedelta(days=60)  # a call later than that is a pause [D]


class RecordCall(RelayForm):
    """
    Whom one called, how it ended, what was answered, a new number, when to call again.

    The questions stand on the form by what the call is for.
    """

    all_optional = True  # how it ended is asked for by the buttons
    in_a_row = frozenset({"number", "when", *ASKED})
    number = forms.ChoiceField(label=_("Whom did you call?"), widget=forms.RadioSelect, initial=DONOR)
    phone = forms.CharField(
        label=_("A new number?"),
        help_text=_("The volunteer's own, if you heard another one."),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
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
        self.kind, self.at, self.born_on = kind, at, born_on
        self.questions = answering.ASKED.get(kind, ())
        for question in self.questions:
            choices = [(code, ANSWERS[code]) for code in answering.choices(question)]
            self.fields[question] = forms.ChoiceField(
                label=ASKED[question], choices=choices, widget=forms.RadioSelect, required=False
            )
        if kind == CallKind.NEW_NUMBER:
            self.fields["said_born_on"] = TypedDateField(
                label=_("Their birth date, as they say it"), required=False
            )

    def asked(self) -> list[forms.BoundField]:
        """Return the questions of this call, as the page shows them."""
        extra = ("said_born_on",) if "said_born_on" in self.fields else ()
        return [self[name] for name in (*self.questions, *extra)]

    def clean_phone(self) -> str:
        """Return the number in E.164, or nothing."""
        typed: str = self.cleaned_data["phone"]
        try:
            return phones.check(typed) if typed.strip() else ""
        except phones.PhoneProblem as problem:
            raise forms.ValidationError(problem.sentences) from problem

    def clean(self) -> dict[str, Any]:
        """Ask for what belongs to the result: the answers where reached, the hour where later."""
        typed = super().clean()
        number = typed.get("number", "")
        if typed.get("result") == CallResult.REACHED and not number.isdecimal():
            self._check_answers(typed)
            if number.startswith(LEFT):
                self._check_who_it_is(typed)
        if typed.get("result") == CallResult.LATER:
            typed["later"] = self._later(typed)
        return typed

    def _check_answers(self, typed: dict[str, Any]) -> None:
        if self.kind not in answering.NEEDED:
            return
        for question in self.questions:
            if not typed.get(question) and question not in self.errors:
                self.add_error(question, self.fields[question].error_messages["required"])

    def _check_who_it_is(self, typed: dict[str, Any]) -> None:
        """A number that was left in public is believed only with a fact that the record knows."""
        if self.born_on is not None and typed.get("said_born_on") != self.born_on:
            self.add_error("said_born_on", _("This is not what the record says. Ask for another fact."))

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
        return reached and own and "leave" in self.answers.values()

    @property
    def answers(self) -> dict[str, str]:
        """The answers that were given, as codes."""
        return {q: self.cleaned_data[q] for q in self.questions if self.cleaned_data.get(q)}


class StanceForm(RelayForm):
    """What a contact knows and thinks."""

    may_know = forms.BooleanField(label=_("May be told about the donation"), required=False)
    stance = forms.ChoiceField(label=_("What do they think?"), choices=Stance, widget=forms.RadioSelect)
