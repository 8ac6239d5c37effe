"""Step 1 of the enrolment: who is this, and may they join?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from foundation.pages.forms import RelayForm, TypedDateField
from foundation.templatetags.relay import day
from registry.donors import documents, names
from registry.donors.guards import age
from registry.donors.models import Sex
from registry.drives.answers import Facts


@dataclass(frozen=True, slots=True)
class NotToday:
    """Why somebody cannot be enrolled today, in kind words, and when they may come back."""

    sentence: str
    come_back_on: date | None = None


class DocumentForm(RelayForm):
    """Name and document; the number of a Chinese card tells birth date and sex by itself."""

    name = forms.CharField(label=_("Name, as on the document"), max_length=100)
    kind = forms.ChoiceField(
        label=_("Document"),
        choices=documents.DocumentKind.choices,
        initial=documents.DocumentKind.RESIDENT_ID,
    )
    number = forms.CharField(label=_("Document number"), max_length=40)
    born_on = TypedDateField(label=_("Birth date"), required=False)
    sex = forms.ChoiceField(
        label=_("Sex on the document"), required=False, choices=[("", _("As the number says")), *Sex.choices]
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.not_today: NotToday | None = None
        self.document: documents.Document | None = None

    def clean_name(self) -> str:
        """Keep the name as it is written."""
        try:
            return names.check(self.cleaned_data["name"])
        except names.NameProblem as problem:
            raise forms.ValidationError(problem.sentences) from None

    def clean(self) -> dict[str, Any]:
        """Read the number, and see whether the person is of the age to join."""
        cleaned = super().clean() or self.cleaned_data
        if "number" not in cleaned or "kind" not in cleaned:
            return cleaned
        try:
            self.document = documents.check(cleaned["kind"], cleaned["number"], on=self.on)
        except documents.DocumentProblem as problem:
            self.add_error("number", problem.sentences)
            return cleaned
        cleaned["born_on"] = self._told("born_on", self.document.born_on)
        cleaned["sex"] = self._told("sex", self.document.sex)
        if cleaned.get("born_on"):
            self._ask_age(cleaned["born_on"])
        return cleaned

    def _told(self, field: str, by_number: Any) -> Any:
        """Return what the number says; else what was typed, which must then be there."""
        typed = self.cleaned_data.get(field)
        if by_number is None and not typed and field not in self.errors:
            self.add_error(field, _("This document does not tell it. Read it from the card."))
        if by_number is not None and typed and typed != by_number:
            self.add_error(field, _("The document number says something else. Compare both with the card."))
        return by_number if by_number is not None else typed

    def _ask_age(self, born_on: date) -> None:
        years = age(born_on, self.on)
        if years < settings.AGE_LOWEST:
            day = _birthday(born_on, settings.AGE_LOWEST)
            self.not_today = NotToday(
                str(_("You can join from your 18th birthday on. We would be glad to see you then.")), day
            )
        elif years > settings.AGE_HIGHEST_TO_JOIN:
            self.not_today = NotToday(
                str(
                    _(
                        "New volunteers are taken up to the age of 45, so that they can stay long enough "
                        "to be found. Thank you for coming: tell somebody younger about it, "
                        "or help us at a drive."
                    )
                )
            )
        if self.not_today is not None:
            self.add_error(None, self.not_today.sentence)

    @property
    def facts(self) -> Facts:
        """Return what the document says, as the draft keeps it."""
        document = self.document
        if document is None:
            raise ValueError
        return {
            "name": self.cleaned_data["name"],
            "kind": document.kind.value,
            "number": document.number,
            "born_on": self.cleaned_data["born_on"].isoformat(),
            "sex": self.cleaned_data["sex"],
        }


def words_of(facts: Facts, *, on: date) -> str:
    """Say what was read from a document: sex, birth date, age; nothing where no document was read."""
    if not facts:
        return ""
    born_on = date.fromisoformat(facts["born_on"])
    years = age(born_on, on)
    return f"{Sex(facts['sex']).label} · {day(born_on)} · " + ngettext("%(n)d year", "%(n)d years", years) % {
        "n": years
    }


def _birthday(born_on: date, years: int) -> date:
    """Return somebody's birthday; of one born on 29 February, 1 March."""
    try:
        return born_on.replace(year=born_on.year + years)
    except ValueError:
        return date(born_on.year + years, 3, 1)
