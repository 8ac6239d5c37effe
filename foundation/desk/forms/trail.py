"""What to look for on the trail: ids, days and verbs; never a name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm

IDS = RegexValidator(r"\A[0-9a-zA-Z._:-]*\Z", _("An id has letters, digits and hyphens only."))


def _id(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=100, validators=[IDS], help_text=help_text)


class FilterTrail(RelayForm):
    """Filters of the trail."""

    all_optional = True
    verb = _id(_("What begins with"))
    by = _id(_("Who (id)"))
    object = _id(_("About (id)"))
    first = forms.DateField(label=_("From"), required=False)
    last = forms.DateField(label=_("Until"), required=False)


class Looks(RelayForm):
    """Whose record it is about."""

    all_optional = True
    object = _id(
        _("Id of the record, or of anything of the person"),
        _("Press it in a row of the trail, or take it from the address of a page."),
    )
    everything = forms.BooleanField(label=_("Also what was done, not only seen"), required=False)
