"""The memorial wall: what would be read, who agrees, who does not, and what waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from registry.families.forms.people import Evidence
from registry.families.queries.wall import WORK
from registry.families.records import OnTheWall

YES, CHANGE, NO = "yes", "change", "no"
ANSWERS: Final = [
    (YES, _("Yes, it may appear so")),
    (CHANGE, _("Please change something")),
    (NO, _("No, I do not want it")),
]


class Wall(RelayForm):
    """What the public would read of one who gave."""

    name = forms.CharField(
        label=_("As which name are they remembered?"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("As the family wishes: the whole name, a part of it, or other words, as “Our father”."),
    )
    words = forms.CharField(
        label=_("Some words of the family"),
        required=False,
        max_length=settings.WALL_WORDS_LONGEST,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Only if they wish. Nothing of what was given, and nobody else's name."),
    )
    years_shown = forms.BooleanField(label=_("Show the years of birth and death"), required=False)

    @property
    def said(self) -> OnTheWall:
        """Return what was typed."""
        return OnTheWall(**self.cleaned_data)


class WallConsent(Evidence):
    """That somebody signed the consent to the memorial wall."""

    language = forms.ChoiceField(label=_("In which language was it read?"), choices=settings.LANGUAGES)
    field_order = ("language", "how", "witness")


class Answer(RelayForm):
    """What somebody of the family says to the page they were shown."""

    member = forms.ChoiceField(label=_("Who says it?"), widget=forms.RadioSelect)
    answer = forms.ChoiceField(label=_("What do they say?"), choices=ANSWERS, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In their words"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("What should be otherwise. Kept sealed with the record."),
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A wish for a change says which."""
        cleaned = super().clean()
        if cleaned.get("answer") == CHANGE and not cleaned.get("words", "").strip():
            self.add_error("words", _("Say what should be otherwise."))
        return cleaned


class Prolong(RelayForm):
    """Who said that the name should stay."""

    member = forms.ChoiceField(label=_("Who says it?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = people  # type: ignore[attr-defined]


class Object(RelayForm):
    """That a relative does not want the name on the wall."""

    words = forms.CharField(
        label=_("In their words"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )


class Confidential(RelayForm):
    """That the one who gave wished that nobody learns of it."""

    who_said = forms.CharField(
        label=_("Who said so, and how?"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("For example: the statement of the one who gave, or their daughter on the telephone."),
    )


class Waiting(RelayForm):
    """Which pages for the wall a list shows."""

    all_optional = True
    what = forms.ChoiceField(
        label=_("What is to do?"), required=False, choices=[("", _("Anything")), *WORK.items()]
    )
