"""The filters of the board, as plain words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from registry.cases.models import Source


class Filters(RelayForm):
    """Whose cases, from where, and by what road they came."""

    all_optional = True
    branch = forms.ChoiceField(label=_("Branch"), required=False)
    officer = forms.ChoiceField(label=_("Officer"), required=False)
    source = forms.ChoiceField(
        label=_("Where from"), required=False, choices=[("", _("Everywhere")), *Source.choices]
    )
    show = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        branches: Sequence[tuple[str, str]],
        officers: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].choices = [("", _("All")), *branches]  # type: ignore[attr-defined]
        self.fields["officer"].choices = [  # type: ignore[attr-defined]
            ("", _("Everybody")),
            ("nobody", _("Nobody yet")),
            *officers,
        ]
