"""The form of who looks after a match, on either side and at the hospitals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.access import Branch, Staff
from foundation.pages import RelayForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Whom one may choose for each part."""

    owners: Sequence[Staff]
    patient_officers: Sequence[Staff]
    companions: Sequence[Staff]
    hospitals: Sequence[Branch]
    at_transplant: Sequence[Staff]
    at_collection: Sequence[Staff]


class PeopleForm(RelayForm):
    """Who looks after a match."""

    all_optional = True
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    owner = forms.ChoiceField(
        label=_("Owner, on the donor's side"),
        required=False,
        help_text=_("The one who answers for the next step."),
    )
    companion = forms.ChoiceField(
        label=_("Companion"),
        required=False,
        help_text=_("Goes with the donor to the bedside. Sees dates and tasks, no findings."),
    )
    collection_hospital = forms.ChoiceField(label=_("Collection hospital"), required=False)
    at_collection = forms.MultipleChoiceField(
        label=_("Who of the collection hospital works on it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("From the work-up on they see the name of this one donor."),
    )
    patient_officer = forms.ChoiceField(
        label=_("Officer of the patient's side"),
        required=False,
        help_text=_("Never the owner and never the companion."),
    )
    transplant_hospital = forms.ChoiceField(label=_("Transplant hospital"), required=False)
    at_transplant = forms.MultipleChoiceField(
        label=_("Who of the transplant hospital works on it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They see codes only."),
    )

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = choices
        self._offer("owner", choices.owners, none=_("Nobody yet"))
        self._offer("companion", choices.companions, none=_("Nobody yet"))
        self._offer("patient_officer", choices.patient_officers, none=_("Nobody yet"))
        self._offer("collection_hospital", choices.hospitals, none=_("Not known yet"))
        self._offer("transplant_hospital", choices.hospitals, none=_("Not known yet"))
        for name, people in (
            ("at_collection", choices.at_collection),
            ("at_transplant", choices.at_transplant),
        ):
            if people:
                self.fields[name].choices = _named(people)  # type: ignore[attr-defined]
            else:
                del self.fields[name]

    def _offer(self, name: str, things: Iterable[Staff | Branch], *, none: Any) -> None:
        self.fields[name].choices = [("", none), *_named(things)]  # type: ignore[attr-defined]

    @property
    def facts(self) -> dict[str, Any]:
        """Return who was chosen; of a hospital that was changed, nobody is named yet."""
        said, offered = self.cleaned_data, self.offered
        return {
            "owner": _chosen(said["owner"], offered.owners),
            "companion": _chosen(said["companion"], offered.companions),
            "patient_officer": _chosen(said["patient_officer"], offered.patient_officers),
            "collection_hospital": _chosen(said["collection_hospital"], offered.hospitals),
            "transplant_hospital": _chosen(said["transplant_hospital"], offered.hospitals),
            "at_hospitals": [
                *_still("collection_hospital", "at_collection", offered.at_collection, self),
                *_still("transplant_hospital", "at_transplant", offered.at_transplant, self),
            ],
        }


def _still(hospital: str, people: str, offered: Sequence[Staff], form: PeopleForm) -> list[Staff]:
    if str(form.initial.get(hospital) or "") != form.cleaned_data[hospital]:
        return []
    wanted = set(form.cleaned_data.get(people, ()))
    return [staff for staff in offered if str(staff.pk) in wanted]


def _named(things: Iterable[Staff | Branch]) -> list[tuple[str, str]]:
    return [(str(thing.pk), str(thing)) for thing in things]


def _chosen(value: str, things: Iterable[Any]) -> Any:
    return next((thing for thing in things if value and thing.pk == UUID(value)), None)
