"""Forms over staff, their roles and their work."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.access import Branch, Role, Staff
from foundation.access.hand_over import Line
from foundation.pages import RelayForm

EVERY_ROLE = [("", "—"), *((role.value, role.label) for role in Role)]


class BranchChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A branch within one's own, set in by its depth in the tree."""

    def label_from_instance(self, obj: Branch) -> str:
        """Return the name, with a space for each level above it."""
        return "\u2003" * (len(obj.path) // 4 - 1) + obj.name


class Days(RelayForm):
    """From one day to another; without a last day, until it is ended."""

    starts_on = forms.DateField(label=_("First day"))
    ends_on = forms.DateField(label=_("Last day"), required=False)

    def clean(self) -> dict[str, Any]:
        """Check the order of the days."""
        typed = super().clean()
        first, last = typed.get("starts_on"), typed.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day lies before the first."))
        return typed


class GrantRole(Days):
    """A role at a branch within the administrator's own."""

    role = forms.ChoiceField(label=_("Role"), choices=EVERY_ROLE)
    branch = BranchChoice(label=_("Branch"), queryset=Branch.objects.none())
    field_order = ["role", "branch", "starts_on", "ends_on"]

    def __init__(self, *args: Any, branches: QuerySet[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]


class AddStaff(GrantRole):
    """Somebody new, with their first role."""

    name = forms.CharField(label=_("Name"), max_length=40)
    username = forms.CharField(
        label=_("Login name"),
        max_length=60,
        help_text=_("Short and without spaces; it is typed at every login."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
        validators=Staff._meta.get_field("username").validators,
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("For a link when the password is forgotten.")
    )
    field_order = ["name", "username", "email", "role", "branch", "starts_on", "ends_on"]


class AddHelper(RelayForm):
    """A helper's login for one day."""

    name = forms.CharField(label=_("Name"), max_length=40)
    username = AddStaff.base_fields["username"]
    branch = BranchChoice(label=_("Branch"), queryset=Branch.objects.none())
    on = forms.DateField(label=_("Day"), help_text=_("The login works on this day only."))

    def __init__(self, *args: Any, branches: QuerySet[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]


class FilterStaff(RelayForm):
    """Which staff to list."""

    all_optional = True
    role = forms.ChoiceField(label=_("Role"), choices=EVERY_ROLE, required=False)
    who = forms.ChoiceField(
        label=_("Who"),
        required=False,
        choices=[("", _("working here")), ("left", _("left")), ("all", _("all"))],
    )


class Person(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A member of staff, by name and login name."""

    def label_from_instance(self, obj: Staff) -> str:
        """Return both names."""
        return f"{obj.name} ({obj.username})"


class HandOver(Days):
    """My open work, to whom, from when to when."""

    items = forms.MultipleChoiceField(label=_("Which work"), widget=forms.CheckboxSelectMultiple)
    to = Person(label=_("To whom"), queryset=Staff.objects.none())
    ends_on = forms.DateField(label=_("Last day"), help_text=_("The day after, it returns by itself."))
    field_order = ["items", "to", "starts_on", "ends_on"]

    def __init__(self, *args: Any, lines: list[Line], takers: QuerySet[Staff], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].choices = [  # type: ignore[attr-defined]
            (line.value, f"{line.kind.label} · {line.item.title}") for line in lines
        ]
        self.fields["to"].queryset = takers  # type: ignore[attr-defined]
