"""Forms of single acts on a household, and the filters of the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.access import Branch, Staff
from foundation.pages import RelayForm
from registry.families.forms.common import choices_of, chosen


class Filters(RelayForm):
    """Whose families, and which."""

    all_optional = True
    whose = forms.ChoiceField(
        label=_("Whose"),
        required=False,
        choices=[
            ("mine", _("Mine")),
            ("all", _("All of the branch")),
            ("nobody", _("Without an officer")),
        ],
    )
    mark = forms.ChoiceField(
        label=_("Also"),
        required=False,
        choices=[
            ("", _("Every family")),
            ("wishes", _("Wishes not asked yet")),
            ("complaint", _("A complaint is open")),
            ("stopped", _("Wants to hear nothing more")),
        ],
    )


class Address(RelayForm):
    """Where a household lives, and what is noted of it."""

    address = forms.CharField(
        label=_("Address of the household"),
        max_length=200,
        required=False,
        help_text=_("Letters go here: one letter a household, in a neutral envelope."),
    )
    note = forms.CharField(
        label=_("Note"), max_length=1000, required=False, widget=forms.Textarea({"rows": 3})
    )


class OpenFamily(Address):
    """A new household of one who gave."""

    branch = forms.ChoiceField(label=_("Which branch looks after them?"))
    officer = forms.ChoiceField(label=_("Who stays with them?"), required=False)
    begins = forms.ChoiceField(
        label=_("When does family care begin?"),
        choices=[("now", _("Now")), ("offered", _("Once they say yes: it is offered to them first"))],
        initial="now",
        widget=forms.RadioSelect,
    )
    field_order = ("branch", "officer", "begins", "address", "note")

    def __init__(
        self, *args: Any, branches: Sequence[Branch], officers: Sequence[Staff], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.branches, self.officers = branches, officers
        self.fields["branch"].choices = choices_of(branches)  # type: ignore[attr-defined]
        self.fields["officer"].choices = [("", _("Nobody yet")), *choices_of(officers)]  # type: ignore[attr-defined]

    @property
    def facts(self) -> dict[str, Any]:
        """Return what was chosen and typed."""
        said = self.cleaned_data
        return {
            "branch": chosen(said["branch"], self.branches),
            "officer": chosen(said["officer"], self.officers),
            "address": said["address"],
            "note": said["note"],
            "offered": said["begins"] == "offered",
        }


class Officer(RelayForm):
    """Who stays with a household."""

    officer = forms.ChoiceField(label=_("Who stays with them?"), required=False)

    def __init__(self, *args: Any, officers: Sequence[Staff], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officers = officers
        self.fields["officer"].choices = [("", _("Nobody")), *choices_of(officers)]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Staff | None:
        """Return who was chosen."""
        found: Staff | None = chosen(self.cleaned_data["officer"], self.officers)
        return found


class Move(RelayForm):
    """To which branch a household goes."""

    branch = forms.ChoiceField(label=_("Which branch looks after them from now on?"))

    def __init__(self, *args: Any, branches: Sequence[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.branches = branches
        self.fields["branch"].choices = [("", "—"), *choices_of(branches)]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Branch:
        """Return the branch that was chosen."""
        found: Branch = chosen(self.cleaned_data["branch"], self.branches)
        return found


class Note(RelayForm):
    """Words to be kept beside a household."""

    words = forms.CharField(
        label=_("Note"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Kept sealed with the record."),
    )


class Complain(RelayForm):
    """What a family complains of."""

    member = forms.ChoiceField(label=_("Who says it?"), required=False)
    words = forms.CharField(
        label=_("What was said"),
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("In their own words. Kept sealed with the record."),
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = [("", _("Not known")), *people]  # type: ignore[attr-defined]


class Settle(RelayForm):
    """What was done about a complaint."""

    done = forms.CharField(
        label=_("What was done"),
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("What was found, what was said to the family, and what is another from now on."),
    )
