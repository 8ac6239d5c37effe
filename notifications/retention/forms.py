"""A campaign: who, in which words, by which ways, and how many are left alone to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from foundation.access import Branch
from foundation.access.scopes import Scope
from foundation.pages import RelayForm
from notifications.channel_names import BY_MACHINE, Channel
from notifications.retention.states import FOR_CAMPAIGNS
from notifications.wordings.models import Wording, WordingState
from registry.drives.models import Drive

DRIVES_SHOWN = 200
PLACES = range(1, len(BY_MACHINE) + 1)  # of ways, in the order in which they are tried


class NewCampaign(RelayForm):
    """Everything a draft needs. Whoever fits in all of it is drawn."""

    name = forms.CharField(
        label=pgettext_lazy("campaign", "Name"),
        max_length=80,
        help_text=_("For your colleagues, as “Spring 2027”."),
    )
    branch = forms.ModelChoiceField(label=_("Branch and all below it"), queryset=Branch.objects.none())
    drive = forms.ModelChoiceField(
        label=_("Only of one drive"), queryset=Drive.objects.none(), required=False
    )
    year = forms.IntegerField(
        label=_("Only who joined in the year"), required=False, min_value=1990, max_value=2100
    )
    age_from = forms.IntegerField(label=_("Age from"), required=False, min_value=18, max_value=65)
    age_to = forms.IntegerField(label=_("Age to"), required=False, min_value=18, max_value=65)
    unverified_months = forms.IntegerField(
        label=_("Only whose contact was not verified for so many months"),
        required=False,
        min_value=0,
        max_value=120,
    )
    wording = forms.ChoiceField(label=_("In which words"))
    control_percent = forms.IntegerField(
        label=_("How many of a hundred are left alone"),
        initial=20,
        min_value=5,
        max_value=50,
        help_text=_("Drawn by lot. Without them nobody can tell what the campaign changed."),
    )
    window_days = forms.IntegerField(
        label=_("For how many days it is watched"), initial=60, min_value=14, max_value=365
    )

    def __init__(self, *args: Any, scope: Scope, ways: Sequence[str] = (Channel.SMS,), **kwargs: Any) -> None:
        """Offer what stands in a scope. ``ways``: those that are chosen at first, in their order."""
        super().__init__(*args, **kwargs)
        for place in PLACES:
            self.fields[f"way_{place}"] = forms.ChoiceField(
                label=_("Way %(place)s") % {"place": place},
                choices=[("", "–"), *((way.value, way.label) for way in Channel if way in BY_MACHINE)],
                initial=dict(enumerate(ways, start=1)).get(place, ""),
                required=place == 1,
            )
        branches = Branch.objects.filter(scope.q("path"), active=True).order_by("path")
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]
        drives = Drive.objects.filter(scope.q("branch__path")).order_by("-on_date", "-pk")
        shown = drives.values_list("pk", flat=True)[:DRIVES_SHOWN]
        self.fields["drive"].queryset = Drive.objects.filter(pk__in=list(shown)).order_by("-on_date")  # type: ignore[attr-defined]
        self.fields["wording"].choices = wordings()  # type: ignore[attr-defined]
        for name in ("year", "age_from", "age_to", "unverified_months", "control_percent", "window_days"):
            self.fields[name].widget.attrs |= {"class": "short", "inputmode": "numeric"}

    def clean(self) -> dict[str, Any]:
        """Compare the two ages, gather the ways; a number that was left out asks nothing."""
        said = super().clean()
        said["channels"] = [way for place in PLACES if (way := said.pop(f"way_{place}", ""))]
        if len(set(said["channels"])) < len(said["channels"]):
            self.add_error("way_1", _("A way is named twice."))
        low, high = said.get("age_from"), said.get("age_to")
        if low is not None and high is not None and low > high:
            self.add_error("age_to", _("This is below the age above."))
        said["unverified_months"] = said.get("unverified_months") or 0
        return said


def wordings() -> list[tuple[str, str]]:
    """Return the approved wordings that are true of every volunteer, by name."""
    approved = Wording.objects.filter(key__in=FOR_CAMPAIGNS, versions__state=WordingState.APPROVED)
    return [(one.key, one.name_in(get_language() or "")) for one in approved.order_by("key")]
