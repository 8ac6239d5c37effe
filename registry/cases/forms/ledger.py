"""What is written down when a donor wavers, and how the ledger is cut."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from registry.cases import ledgers
from registry.cases.forms.facts import FactForm
from registry.cases.models import InterventionKind, InterventionResult
from registry.donors import reasons
from registry.donors.reasons import Parent, Reason

OWN_REASONS = [(one.value, one.label) for one in Reason if reasons.parent(one) == Parent.PR]
MONTHS = 12  # the ledger goes back so far, unless somebody asks for more
MONTHS_MOST = 60


class Wavers(FactForm):
    """Why a donor wavers, what was offered, what came of it."""

    in_a_row = frozenset({"result"})

    reason = forms.ChoiceField(label=_("What makes them waver?"), choices=OWN_REASONS)
    kind = forms.ChoiceField(label=_("What was offered?"), choices=InterventionKind, widget=forms.RadioSelect)
    result = forms.ChoiceField(
        label=_("What came of it?"),
        choices=InterventionResult,
        widget=forms.RadioSelect,
        initial=InterventionResult.OPEN,
        help_text=_("Both are right. Who wants to leave, leaves: nobody is pressed."),
    )
    words = forms.CharField(
        label=_("In their words"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Kept sealed with the match."),
    )


class Settled(RelayForm):
    """What came of it."""

    result = forms.ChoiceField(
        choices=[(one.value, one.label) for one in InterventionResult if one != InterventionResult.OPEN]
    )


class Cut(RelayForm):
    """How far back the ledger goes, and in which pieces."""

    all_optional = True
    in_a_row = frozenset({"by"})

    months = forms.IntegerField(label=_("Months back"), min_value=1, max_value=MONTHS_MOST, required=False)
    by = forms.ChoiceField(
        label=_("Cohorts"),
        choices=[(ledgers.QUARTER, _("Quarters")), (ledgers.MONTH, _("Months"))],
        required=False,
    )

    @property
    def months_back(self) -> int:
        """How many months the ledger goes back; the usual ones where nothing fitting was typed."""
        return self._said().get("months") or MONTHS

    @property
    def pieces(self) -> str:
        """Whether it is cut by months or quarters."""
        return self._said().get("by") or ledgers.QUARTER

    def _said(self) -> dict[str, Any]:
        return self.cleaned_data if self.is_valid() else {}
