"""The form of the health-and-availability check, made from the questions, and the reviewer's word on it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from registry.cases import health, questionnaire
from registry.cases.models import Verdict
from registry.donors.reasons import PERMANENT, TEMPORARY

_HEAVIEST = Decimal("399.9")


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions of one group, as the page shows them."""

    words: str | Promise
    fields: list[forms.BoundField]


class HealthCheckForm(RelayForm):
    """Every question of the check; nothing is answered beforehand."""

    weight_kg = forms.DecimalField(
        label=_("Weight in kilograms"),
        min_value=Decimal(20),
        max_value=_HEAVIEST,
        decimal_places=1,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}),
    )
    height_cm = forms.IntegerField(
        label=_("Height in centimetres"),
        min_value=100,
        max_value=250,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
    )
    available_from = forms.DateField(
        label=_("Away until"), required=False, help_text=_("Only if the donor cannot come before a day.")
    )
    words = forms.CharField(
        label=_("Names of medicines, illnesses, places; days away"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, sex: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sex = sex
        self.in_a_row = frozenset()  # type: ignore[misc]  # answers are sentences
        for question in health.questions(sex):
            self.fields[question.key] = forms.ChoiceField(
                label=question.words,  # type: ignore[arg-type]  # a sentence in the reader's language
                help_text=question.hint,  # type: ignore[arg-type]
                choices=[(answer.key, answer.words) for answer in question.answers],
                widget=forms.RadioSelect,
            )
        keys = [question.key for question in health.questions(sex)]
        self.order_fields(["weight_kg", "height_cm", *keys, "available_from", "words"])

    @property
    def groups(self) -> list[Asked]:
        """The groups with their fields, in order."""
        groups = [
            Asked(group.words, [self[one.key] for one in group.questions if one.key in self.fields])
            for group in questionnaire.GROUPS
        ]
        return [group for group in groups if group.fields]

    @property
    def answers(self) -> dict[str, str]:
        """What was answered, as codes and numbers."""
        keys = [question.key for question in health.questions(self.sex)]
        return {key: str(self.cleaned_data[key]) for key in ["weight_kg", "height_cm", *keys]}


class ReviewForm(RelayForm):
    """What the medical reviewer says of a check that only a doctor can weigh."""

    verdict = forms.ChoiceField(
        label=_("Verdict"),
        choices=[(one.value, one.label) for one in Verdict if one != Verdict.ASK],
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=[
            ("", _("None: fit")),
            (_("Not at present"), [(one.value, one.label) for one in TEMPORARY]),
            (_("Not any more"), [(one.value, one.label) for one in PERMANENT]),
        ],
    )
    words = forms.CharField(
        label=_("In words"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        """Check that the reason belongs to the verdict."""
        typed = super().clean()
        belongs = {Verdict.FIT: ("",), Verdict.TEMPORARY: TEMPORARY, Verdict.PERMANENT: PERMANENT}
        verdict = typed.get("verdict")
        if verdict and typed.get("reason", "") not in belongs[Verdict(verdict)]:
            self.add_error("reason", _("Choose a reason that belongs to the verdict."))
        return typed
