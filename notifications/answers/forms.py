"""What staff say of an answer, and what is typed on the phone of a demo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.pages import RelayForm
from foundation.vault import Subject
from notifications.answers.actions import Said
from notifications.answers.models import Kind, Meaning
from notifications.answers.queries import Person
from registry.donors import phones

NEEDS_WHO = frozenset({Meaning.NEW_NUMBER, Meaning.NO_MORE, Meaning.DIED})
_GOES_ON, _CANCEL = "goes_on", "cancel"
_OF_A_RETURN = (Meaning.NEW_NUMBER, Meaning.WRONG_PERSON, Meaning.TALK, Meaning.NOTHING)


class Filter(RelayForm):
    """Which answers are listed."""

    all_optional = True

    state = forms.ChoiceField(
        label=pgettext_lazy("filter", "Which"),
        choices=[("", _("To be read")), ("SETTLED", _("Settled"))],
        required=False,
    )


class Settle(RelayForm):
    """What an answer means, whom it is about, and what becomes of what it held."""

    meaning = forms.ChoiceField(label=_("What does it mean?"), widget=forms.RadioSelect)
    who = forms.ChoiceField(
        label=_("Whom is it about?"),
        widget=forms.RadioSelect,
        required=False,
        help_text=_("Who has died need not be who wrote."),
    )
    household = forms.BooleanField(label=_("Nobody of the household wants to hear more"), required=False)
    number = forms.CharField(label=_("The new number"), max_length=40, required=False)
    held = forms.ChoiceField(
        label=_("What becomes of what was held?"),
        choices=[(_GOES_ON, _("It may go on")), (_CANCEL, _("Cancel it"))],
        widget=forms.RadioSelect,
    )
    choice_hints = {
        "meaning": {
            Meaning.DIED: _("Everything to this person stops at once. No paper is asked for."),
            Meaning.NO_MORE: _("Everything to this person stops at once."),
            Meaning.NEW_NUMBER: _("A volunteer's new number is rung first."),
            Meaning.WRONG_PERSON: _("Nothing goes to this address any more."),
            Meaning.TALK: _("A volunteer comes on the call list. Ring a family yourself."),
        },
        "held": {_GOES_ON: _("Before anything leaves, everything is asked again.")},
    }

    def __init__(self, *args: Any, kind: str, people: Sequence[Person], held: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.subject.pk): person.subject for person in people}
        meanings = _OF_A_RETURN if kind == Kind.CAME_BACK else tuple(Meaning)
        self._field("meaning").choices = [(one.value, one.label) for one in meanings]
        self._field("who").choices = [(str(one.subject.pk), one.label) for one in people]
        if not people:
            del self.fields["who"], self.fields["number"]
        if not any(person.relative for person in people):
            del self.fields["household"]
        if not held:
            del self.fields["held"]

    def clean(self) -> dict[str, Any]:
        """Ask for what the meaning needs."""
        cleaned = super().clean() or self.cleaned_data
        meaning = cleaned.get("meaning")
        if meaning in NEEDS_WHO and "who" in self.fields and not cleaned.get("who"):
            self.add_error("who", _("Say whom it is about."))
        if meaning == Meaning.NEW_NUMBER and "number" in self.fields:
            self._check_number(cleaned.get("number", ""))
        return cleaned

    def said(self) -> Said:
        """Return what was said, for the action."""
        cleaned = self.cleaned_data
        return Said(
            meaning=Meaning(cleaned["meaning"]),
            who=self._who(cleaned.get("who", "")),
            goes_on=cleaned.get("held") == _GOES_ON,
            household=bool(cleaned.get("household")),
            number=cleaned.get("number", ""),
        )

    def _who(self, pk: str) -> Subject | None:
        return self.people.get(str(UUID(pk))) if pk else None

    def _check_number(self, number: str) -> None:
        try:
            phones.check(number, landline=True)
        except phones.PhoneProblem as problem:
            self.add_error("number", problem.sentences[0])

    def _field(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        return field


class SettleOfNobody(Settle):
    """The same where nobody is known at the address: nothing follows, and nothing is promised."""

    choice_hints = {}


class Typed(RelayForm):
    """What is typed on the phone."""

    text = forms.CharField(label=_("Answer"), max_length=500)
