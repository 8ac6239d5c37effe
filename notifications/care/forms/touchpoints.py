"""Forms of one touchpoint: release it, hold it, leave it out, do it by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.pages import RelayForm
from notifications.channel_names import Channel
from notifications.plans import ways as of_plans
from notifications.plans import whys
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState

LONGEST_NOTE: Final = 2000  # characters


class OneOfSeveral(RelayForm):
    """A form beside others on one page: its fields have ids of their own, so that labels find them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{type(self).__name__.lower()}_%s", **kwargs)


class Approve(OneOfSeveral):
    """By which way it goes, of those not tried; without a choice by the first that works."""

    channel = forms.ChoiceField(label=_("By which way"), required=False)

    def __init__(self, *args: Any, touchpoint: Touchpoint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        failed = touchpoint.state == TouchpointState.FAILED
        left = of_plans.untried(touchpoint) if failed else touchpoint.step.channels
        ways = [Channel(way) for way in left]
        self.is_open = bool(ways)
        first = [("", _("The first that works"))]
        self.fields["channel"].choices = [*first, *((way.value, way.label) for way in ways)]  # type: ignore[attr-defined]


class ApproveSeveral(OneOfSeveral):
    """By which way all that is ticked goes; without a choice each goes by the first that works."""

    channel = forms.ChoiceField(label=_("By which way"), required=False)

    def __init__(self, *args: Any, touchpoints: Iterable[Touchpoint], **kwargs: Any) -> None:
        """Take what may be ticked: every way that one of their steps names is offered."""
        super().__init__(*args, **kwargs)
        self.offer(touchpoints)

    def offer(self, touchpoints: Iterable[Touchpoint]) -> None:
        """Offer every way that one of their steps names."""
        named = {way for touchpoint in touchpoints for way in touchpoint.step.channels}
        ways = [("", _("The first that works")), *((w.value, w.label) for w in Channel if w in named)]
        self.fields["channel"].choices = ways  # type: ignore[attr-defined]


class Hold(OneOfSeveral):
    """Why it is held."""

    why = forms.ChoiceField(
        label=_("Why"), choices=[(one.value, one.label) for one in whys.HOLDS], widget=forms.RadioSelect
    )


class Skip(OneOfSeveral):
    """Why it is left out this time."""

    why = forms.ChoiceField(
        label=_("Why"), choices=[(one.value, one.label) for one in whys.SKIPS], widget=forms.RadioSelect
    )


class Done(OneOfSeveral):
    """What a person did by hand, and what they want to note."""

    channel = forms.ChoiceField(
        label=_("How"),
        choices=[(way.value, way.label) for way in (Channel.CALL, Channel.VISIT, Channel.LETTER)],
        widget=forms.RadioSelect,
    )
    people = forms.MultipleChoiceField(
        label=_("Who was reached"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("One of them was reached by another way meanwhile. Please tick again.")
        },
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("What matters to whoever meets them next. It is sealed."),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Take whom it may be: subjects and their masked names."""
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = people  # type: ignore[attr-defined]
        if len(people) == 1:
            self.initial.setdefault("people", [people[0][0]])
