"""What is typed about duty: who, from when to when, and the number by which one is woken."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.access import Branch, RoleAt, StaffRequest
from foundation.pages.forms import RelayForm
from registry.donors import phones

PLACES = [("1", _("First")), ("2", _("Second")), ("3", _("Third"))]


class OnDuty(RelayForm):
    """One entry on the roster."""

    in_a_row = frozenset({"place"})
    staff = forms.ChoiceField(label=_("Who"))
    branch = forms.ChoiceField(label=_("For which branch"), help_text=_("And every branch below it."))
    place = forms.ChoiceField(
        label=pgettext_lazy("duty", "Called"),
        choices=PLACES,
        widget=forms.RadioSelect,
        initial="1",
        help_text=_("In this order."),
    )
    starts_at = forms.DateTimeField(label=pgettext_lazy("duty", "From"))
    ends_at = forms.DateTimeField(label=pgettext_lazy("duty", "To"))

    def __init__(self, data: Any = None, *, request: StaffRequest, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        day = timezone.localdate(request.at)
        held = RoleAt.objects.on(day).visible_to(request.scope).filter(staff__left_at__isnull=True)
        self.people = {
            str(role.staff_id): role.staff for role in held.select_related("staff").order_by("staff__name")
        }
        self.branches = {
            str(branch.pk): branch
            for branch in Branch.objects.visible_to(request.scope).filter(active=True).order_by("path")[:500]
            if not branch.is_organisation
        }
        self.fields["staff"].choices = [(pk, str(staff)) for pk, staff in self.people.items()]  # type: ignore[attr-defined]
        self.fields["branch"].choices = [(pk, branch.name) for pk, branch in self.branches.items()]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """Return what was typed, as the action takes it."""
        typed = self.cleaned_data
        return {
            "staff": self.people[typed["staff"]],
            "branch": self.branches[typed["branch"]],
            "place": int(typed["place"]),
            "starts_at": typed["starts_at"],
            "ends_at": typed["ends_at"],
        }


class MyNumber(RelayForm):
    """The number by which one is woken."""

    phone = forms.CharField(
        max_length=40,
        required=False,
        label=_("Mobile number"),
        help_text=_("Only alarms go there. Leave it empty to be called by e-mail alone."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel", "class": "short"}),
    )

    def clean_phone(self) -> str:
        """Return the number in E.164, or nothing."""
        typed: str = self.cleaned_data["phone"]
        if not typed.strip():
            return ""
        try:
            return phones.check(typed)
        except phones.PhoneProblem as fault:
            raise forms.ValidationError(_("Nobody can be called at this number.")) from fault
