"""What is typed to join two records, or to doubt a typing."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from registry.donors import reasons
from registry.donors.mending.forms.doors import NOT_KEPT


class FindOther(RelayForm):
    """The other record of the same person."""

    text = forms.CharField(
        label=_("The other record"),
        max_length=100,
        widget=forms.TextInput(attrs=NOT_KEPT),
        help_text=_("Document, mobile number, tube or donor number. Both records must be in your branches."),
    )


_WHOSE: Final[list[tuple[str, str | Promise]]] = [
    ("kept", _("of the record that stays")),
    ("other", _("of the other one")),
]


class MergeRecords(RelayForm):
    """Which values stay when two records become one."""

    in_a_row = frozenset({"document", "name", "phone"})
    document = forms.ChoiceField(
        label=_("Document, sex and birth date"), choices=_WHOSE, widget=forms.RadioSelect, initial="kept"
    )
    both_documents = forms.TypedChoiceField(
        label=_("And the document that gives way?"),
        choices=[
            ("yes", _("It is theirs too: they stay known by both")),
            ("no", _("It was written down wrong: it is forgotten")),
        ],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    name = forms.ChoiceField(label=_("Name"), choices=_WHOSE, widget=forms.RadioSelect, initial="kept")
    phone = forms.ChoiceField(
        label=_("Mobile number"), choices=_WHOSE, widget=forms.RadioSelect, initial="kept"
    )
    seen = forms.BooleanField(label=_("I have checked with the documents that they are one person"))
    sure = forms.BooleanField(label=_("It is one person all the same"))
    why = forms.CharField(
        label=_("Why it is one person"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept sealed. Whoever is asked to agree reads it."),
    )

    def __init__(self, *args: Any, doubtful: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not doubtful:
            del self.fields["sure"], self.fields["why"]

    @property
    def usual(self) -> list[Any]:
        """The fields that are always asked, for the page."""
        return [self[name] for name in ("document", "both_documents", "name", "phone", "seen")]

    @property
    def told(self) -> dict[str, Any]:
        """What goes with the question to the second person."""
        names = ("both_documents", "sure", "why")
        return {name: self.cleaned_data[name] for name in names if name in self.fields}

    @property
    def chosen(self) -> dict[str, str]:
        """Whose value of each stays."""
        return {name: self.cleaned_data[name] for name in ("document", "name", "phone")}


class DisputeTyping(RelayForm):
    """What is in doubt, and whose tubes besides."""

    reason = forms.ChoiceField(
        label=_("What is in doubt"),
        choices=[(code.value, code.label) for code in reasons.FOR_A_DISPUTE],
        widget=forms.RadioSelect,
    )
    others = forms.MultipleChoiceField(
        label=_("Mixed up with which tubes?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tubes that lay in the same box. Whoever is chosen is paused until it is cleared up."),
    )

    def __init__(self, *args: Any, others: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if others:
            self.fields["others"].choices = others  # type: ignore[attr-defined]
        else:
            del self.fields["others"]

    def clean(self) -> dict[str, Any]:
        """Two tubes are mixed up with each other: at least one more is concerned where it is known."""
        cleaned = super().clean()
        cleaned.setdefault("others", [])
        if cleaned.get("reason") != reasons.Reason.TQ_MIXED_UP:
            cleaned["others"] = []
        return cleaned
