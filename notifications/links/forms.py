"""One short form a page: what is asked of somebody on an old phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from consent.models import Consent
from foundation.pages import RelayForm
from foundation.pages.forms import OfThePage
from notifications.channel_names import Channel
from notifications.links import acts, facts, replies
from notifications.links.opening import Opened
from notifications.links.purposes import Purpose
from registry.donors import phones
from registry.donors.guards import months_later
from registry.families.forms.wall import ANSWERS, CHANGE, NO
from registry.samples.models import Sample
from registry.samples.states import SampleState


class OfLink(RelayForm):
    """A form that knows whose link it stands on."""

    def __init__(self, *args: Any, opened: Opened, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opened = opened


class SecondFact(OfLink):
    """Four characters that only the person is likely to know."""

    last_four = forms.CharField(
        label=_("The last four characters of your identity document, or of your phone number"),
        help_text=_("For example 1234 or 002X"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"class": "short", "autocomplete": "off", "autocapitalize": "characters", "size": 6}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask for nothing that is not known: of a relative no document is kept."""
        super().__init__(*args, **kwargs)
        if self.opened.person.donor is None:
            field = self.fields["last_four"]
            field.label = _("The last four digits of your phone number")
            field.help_text = _("For example 1234")

    def clean_last_four(self) -> str:
        """Take four characters, however they are spaced."""
        typed = "".join(str(self.cleaned_data["last_four"]).split())
        if len(typed) != facts.DIGITS:
            raise forms.ValidationError(_("Please type four characters."))
        return typed


class Nothing(OfLink):
    """Only the button."""


class Pause(OfLink):
    """For how long."""

    length = forms.ChoiceField(
        label=_("For how long?"),
        choices=[
            ("3", _("Three months")),
            ("6", _("Half a year")),
            ("12", _("A year")),
            (acts.A_DAY, _("Until a day I name")),
        ],
        widget=forms.RadioSelect,
    )
    until = forms.DateField(label=_("The day you name"), required=False, help_text=_("At most 24 months."))

    def clean_until(self) -> date | None:
        """Take a day that is still to come, and not too far."""
        until: date | None = self.cleaned_data["until"]
        today = timezone.localdate()
        if until is not None and until <= today:
            raise forms.ValidationError(_("Please name a day that is still to come."))
        if until is not None and until > months_later(today, settings.HOLD_MONTHS_MOST):
            raise forms.ValidationError(_("Please name a day within the next 24 months."))
        return until

    def clean(self) -> dict[str, Any]:
        """Ask for the day where it is to be one's own; another one does not matter."""
        said = super().clean()
        if said.get("length") and said["length"] != acts.A_DAY:
            self.errors.pop("until", None)
        if said.get("length") == acts.A_DAY and not said.get("until") and "until" not in self.errors:
            self.add_error("until", _("Please name the day."))
        return said


class Phone(OfLink):
    """The new number."""

    phone = forms.CharField(
        label=_("Your new mobile number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def clean_phone(self) -> str:
        """Read the number."""
        try:
            return phones.check(self.cleaned_data["phone"])
        except phones.PhoneProblem as problem:
            raise forms.ValidationError(problem.sentences) from None


class Withdraw(OfLink):
    """When the sample goes. No reason is asked."""

    samples = forms.ChoiceField(
        label=_("When is your sample destroyed?"),
        choices=[("later", _("In seven days, in case I change my mind")), ("now", _("Now"))],
        widget=forms.RadioSelect,
        initial="later",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask nothing of a sample where none is kept."""
        super().__init__(*args, **kwargs)
        kept = Sample.objects.filter(donor=self.opened.person.donor).exclude(state=SampleState.DESTROYED)
        if not kept.exists():
            del self.fields["samples"]


class WithdrawOne(OfLink):
    """Which of the permissions that stand."""

    consent = forms.CharField(widget=forms.HiddenInput, max_length=36)

    def clean_consent(self) -> UUID:
        """Take one of the person's own."""
        own = Consent.objects.standing().filter(subject=self.opened.person.subject)
        found = {str(pk): pk for pk in own.values_list("pk", flat=True)}.get(self.cleaned_data["consent"])
        if found is None:
            raise forms.ValidationError(_("This permission was withdrawn before."))
        return found


class Stop(OfLink):
    """Only this way, or every way."""

    ways = forms.ChoiceField(
        label=_("What is to stop?"),
        choices=[("this", _("Only what comes by this way")), ("all", _("All messages and calls from us"))],
        widget=forms.RadioSelect,
        initial="this",
    )


class Reply(OfLink):
    """Whether they come, and how many."""

    all_optional = True
    in_a_row: ClassVar[frozenset[str]] = frozenset({"coming"})
    coming = forms.ChoiceField(
        label=_("Will you come?"),
        choices=[("yes", _("Yes, we come")), ("no", _("No, this time not"))],
        widget=forms.RadioSelect,
    )
    people = forms.IntegerField(
        label=_("How many people, with you?"),
        initial=1,
        required=False,  # who does not come counts nobody
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric", "min": 1}),
    )

    standing = OfThePage()  # to which day they answer: it may be moved meanwhile

    def __init__(self, *args: Any, invitation: replies.Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = invitation.most
        self.fields["standing"].initial = invitation.standing
        if invitation.coming is not None:  # said before; it may be said anew
            self.initial = {"coming": "yes" if invitation.coming else "no", "people": invitation.coming or 1}

    def clean(self) -> dict[str, Any]:
        """Count those who come, and no more than there are seats for one household."""
        said = super().clean()
        if said.get("coming") == "no":
            self.errors.pop("people", None)
            return said | {"people": 0}
        people = said.get("people")
        if "people" not in self.errors and (people is None or people < 1):
            self.add_error("people", _("Please say how many come, you among them."))
        elif people is not None and people > self.most:
            words = ngettext(
                "There is a seat for %(most)d person of one family.",
                "There are seats for %(most)d people of one family.",
                self.most,
            )
            self.add_error("people", words % {"most": self.most})
        return said


class HowAreYou(OfLink):
    """A few questions some days after donating."""

    in_a_row: ClassVar[frozenset[str]] = frozenset({"symptoms"})
    wellbeing = forms.ChoiceField(
        label=_("How are you today?"),
        choices=[
            ("5", _("Very well")),
            ("4", _("Well")),
            ("3", _("So-so")),
            ("2", _("Not well")),
            ("1", _("Bad")),
        ],
        widget=forms.RadioSelect,
    )
    symptoms = forms.ChoiceField(
        label=_("Do you have complaints: pain, fever, bleeding, great tiredness?"),
        choices=[("no", pgettext_lazy("complaints", "No")), ("yes", pgettext_lazy("complaints", "Yes"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Is there anything you want to tell us?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    call_me = forms.BooleanField(label=_("Please ring me"), required=False)


class OnTheWall(OfLink):
    """What somebody of the family says to the page for the memorial wall."""

    answer = forms.ChoiceField(label=_("May it appear so?"), choices=ANSWERS, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What should be otherwise?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    standing = OfThePage()  # to which words they answer: they may be others meanwhile

    def __init__(self, *args: Any, standing: str, asked: bool, **kwargs: Any) -> None:
        """Offer a yes and a change only while the family is asked; a no at any time."""
        super().__init__(*args, **kwargs)
        self.fields["standing"].initial = standing
        if not asked:
            self.fields["answer"].label = _("Do you not want it?")
            self.fields["answer"].choices = [one for one in ANSWERS if one[0] == NO]  # type: ignore[attr-defined]
            changed = _("The page was changed meanwhile. Please look at it again.")
            self.fields["answer"].error_messages["invalid_choice"] = changed
            self.fields["words"].label = _("Is there anything you want to tell us?")

    def clean(self) -> dict[str, Any]:
        """A wish for a change says which."""
        said = super().clean()
        if said.get("answer") == CHANGE and not said.get("words", "").strip():
            self.add_error("words", _("Say what should be otherwise."))
        return said


class SendOne(RelayForm):
    """Which link somebody asked for, and by which way it reaches them."""

    purpose = forms.ChoiceField(label=_("What do they want to do?"), widget=forms.RadioSelect)
    channel = forms.ChoiceField(label=_("By which way"), widget=forms.RadioSelect)

    def __init__(
        self, *args: Any, purposes: Sequence[Purpose], ways: Sequence[Channel], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [(one.value, one.label) for one in purposes]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [(one.value, one.label) for one in ways]  # type: ignore[attr-defined]
        if len(ways) == 1:
            self.fields["channel"].initial = ways[0].value
