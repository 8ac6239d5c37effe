"""Step 2 of the enrolment: how to find the volunteer in some years, and what the family thinks."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.pages.forms import RelayForm
from registry.donors import names, phones
from registry.donors.models import Relation, Stance
from registry.drives.answers import Facts

CONTACTS = ("first", "second")
_GRADUATES_IN = 6  # month: schools end in June
_YEARS_AHEAD = 8  # a doctor's degree is behind somebody who starts now
_STANCES = [
    (Stance.SUPPORTS, Stance.SUPPORTS.label),
    (Stance.NOT_TOLD, _("Has not been told yet")),
    (Stance.UNSURE, _("Has doubts")),
    (Stance.AGAINST, Stance.AGAINST.label),
    (Stance.NOT_ASKED, _("I would rather not say")),
]
_HINTS = {
    "yes": _("When we ring, we say that we are the Red Cross, and why we look for you."),
    "no": _("We only say that we would like to update a number."),
}
_MAY_KNOW = [("yes", _("Yes, they may be told")), ("no", _("No, not yet"))]


class ContactsForm(RelayForm):
    """Telephone, two people who always know where the volunteer is, the family's stance, address, school."""

    choice_hints = {f"{who}_may_know": _HINTS for who in CONTACTS}
    in_a_row = frozenset(f"{who}_stance" for who in CONTACTS)

    phone = forms.CharField(
        label=_("Your mobile number"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    first_name = forms.CharField(label=_("First contact: name"), max_length=100)
    first_relation = forms.ChoiceField(
        label=_("Who is the first contact to you?"), choices=Relation.choices, initial=Relation.PARENT
    )
    first_phone = forms.CharField(
        label=_("First contact: telephone"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    first_may_know = forms.ChoiceField(
        label=_("May the first contact know that you registered?"),
        choices=_MAY_KNOW,
        widget=forms.RadioSelect,
    )
    first_stance = forms.ChoiceField(
        label=_("What does the first contact think of it?"), choices=_STANCES, widget=forms.RadioSelect,
        help_text=_("There is no right answer. Speaking about it early makes it easier later."),
    )  # fmt: skip
    second_name = forms.CharField(label=_("Second contact: name"), max_length=100)
    second_relation = forms.ChoiceField(
        label=_("Who is the second contact to you?"), choices=Relation.choices, initial=Relation.FRIEND
    )
    second_phone = forms.CharField(
        label=_("Second contact: telephone"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    second_may_know = forms.ChoiceField(
        label=_("May the second contact know that you registered?"),
        choices=_MAY_KNOW,
        widget=forms.RadioSelect,
    )
    second_stance = forms.ChoiceField(
        label=_("What does the second contact think of it?"), choices=_STANCES, widget=forms.RadioSelect,
        help_text=_("There is no right answer. Speaking about it early makes it easier later."),
    )  # fmt: skip
    family_talk = forms.BooleanField(
        label=_("I would like somebody from the Red Cross to talk with my family"),
        required=False,
    )
    address = forms.CharField(label=_("Where you live"), max_length=200, required=False)
    workplace = forms.CharField(label=_("Where you work or study"), max_length=100, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    graduates_on = forms.ChoiceField(label=_("If you study: when will you finish?"), required=False)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = range(on.year, on.year + _YEARS_AHEAD + 1)
        self.fields["graduates_on"].choices = [  # type: ignore[attr-defined]
            ("", _("I do not study")),
            *[(date(year, _GRADUATES_IN, 30).isoformat(), str(year)) for year in years],
        ]

    def clean(self) -> dict[str, Any]:
        """Read the three numbers and the two names; a contact is somebody else, and the two differ."""
        cleaned = super().clean() or self.cleaned_data
        self._read("phone", phones.check, phones.PhoneProblem)
        for who in CONTACTS:
            self._read(f"{who}_name", names.check, names.NameProblem)
            self._read(f"{who}_phone", _contact_phone, phones.PhoneProblem)
        own, first, second = (cleaned.get(f) for f in ("phone", "first_phone", "second_phone"))
        for who, number in zip(CONTACTS, (first, second), strict=True):
            if number and number == own:
                self.add_error(
                    f"{who}_phone",
                    _("This is the volunteer's own number. Name a relative or friend's, please."),
                )
        if first and first == second and first != own:
            self.add_error("second_phone", _("Both contacts have this number. Name a second person, please."))
        return cleaned

    def _read(self, field: str, check: Any, problem: type[ValueError]) -> None:
        if field not in self.cleaned_data:
            return
        try:
            self.cleaned_data[field] = check(self.cleaned_data[field])
        except problem as wrong:
            self.add_error(field, wrong.sentences)  # type: ignore[attr-defined]

    @property
    def facts(self) -> Facts:
        """Return where to find the volunteer, as the draft keeps it."""
        cleaned = self.cleaned_data
        kept = {
            name: cleaned[name]
            for name in ("phone", "email", "address", "workplace", "graduates_on", "family_talk")
        }
        return kept | {"contacts": [self._contact(who) for who in CONTACTS]}

    def _contact(self, who: str) -> Facts:
        cleaned = self.cleaned_data
        return {
            "name": cleaned[f"{who}_name"],
            "relation": cleaned[f"{who}_relation"],
            "phone": cleaned[f"{who}_phone"],
            "may_know": cleaned[f"{who}_may_know"] == "yes",
            "stance": cleaned[f"{who}_stance"],
        }


def _contact_phone(text: str) -> str:
    return phones.check(text, landline=True)
