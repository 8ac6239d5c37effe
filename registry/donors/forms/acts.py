"""Forms of single acts on a donor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from registry.donors import phones, reasons
from registry.donors.models import BloodGroup, CallKind, ContactChoice
from registry.donors.reasons import Reason


def choices(codes: Sequence[Reason]) -> list[tuple[str, str | Promise]]:
    """Return reasons as the choices of a field."""
    return [(code.value, code.label) for code in codes]


def grouped(codes: Sequence[Reason]) -> list[tuple[str | Promise, list[tuple[str, str | Promise]]]]:
    """Return reasons as choices under the WMDA reasons they are filed under, where these are many."""
    groups: dict[reasons.Parent, list[Reason]] = {}
    for code in codes:
        groups.setdefault(reasons.parent(code), []).append(code)
    return [(parent.label, choices(found)) for parent, found in groups.items()]


class Nothing(RelayForm):
    """An act that needs no words: only the button."""


class Hold(RelayForm):
    """Why, and until when."""

    reason = forms.ChoiceField(label=_("Why"), choices=[("", "—"), *grouped(reasons.FOR_A_HOLD)])
    until = forms.DateField(
        label=_("Until"),
        help_text=_("At most 24 months. On that day the donor comes on the call list, not back into search."),
    )
    words = forms.CharField(
        label=_("In their words"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=500
    )


class Objection(RelayForm):
    """What somebody else said against it."""

    words = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept sealed with the donor's record."),
    )


class ChooseContact(RelayForm):
    """When this person wants to hear from us."""

    choice = forms.ChoiceField(
        label=_("When may we get in touch?"), choices=ContactChoice, widget=forms.RadioSelect
    )
    choice_hints = {
        "choice": {
            ContactChoice.ONLY_IF_MATCHED: _(
                "All other messages and calls stop at once; the number is kept for this alone."
            )
        }
    }


class Lose(RelayForm):
    """Why the donor counts as out of contact."""

    reason = forms.ChoiceField(label=_("Why"), choices=choices(reasons.OUT_OF_CONTACT))


class Exclude(RelayForm):
    """The lasting medical reason."""

    reason = forms.ChoiceField(
        label=_("Lasting medical reason"), choices=[("", "—"), *choices(reasons.PERMANENT)]
    )


class Die(RelayForm):
    """What confirms the death."""

    evidence = forms.CharField(
        label=_("What confirms it"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example the certificate and who showed it. No family is asked for paper."),
    )


class Transfer(RelayForm):
    """Where to, and what the other registry answered."""

    reason = forms.ChoiceField(label=_("Why"), choices=choices(reasons.LEAVING))
    reference = forms.CharField(
        label=_("The other registry's reference"),
        max_length=40,
        help_text=_("The number under which it confirms that it takes the donor in. No name."),
    )


class DisputeTyping(RelayForm):
    """What is in doubt."""

    reason = forms.ChoiceField(
        label=_("What is in doubt"), choices=choices(reasons.FOR_A_DISPUTE), widget=forms.RadioSelect
    )


class PlanCall(RelayForm):
    """What for, and on which day."""

    kind = forms.ChoiceField(label=_("What for"), choices=CallKind)
    due_on = forms.DateField(label=_("On"))


class Details(RelayForm):
    """What changes; a field left empty stays as it is."""

    all_optional = True
    phone = forms.CharField(label=_("New mobile number"), required=False, max_length=40)
    email = forms.EmailField(label=_("New e-mail address"), required=False, max_length=120)
    address = forms.CharField(label=_("New address"), required=False, max_length=200)
    workplace = forms.CharField(label=_("New workplace or school"), required=False, max_length=120)
    weight_kg = forms.DecimalField(
        label=_("Weight in kg"), required=False, min_value=30, max_value=300, max_digits=5, decimal_places=1
    )
    blood_group = forms.ChoiceField(
        label=_("Blood group"), choices=[("", "—"), *BloodGroup.choices], required=False
    )
    graduates_on = forms.DateField(label=_("Graduates on"), required=False)

    def clean_phone(self) -> str:
        """Return the number in E.164, or nothing."""
        typed: str = self.cleaned_data["phone"]
        if not typed:
            return ""
        try:
            return phones.check(typed)
        except phones.PhoneProblem as problem:
            raise forms.ValidationError(problem.sentences) from problem

    def clean(self) -> dict[str, Any]:
        """Keep only what was typed."""
        typed = {name: value for name, value in super().clean().items() if value not in (None, "")}
        if not typed and not self.errors:
            raise forms.ValidationError(_("Nothing was changed. Fill in what is new."))
        return typed
