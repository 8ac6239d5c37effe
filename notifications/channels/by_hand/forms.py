"""What came of a call or a visit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from notifications.channels.by_hand.models import Result
from notifications.channels.by_hand.queries import Person


class Filter(RelayForm):
    """Whose tasks are listed."""

    all_optional = True

    whose = forms.ChoiceField(
        label=_("Whose"), choices=[("", _("Mine")), ("all", _("Everybody's"))], required=False
    )


class Record(RelayForm):
    """How it ended, with whom, and the note of the visit."""

    who = forms.ChoiceField(label=_("Whom did you try to reach?"), widget=forms.RadioSelect)
    result = forms.ChoiceField(label=_("How did it end?"), choices=Result.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("Note"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("How they are, what they need, what was promised. It is sealed."),
    )
    again_on = forms.DateField(label=_("Try again on"), required=False)
    choice_hints = {
        "result": {
            Result.REACHED: _("The task is done."),
            Result.DECLINED: _("If they want to hear nothing more, write that down on their own page."),
            Result.WRONG: _("Nothing goes there any more."),
        }
    }

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [one for one in people if one.reached is None]
        self.people = {str(one.recipient.subject.pk): one.recipient.subject for one in people}
        field = self.fields["who"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(str(one.recipient.subject.pk), one.name) for one in people]
        if len(people) == 1:
            field.initial = next(iter(self.people))

    def said(self) -> dict[str, Any]:
        """Return what was said, for the action."""
        return {**self.cleaned_data, "who": self.people[self.cleaned_data["who"]]}
