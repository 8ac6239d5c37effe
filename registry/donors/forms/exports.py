"""What is asked about a sheet of donors before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.access import Branch
from foundation.pages import RelayForm
from registry.donors.exports.fields import FIELDS, USUAL
from registry.donors.forms.lists import Filters
from registry.donors.models import ExportReason

if TYPE_CHECKING:
    from collections.abc import Collection

    from foundation.access import Permission

MASKED, OPENED = "masked", "opened"


class AskExport(RelayForm):
    """Of which donors, with which columns, masked or opened, and what for."""

    all_optional = True  # a filter that is left as it is narrows nothing
    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none(), empty_label=None)
    state = forms.ChoiceField(label=_("Where they stand"), required=False)
    whose = forms.ChoiceField(label=_("Whose"), required=False)
    mark = forms.ChoiceField(label=_("Also"), required=False)
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        widget=forms.CheckboxSelectMultiple,
        initial=list(USUAL),
        error_messages={"required": _("Choose at least one column.")},
    )
    opened = forms.ChoiceField(
        label=_("Names, numbers and other personal columns"),
        choices=[(MASKED, _("Masked, as in the list")), (OPENED, _("In full"))],
        initial=MASKED,
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(
        label=_("What is it for?"),
        choices=[("", "—"), *ExportReason.choices],
        help_text=_("Kept on the trail."),
    )
    in_a_row = frozenset({"columns"})
    choice_hints = {
        "opened": {
            OPENED: _("A second person of the branch above agrees first. Nobody who has left is in it.")
        }
    }

    def __init__(self, *args: Any, branches: Any, held: Collection[Permission], **kwargs: Any) -> None:
        """Offer branches and columns. ``held``: the permissions that open further columns."""
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]
        for name in ("state", "whose", "mark"):
            self.fields[name].choices = Filters.base_fields[name].choices  # type: ignore[attr-defined]
        self.fields["columns"].choices = [  # type: ignore[attr-defined]
            (one.key, one.label) for one in FIELDS if one.permission is None or one.permission in held
        ]

    def asked(self) -> dict[str, Any]:
        """Return what was asked, as the action takes it."""
        typed = self.cleaned_data
        return {
            "branch": typed["branch"],
            "columns": typed["columns"],
            "filters": {name: typed[name] for name in ("state", "whose", "mark")},
            "opened": typed["opened"] == OPENED,
            "reason": typed["reason"],
        }
