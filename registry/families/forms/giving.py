"""The one who gave, as the coordinator tells it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.access import Branch
from foundation.pages import RelayForm
from foundation.pages.forms import TypedDateField
from registry.donors import documents, names
from registry.donors.documents import DocumentKind
from registry.families.forms.common import choices_of, chosen, read
from registry.families.models import Gift
from registry.families.records import OneWhoGave


class GiverForm(RelayForm):
    """Who gave, what, and when."""

    in_a_row = frozenset({"gifts", "sex"})
    branch = forms.ChoiceField(label=_("Which branch keeps the record?"))
    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput({"autocomplete": "off"}))
    gifts = forms.MultipleChoiceField(
        label=_("What was given?"),
        choices=Gift,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Say what was given.")},
    )
    died_on = TypedDateField(label=_("Died on"))
    gave_on = TypedDateField(label=_("Gave on"))
    born_on = TypedDateField(label=_("Born on"), required=False)
    sex = forms.ChoiceField(
        label=_("Sex"),
        choices=[("F", _("Female")), ("M", _("Male"))],
        widget=forms.RadioSelect,
        required=False,
    )
    document_kind = forms.ChoiceField(label=_("Kind of document"), choices=DocumentKind, required=False)
    document_number = forms.CharField(
        label=_("Document number"),
        max_length=40,
        required=False,
        help_text=_("Where it is known, nobody writes any more to the volunteer they may have been."),
        widget=forms.TextInput({"autocomplete": "off", "class": "code"}),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Kept sealed with the record."),
    )

    def __init__(self, *args: Any, branches: Sequence[Branch] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.branches = branches
        if branches:
            self.fields["branch"].choices = choices_of(branches)  # type: ignore[attr-defined]
        else:
            del self.fields["branch"]  # a record that is put right stays where it is

    def clean(self) -> dict[str, Any]:
        """Read name and number, and say which day cannot be right."""
        cleaned = super().clean()
        read(self, "name", names.check, names.NameProblem)
        read(self, "document_number", self._number, documents.DocumentProblem)
        died, gave, born = (cleaned.get(name) for name in ("died_on", "gave_on", "born_on"))
        if died and gave and gave < died:
            self.add_error("gave_on", _("The gift cannot be from before the day of the death."))
        if died and born and born > died:
            self.add_error("born_on", _("The day of birth lies after the day of the death."))
        return cleaned

    def _number(self, text: str) -> str:
        return documents.check(self.cleaned_data.get("document_kind", ""), text, fifteen=True).number

    @property
    def gave(self) -> OneWhoGave:
        """Return what was typed."""
        cleaned = self.cleaned_data
        return OneWhoGave(**{name: cleaned[name] for name in OneWhoGave.__dataclass_fields__})

    @property
    def chosen_branch(self) -> Branch:
        """Return the branch that was chosen."""
        found: Branch = chosen(self.cleaned_data["branch"], self.branches)
        return found
