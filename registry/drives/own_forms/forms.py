"""The questions a volunteer answers alone: those of the enrolment, fewer on a page, and nobody judged."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.pages.forms import RelayForm
from registry.donors.models import Sex
from registry.donors.strangers import TrapForm
from registry.drives.forms.contacts import ContactsForm
from registry.drives.forms.document import DocumentForm
from registry.drives.forms.health import HealthForm
from registry.drives.health import Condition

NONE: Final = "none"
_WELL: Final = [
    (NONE, _("None of these is true for me")),
    ("some", _("One of these is true, or I am not sure")),
]
_NUMBERS: Final = ("first_phone", "second_phone")
_OF_A_CONTACT: Final = {
    "_name": _("Their name"),
    "_relation": _("Who are they to you?"),
    "_phone": _("Their telephone"),
    "_may_know": _("May they know that you registered?"),
    "_stance": _("What do they think of it?"),
}


class OwnDocument(TrapForm, DocumentForm):
    """
    Name and document.

    The age is not judged here: the coordinator tells whoever is too young or too old.
    """

    def _ask_age(self, born_on: date) -> None:
        """Leave it to the coordinator."""


class PartOfContacts(ContactsForm):
    """Some of the questions of the contacts' step; ``taken`` are numbers given on the pages before."""

    asked: ClassVar[tuple[str, ...]] = ()
    labels: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, *args: Any, on: date, taken: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, on=on, **kwargs)
        self.taken = taken
        for name in set(self.fields) - set(self.asked):
            del self.fields[name]
        for end, label in self.labels.items():
            next(field for name, field in self.fields.items() if name.endswith(end)).label = label

    def clean(self) -> dict[str, Any]:
        """See that a contact is somebody else than those named before."""
        cleaned = super().clean()
        for field in _NUMBERS:
            if cleaned.get(field) in self.taken:
                self.add_error(field, _("You gave this number before. Give somebody else's, please."))
        return cleaned


class Reach(PartOfContacts):
    """How to reach the volunteer themself."""

    asked = ("phone", "address", "workplace", "graduates_on", "email")


class FirstContact(PartOfContacts):
    """Somebody who always knows where the volunteer is."""

    asked = ("first_name", "first_relation", "first_phone", "first_may_know", "first_stance")
    labels = _OF_A_CONTACT


class SecondContact(PartOfContacts):
    """A second one, and whether the Red Cross may speak with the family."""

    asked = (
        "second_name",
        "second_relation",
        "second_phone",
        "second_may_know",
        "second_stance",
        "family_talk",
    )
    labels = _OF_A_CONTACT


class OwnHealth(HealthForm):
    """
    Weight, blood group, and whether all is well.

    Which illness it is, is not asked: the coordinator speaks with whoever is not sure, and the
    weight is judged there too.
    """

    well = forms.ChoiceField(
        label=_("Which is right?"),
        choices=_WELL,
        widget=forms.RadioSelect,
        help_text=_("You need not say which one. We talk it over with you, nobody else hears it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["none_of_these"], self.fields["conditions"]

    def clean(self) -> dict[str, Any]:
        """Judge nothing."""
        return RelayForm.clean(self)

    @property
    def read_first(self) -> list[Any]:
        """Return the list that is read first."""
        without = {Condition.PREGNANT} if self.sex == Sex.MALE else set()
        return [one.label for one in Condition if one not in without]


class SeenDocument(DocumentForm):
    """The document of an own form, as the coordinator compares it."""

    unkept = frozenset({"seen"})

    seen = forms.BooleanField(
        label=_("I have seen the document itself, and it is theirs"),
        error_messages={"required": _("Look at the document itself, then tick this.")},
    )
