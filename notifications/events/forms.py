"""What is typed about an event."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation import moves
from foundation.access import Branch
from foundation.pages import RelayForm
from foundation.pages.forms import OfThePage
from notifications.events.models import Event, Kind


def moment(on: date, starts: time) -> datetime:
    """
    Return a day and an hour as a moment in the branch's own time.

    :raises moves.Refused: where no calendar of ours reaches.
    """
    try:
        return timezone.make_aware(datetime.combine(on, starts)).astimezone(UTC)
    except OverflowError as fault:
        raise moves.Refused([_("Choose a day to come, within two years.")], move="plan") from fault


class Plan(RelayForm):
    """A new event."""

    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none(), empty_label=None)
    name = forms.CharField(
        label=_("Name of the event"), max_length=60, help_text=_("As the families read it.")
    )
    place = forms.CharField(label=_("Place"), max_length=120)
    on = forms.DateField(label=_("Day"))
    starts = forms.TimeField(label=_("Begins at"), widget=forms.TimeInput(attrs={"type": "time"}))
    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=5000)
    seats_a_household = forms.IntegerField(
        label=_("At most of one household"), min_value=1, max_value=20, initial=4
    )

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        """Take the branches one may plan for."""
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]


class Move(RelayForm):
    """Another day, hour or place of an event."""

    on = forms.DateField(label=_("Day"))
    starts = forms.TimeField(label=_("Begins at"), widget=forms.TimeInput(attrs={"type": "time"}))
    place = forms.CharField(label=_("Place"), max_length=120)


class Told(RelayForm):
    """That a household was told, and whether they come, where they were asked."""

    people = forms.IntegerField(
        label=_("How many come"),
        min_value=0,
        max_value=20,
        required=False,
        help_text=_("Empty where they have not decided; 0 where they do not come."),
    )

    kind = OfThePage(required=True)  # what they were told, and of which day: both may change meanwhile
    standing = OfThePage()

    def __init__(self, *args: Any, kind: Kind | None, event: Event, **kwargs: Any) -> None:
        """Ask how many come only where there is an invitation to answer."""
        super().__init__(*args, initial={"kind": kind, "standing": event.standing}, **kwargs)
        if kind not in (Kind.EVENT, Kind.CHANGED):
            del self.fields["people"]

    def clean_kind(self) -> Kind:
        """Take one of the kinds there are."""
        kind = self.cleaned_data["kind"]
        if kind not in Kind.values:
            raise forms.ValidationError(_("Please choose."))
        return Kind(kind)


class People(RelayForm):
    """How many of a household come, or came."""

    people = forms.IntegerField(label=_("How many"), min_value=0, max_value=20)
