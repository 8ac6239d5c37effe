"""Taking a word back is as short as giving it: one tick that it is the person's own."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.pages.forms import RelayForm


class Withdraw(RelayForm):
    """Whose word it is. No reason is asked."""

    own_word = forms.BooleanField(
        label=_("It is this person's own word: I have checked two facts, or they stand before me."),
        help_text=_(
            "A mother, a friend or an employer cannot withdraw for somebody; record an objection instead."
        ),
        error_messages={"required": _("Please make sure that it is the person's own word.")},
    )
