"""Forms over branches."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.access import Branch, BranchKind
from foundation.desk.forms.staff import BranchChoice
from foundation.pages import RelayForm

CODE = RegexValidator(r"\A[A-Za-z0-9-]+\Z", _("Letters, digits and hyphens only."))
BELOW = [(kind.value, kind.label) for kind in BranchKind if kind != BranchKind.PROVINCE]


class EditBranch(RelayForm):
    """What may change of a branch: what is said of it, and whether it works."""

    name = forms.CharField(label=_("Name of the branch"), max_length=80)
    phone = forms.CharField(
        label=_("Landline"),
        max_length=24,
        required=False,
        help_text=_("Volunteers and families are told this number."),
    )
    address = forms.CharField(
        label=_("Return address on envelopes"),
        max_length=120,
        required=False,
        help_text=_("Street and number, no name: nobody sees from whom it is. Empty: as the branch above."),
    )
    counts_the_day = forms.TypedChoiceField(
        label=_("How are days after a death counted here?"),
        choices=[
            ("", _("As the branch above")),
            ("yes", _("The day of the death is the first")),
            ("no", _("The day after it is the first")),
        ],
        coerce=lambda typed: typed == "yes",
        empty_value=None,
        required=False,
    )
    active = forms.BooleanField(
        label=_("Works"), required=False, help_text=_("At a closed branch nobody holds a role any more.")
    )


class AddBranch(RelayForm):
    """A branch or an organisation below one of one's own."""

    parent = BranchChoice(label=_("Below"), queryset=Branch.objects.none())
    kind = forms.ChoiceField(label=_("What it is"), choices=BELOW)
    name = forms.CharField(label=_("Name of the branch"), max_length=80)
    code = forms.CharField(
        label=_("Code of the branch"),
        max_length=16,
        validators=[CODE],
        help_text=_("Short and never changed; files name it."),
    )
    phone = forms.CharField(label=_("Landline"), max_length=24, required=False)

    def __init__(self, *args: Any, branches: QuerySet[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = branches  # type: ignore[attr-defined]
