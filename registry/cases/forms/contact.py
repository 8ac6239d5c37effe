"""Forms of reaching the donor, of what the family thinks, and of talks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from registry.cases.models import TalkKind, TalkState
from registry.donors.forms import RecordCall
from registry.donors.models import Relation, Stance


class RecordAttempt(RecordCall):
    """One attempt to reach the donor of a match: the form of every call, without a time to call again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("when", "when_on", "when_at", "mine"):
            del self.fields[name]  # a match is on its own list until it is over

    def _later(self, _typed: dict[str, Any]) -> datetime | None:
        return None


class FamilyForm(RelayForm):
    """What one of the family knows and thinks."""

    relation = forms.ChoiceField(label=_("Who is it?"), choices=Relation)
    name = forms.CharField(label=_("Name"), required=False, max_length=60)
    told_on = forms.DateField(
        label=_("Told on"), required=False, help_text=_("Leave it empty where they do not know.")
    )
    stance = forms.ChoiceField(label=_("What do they think?"), choices=Stance, widget=forms.RadioSelect)
    weighs = forms.BooleanField(label=_("Their word decides in this family"), required=False)
    words = forms.CharField(
        label=_("In their words"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class TalkForm(RelayForm):
    """A talk that is offered, was held, or is not wanted."""

    kind = forms.ChoiceField(label=_("Which talk?"), choices=TalkKind, widget=forms.RadioSelect)
    state = forms.ChoiceField(
        label=_("What became of it?"), choices=TalkState, widget=forms.RadioSelect, initial=TalkState.OFFERED
    )
    held_at = forms.DateTimeField(
        label=_("Held on"), required=False, help_text=_("Needed where it was held.")
    )
    words = forms.CharField(
        label=_("What came of it"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind:
            del self.fields["kind"]

    def clean(self) -> dict[str, Any]:
        """Ask for the time of a talk that was held."""
        typed = super().clean()
        if typed.get("state") == TalkState.HELD and not typed.get("held_at") and "held_at" not in self.errors:
            self.add_error("held_at", _("Say when it was held."))
        return typed


class PeersForm(RelayForm):
    """Which former donors to offer: by city, sex and age."""

    all_optional = True
    in_a_row = frozenset({"sex"})
    city = forms.ChoiceField(label=_("City"), required=False)
    sex = forms.ChoiceField(
        label=_("Sex"), required=False, choices=[("", _("Any")), ("F", _("Woman")), ("M", _("Man"))]
    )
    decade = forms.ChoiceField(label=_("Age"), required=False)

    def __init__(self, *args: Any, cities: list[tuple[str, str]], decades: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ages: list[tuple[str, str | Promise]] = [(str(one), f"{one}–{one + 9}") for one in decades]
        self.fields["city"].choices = [("", _("Any")), *cities]  # type: ignore[attr-defined]
        self.fields["decade"].choices = [("", _("Any")), *ages]  # type: ignore[attr-defined]
