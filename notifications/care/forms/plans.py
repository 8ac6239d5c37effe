"""A form of a whole plan: how long it rests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm

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
