"""Documents and second facts: what is typed at the doors between branches, and to correct an identity."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from foundation.pages.forms import TypedDateField
from registry.donors import documents, names, phones
from registry.donors.actions.doors import SecondFact
from registry.donors.actions.identity import Identity
from registry.donors.forms.withdrawal import WHEN
from registry.donors.models import CorrectionReason, QuestionKind, Sex

NOT_KEPT: Final = {"autocomplete": "off"}
EARLIEST: Final = date(1900, 1, 1)  # as in the number of a card


class DocumentMixin:
    """Reads the number of a document by its kind, and says what it tells of birth date and sex."""

    cleaned_data: dict[str, Any]
    add_error: Any
    document: documents.Document | None = None

    def read_document(self, *, on: date = date.max, fifteen: bool = True) -> None:
        """Check kind and number, and keep the document that was meant."""
        kind, number = self.cleaned_data.get("kind"), self.cleaned_data.get("number")
        if not kind or not number:
            return
        try:
            self.document = documents.check(kind, number, on=on, fifteen=fifteen)
        except documents.DocumentProblem as problem:
            self.add_error("number", problem.sentences)


class CorrectIdentity(DocumentMixin, RelayForm):
    """Who somebody is, read anew from the document; the record is compared, and not shown."""

    in_a_row = frozenset({"sex"})
    reason = forms.ChoiceField(label=_("Why"), choices=CorrectionReason, widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Name, as on the document"), max_length=100, widget=forms.TextInput(attrs=NOT_KEPT)
    )
    kind = forms.ChoiceField(label=_("Document"), choices=documents.DocumentKind)
    number = forms.CharField(
        label=_("Document number"), max_length=40, widget=forms.TextInput(attrs={"class": "code", **NOT_KEPT})
    )
    born_on = TypedDateField(
        label=_("Birth date"), required=False, help_text=_("Only where the number does not tell it.")
    )
    sex = forms.ChoiceField(
        label=_("Sex on the document"),
        required=False,
        choices=[("", _("As the number says")), *Sex.choices],
        widget=forms.RadioSelect,
    )
    seen = forms.BooleanField(label=_("I have the document before me, not a picture of it"))

    def __init__(self, *args: Any, on: date, fifteen: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on, self.fifteen = on, fifteen

    def clean_name(self) -> str:
        """Keep the name as it is written."""
        try:
            return names.check(self.cleaned_data["name"])
        except names.NameProblem as problem:
            raise forms.ValidationError(problem.sentences) from None

    def clean_born_on(self) -> date | None:
        """Refuse a day on which nobody who is alive was born."""
        born_on: date | None = self.cleaned_data["born_on"]
        if born_on is not None and not EARLIEST <= born_on <= self.on:
            raise forms.ValidationError(_("Nobody who stands before you was born on this day."))
        return born_on

    def clean(self) -> dict[str, Any]:
        """Let the number tell birth date and sex; where it does not, the document must."""
        cleaned = super().clean()
        self.read_document(on=self.on, fifteen=self.fifteen)
        if self.document is None:
            return cleaned
        for name, told in (("born_on", self.document.born_on), ("sex", self.document.sex)):
            if told is not None and cleaned.get(name) and cleaned[name] != told:
                self.add_error(
                    name, _("The document number says something else. Compare both with the card.")
                )
            cleaned[name] = told if told is not None else cleaned.get(name)
            if not cleaned[name] and name not in self.errors:
                self.add_error(name, _("This document does not tell it. Read it from the card."))
        return cleaned

    @property
    def identity(self) -> Identity:
        """Who the document says this is."""
        said = self.cleaned_data
        return Identity(
            name=said["name"],
            document_kind=said["kind"],
            document_number=said["number"],
            sex=said["sex"],
            born_on=said["born_on"],
        )


class TwoFacts(DocumentMixin, RelayForm):
    """A document, and a fact that its number does not tell: the doors between branches ask for both."""

    all_optional = True  # one second fact of three, whichever
    kind = forms.ChoiceField(label=_("Document"), choices=documents.DocumentKind)
    number = forms.CharField(
        label=_("Number"), max_length=40, widget=forms.TextInput(attrs={"class": "code", **NOT_KEPT})
    )
    name = forms.CharField(
        label=_("Name, as on the document"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs=NOT_KEPT),
    )
    phone = forms.CharField(
        label=_("The mobile number they gave us"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", **NOT_KEPT}),
    )
    born_on = TypedDateField(
        label=_("Birth date"),
        required=False,
        help_text=_("Counts only where the number of the document does not tell it."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one fact at the least that the number itself does not tell."""
        cleaned = super().clean()
        self.read_document()
        if self.document is not None and not self.errors and not self.second.facts(self.document):
            self.add_error(
                "name", _("Besides the document, ask for their name or for the number they gave us.")
            )
        return cleaned

    @property
    def second(self) -> SecondFact:
        """What was said besides the document."""
        said = self.cleaned_data
        return SecondFact(
            name=said.get("name") or "", phone=said.get("phone") or "", born_on=said.get("born_on")
        )

    @property
    def second_fields(self) -> list[Any]:
        """The fields of the second fact, for the page."""
        return [self[name] for name in ("name", "phone", "born_on")]


class WithdrawByDocument(TwoFacts):
    """Somebody who stands before us and wants to leave, whichever branch keeps their record."""

    in_a_row = frozenset({"samples"})
    samples = forms.ChoiceField(
        label=_("When are their samples destroyed?"), choices=WHEN, widget=forms.RadioSelect, initial="later"
    )


class AskBranch(RelayForm):
    """What a desk that met somebody of another branch wants to let that branch know."""

    what = forms.ChoiceField(
        label=_("What for"),
        choices=[one for one in QuestionKind.choices if one[0] != QuestionKind.NEW_NUMBER],
        widget=forms.RadioSelect,
        initial=QuestionKind.STILL_RIGHT,
    )
    phone = forms.CharField(
        label=_("Their new mobile number, if it changed"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", **NOT_KEPT}),
        help_text=_("It is handed on sealed to their branch, which rings them. Nothing is kept here."),
    )

    def clean_phone(self) -> str:
        """Return the number in E.164, or nothing."""
        typed: str = self.cleaned_data["phone"]
        if not typed:
            return ""
        try:
            return phones.check(typed)
        except phones.PhoneProblem as problem:
            raise forms.ValidationError(problem.sentences) from problem
