"""What is asked before a list of matches is handed out as a sheet."""

from __future__ import annotations

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm


class SheetReason(TextChoices):
    """What a list is taken for; kept on the trail."""

    MEETING = "MEETING", _("To go through these matches with colleagues")
    CHECK = "CHECK", _("To check the records")
    FIGURES = "FIGURES", _("For counting and reports")


class WhyTaken(RelayForm):
    """What a list is taken for."""

    reason = forms.ChoiceField(
        label=_("What is it for?"),
        choices=[("", "—"), *SheetReason.choices],
        error_messages={"required": _("Say first what the list is for.")},
        help_text=_("Kept on the trail."),
    )
