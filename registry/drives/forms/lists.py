"""What is asked before a fixed list of a drive is printed."""

from __future__ import annotations

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm


class SignInReason(TextChoices):
    """Why a sign-in sheet is printed; kept on the trail."""

    AT_THE_DRIVE = "AT_THE_DRIVE", _("To be signed at the drive")
    REPORT = "REPORT", _("For the report of the drive")
    AGAIN = "AGAIN", _("The last sheet was lost or damaged")


class SignIn(RelayForm):
    """What the sheet is for, and how many empty lines stand below the names."""

    reason = forms.ChoiceField(label=_("What is it for?"), choices=SignInReason)
    empty = forms.IntegerField(
        label=_("Empty lines for those who come"), min_value=0, max_value=200, initial=10
    )
