"""Forms of a whole plan: how long it rests, and what the family asked to be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from notifications.channel_names import BY_A_PERSON, Channel
from notifications.plans.asked import HELPED_MOST

LONGEST_PAUSE = timedelta(days=3 * 366)  # [D]


class Pause(RelayForm):
    """Until when nothing of a plan goes out; without a day, until somebody lets it go on."""

    until = forms.DateField(
        label=_("Until"),
        required=False,
        help_text=_("On this day it goes on by itself. Leave it empty where they did not name one."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_until(self) -> date | None:
        """Take a day that is still to come, and within reach."""
        until: date | None = self.cleaned_data["until"]
        if until is not None and not self.today < until <= self.today + LONGEST_PAUSE:
            raise forms.ValidationError(_("Choose a day that is still to come, within three years."))
        return until


class GiftAsked(RelayForm):
    """Who asked what the gift did and when, how many people were helped, and how they are told."""

    member = forms.ChoiceField(label=_("Who asked?"), widget=forms.RadioSelect)
    on = forms.DateField(label=_("When did they ask?"))
    helped = forms.IntegerField(
        label=_("How many people were helped?"),
        min_value=1,
        max_value=HELPED_MOST,
        widget=forms.NumberInput({"class": "short"}),
        help_text=_("As the hospital or the procurement organisation told you. Only the number is said."),
    )
    channel = forms.ChoiceField(
        label=_("How are they told?"),
        choices=[(way.value, way.label) for way in Channel if way in BY_A_PERSON],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Take who it may be: members and their masked names."""
        super().__init__(*args, **kwargs)
        self.fields["member"].choices = people  # type: ignore[attr-defined]


class BeginPlan(RelayForm):
    """Which programme is kept for a household besides those that run."""

    programme = forms.ChoiceField(label=_("Which programme?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, programmes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Take the codes and the names of those that may begin."""
        super().__init__(*args, **kwargs)
        self.fields["programme"].choices = programmes  # type: ignore[attr-defined]
