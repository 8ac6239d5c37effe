"""Filters of the donor list, as plain words."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from registry.donors.states import DonorState


class Filters(RelayForm):
    """Which donors, and whose."""

    all_optional = True
    state = forms.ChoiceField(
        label=_("Where they stand"), required=False, choices=[("", _("All")), *DonorState.choices]
    )
    whose = forms.ChoiceField(
        label=_("Whose"),
        required=False,
        choices=[
            ("", _("Served here")),
            ("owned", _("Registered here")),
            ("elsewhere", _("Registered here, served elsewhere")),
        ],
    )
    mark = forms.ChoiceField(
        label=_("Also"),
        required=False,
        choices=[
            ("", _("Everybody")),
            ("objected", _("Somebody objects")),
            ("ending", _("Pause ends soon")),
            ("unverified", _("Contact not checked for two years")),
        ],
    )
