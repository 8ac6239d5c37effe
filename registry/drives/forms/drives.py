"""The forms of the calendar: a drive, a place, the team, an appointment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.models import Text
from consent.states import TextState
from foundation.access import Branch, Staff
from foundation.pages import RelayForm
from registry.donors import names, phones
from registry.drives.models import Place
from registry.drives.states import CalledOff, Duty

_MOST_EXPECTED = 5000
_PEOPLE = "hpc_recruitment"


class _PaperText(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django knows no generics
    def label_from_instance(self, text: Text) -> str:
        """Name a version by its number and its first day."""
        words = _("Version %(version)s") % {"version": text.version}
        return f"{words} · {timezone.localdate(text.effective_at)}" if text.effective_at else str(words)


class BranchForm(RelayForm):
    """Asks for the branch where the reader has several."""

    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none())

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["branch"]
        field.queryset = branches  # type: ignore[attr-defined]
        one = list(branches[:2])
        if len(one) == 1:
            field.initial, field.widget = one[0].pk, forms.HiddenInput()


class DriveForm(BranchForm):
    """A day at a place."""

    name = forms.CharField(
        label=_("Name of the drive"), max_length=80, help_text=_("As volunteers know it, such as the school.")
    )
    place = forms.ModelChoiceField(label=_("Place"), queryset=Place.objects.none(), required=False)
    on_date = forms.DateField(label=_("Day"))
    starts = forms.TimeField(label=_("From"), required=False)
    ends = forms.TimeField(label=_("To"), required=False)
    expected = forms.IntegerField(
        label=_("Volunteers expected"), min_value=0, max_value=_MOST_EXPECTED, initial=0
    )
    paper_text = _PaperText(
        label=_("Version of the paper forms"),
        queryset=Text.objects.none(),
        required=False,
        help_text=_("Only for a list on paper that is brought in later."),
    )

    field_order = ("name", "branch", "place", "on_date", "starts", "ends", "expected", "paper_text")

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        texts = Text.objects.filter(document=_PEOPLE).exclude(state=TextState.DRAFT).order_by("-version")
        self.fields["paper_text"].queryset = texts  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A drive ends after it starts."""
        cleaned = super().clean()
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("It ends before it starts."))
        return cleaned


class PlaceForm(BranchForm):
    """A place where drives are held."""

    name = forms.CharField(label=_("Name of the place"), max_length=80)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    active = forms.BooleanField(label=_("Offered for new drives"), required=False, initial=True)

    field_order = ("name", "address", "branch", "active")


class TeamForm(RelayForm):
    """A colleague and their duty at a drive."""

    staff = forms.ModelChoiceField(label=_("Colleague"), queryset=Staff.objects.none())
    duty = forms.ChoiceField(label=_("Duty"), choices=Duty.choices, initial=Duty.ENROL)

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].queryset = colleagues  # type: ignore[attr-defined]


class AnotherTimeForm(RelayForm):
    """When somebody comes who does not come as it was agreed."""

    starts_at = forms.DateTimeField(label=_("Comes at"))


class AppointmentForm(RelayForm):
    """Who comes to the office, and when."""

    all_optional = True  # nothing is marked: a language is always chosen

    name = forms.CharField(label=_("Name"), max_length=100)
    phone = forms.CharField(
        label=_("Mobile number"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    starts_at = forms.DateTimeField(label=_("Comes at"))
    remind = forms.BooleanField(
        label=_("Remind them by SMS"),
        required=False,
        help_text=_(
            "Only if they want it. The number was given for this appointment: it is used for nothing else, "
            "and erased two weeks after it. Whoever answers T hears no more."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language of the reminder"),
        choices=settings.LANGUAGES,
        initial=settings.LANGUAGE_CODE,
        required=False,
    )

    def clean_name(self) -> str:
        """Keep the name as it is written."""
        try:
            return names.check(self.cleaned_data["name"])
        except names.NameProblem as problem:
            raise forms.ValidationError(problem.sentences) from None

    def clean_language(self) -> str:
        """Write in the language of the house where none was chosen."""
        return self.cleaned_data["language"] or settings.LANGUAGE_CODE

    def clean_phone(self) -> str:
        """Read the number."""
        try:
            return phones.check(self.cleaned_data["phone"])
        except phones.PhoneProblem as problem:
            raise forms.ValidationError(problem.sentences) from None


class CallOffForm(RelayForm):
    """Why a drive does not take place."""

    why = forms.ChoiceField(label=_("Why?"), choices=CalledOff.choices, widget=forms.RadioSelect)
