"""What branches ask of each other about one donor."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.access import Branch
from foundation.access.models import ORGANISATIONS
from foundation.pages import RelayForm
from registry.donors.actions.assisting import too_far
from registry.donors.mending.forms.doors import TwoFacts
from registry.donors.models import AssistKind, AssistResult, QuestionAnswer, What, WhyMoved


class WithBranch(RelayForm):
    """A form that asks which branch."""

    def __init__(self, *args: Any, branches: QuerySet[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["branch"]
        chosen.queryset = branches
        chosen.label_from_instance, chosen.empty_label = place_of, "—"
        if len(only := list(branches[:2])) == 1:
            self.initial.setdefault("branch", only[0])


def place_of(branch: Branch) -> str:
    """Name a branch, set in under those above it."""
    return f"{'　' * (len(branch.path) // 4 - 1)}{branch.name}"


def society(branches: Any) -> QuerySet[Branch]:
    """Return branches of the society at work, in the order of the tree; no laboratory, no hospital."""
    found: QuerySet[Branch] = branches.filter(active=True).exclude(kind__in=ORGANISATIONS).order_by("path")
    return found


class TakeIn(TwoFacts, WithBranch):
    """Whom one's own branch wants to look after from now on."""

    branch = forms.ModelChoiceField(label=_("To which of your branches"), queryset=Branch.objects.none())
    what = forms.ChoiceField(
        label=_("What moves"), choices=What, widget=forms.RadioSelect, initial=What.SERVICE
    )
    reason = forms.ChoiceField(label=_("Why"), choices=WhyMoved)
    choice_hints = {
        "what": {
            What.SERVICE: _("Calls and lists. The branch that counts them stays."),
            What.OWNER: _("Figures and quotas. Who looks after them stays."),
        }
    }
    field_order = ["kind", "number", "name", "phone", "born_on", "branch", "what", "reason"]


class MoveTo(WithBranch):
    """To which branch a donor goes."""

    branch = forms.ModelChoiceField(label=_("To which branch"), queryset=Branch.objects.none())
    what = forms.ChoiceField(
        label=_("What moves"), choices=What, widget=forms.RadioSelect, initial=What.SERVICE
    )
    reason = forms.ChoiceField(label=_("Why"), choices=WhyMoved)
    choice_hints = TakeIn.choice_hints


class AskAssist(WithBranch):
    """What another branch is asked to do for one donor, and until when."""

    branch = forms.ModelChoiceField(label=_("Which branch"), queryset=Branch.objects.none())
    kind = forms.ChoiceField(label=_("What for"), choices=AssistKind, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What they should know"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept sealed. Shown to whoever takes it."),
    )
    until = forms.DateField(
        label=_("Until"), help_text=_("On the next day it ends by itself, and nobody there sees the donor.")
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on

    def clean_until(self) -> date:
        """Refuse a day that is over or lies too far."""
        until: date = self.cleaned_data["until"]
        if sentences := too_far(until, on=self.on):
            raise forms.ValidationError(sentences)
        return until


class EndAssist(RelayForm):
    """How the help ended."""

    result = forms.ChoiceField(
        label=_("How did it end?"),
        choices=[
            (one.value, one.label) for one in (AssistResult.DONE, AssistResult.NOT_FOUND, AssistResult.CANNOT)
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What you found out"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept sealed with the donor's record, for the branch that asked."),
    )


class AnswerQuestion(RelayForm):
    """The one sentence that goes back."""

    answer = forms.ChoiceField(
        label=_("What may they know?"), choices=QuestionAnswer, widget=forms.RadioSelect
    )
