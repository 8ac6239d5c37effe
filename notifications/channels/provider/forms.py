"""What the provider said of a sign or a template."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from notifications.channels.provider.actions import LONGEST_SIGN
from notifications.channels.provider.models import Standing


class Sign(RelayForm):
    """The sign of a branch."""

    words = forms.CharField(
        label=_("Sign"),
        max_length=LONGEST_SIGN + 2,
        help_text=_("As it was registered with the provider, with or without 【】."),
    )
    standing = forms.ChoiceField(
        label=_("What the provider said"), choices=Standing.choices, widget=forms.RadioSelect
    )


class Template(RelayForm):
    """The provider's number of one text."""

    number = forms.CharField(
        label=_("Number of the template"),
        max_length=64,
        required=False,
        help_text=_("The provider gives it when the text is registered there, as SMS_480230001."),
    )
    standing = forms.ChoiceField(
        label=_("What the provider said"), choices=Standing.choices, widget=forms.RadioSelect
    )
