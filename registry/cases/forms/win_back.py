"""How somebody who has left was asked to come back, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from registry.cases.models import Way, WonBack


class Tried(RelayForm):
    """By which way they were asked, what was offered or said, what came of it."""

    way = forms.ChoiceField(label=_("How did you speak with them?"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What was offered or asked, and what did they say?"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Kept sealed with the record."),
    )
    result = forms.ChoiceField(
        label=_("What came of it?"),
        choices=WonBack,
        widget=forms.RadioSelect,
        initial=WonBack.PENDING,
        help_text=_("“Never again” holds: nobody asks them any more."),
    )

    def __init__(self, *args: Any, ways: Sequence[Way], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["way"].choices = [(way.value, way.label) for way in ways]  # type: ignore[attr-defined]


class Settled(RelayForm):
    """What came of it."""

    result = forms.ChoiceField(choices=[(one.value, one.label) for one in WonBack if one != WonBack.PENDING])
