"""What is to be done with a touchpoint now: one word each, so that every count opens what it counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.channel_names import Channel
from notifications.plans import sendings
from notifications.plans.models import Touchpoint
from notifications.plans.states import PlanState
from notifications.plans.states import TouchpointState as State


class Work(models.TextChoices):
    """What waits for a person. Source: design/pages.md, "Care calendar"."""

    APPROVE = "approve", _("To release")
    PRINT = "print", _("To print and post")
    CALL = "call", _("To call or visit")
    HELD = "held", _("Held")
    UNKNOWN = "unknown", _("May have been sent")
    FAILED = "failed", _("Nobody was reached")


KINDS: Final[dict[str, str]] = {  # the colour and shape of each
    Work.APPROVE: "due",
    Work.PRINT: "due",
    Work.CALL: "due",
    Work.HELD: "wait",
    Work.UNKNOWN: "bad",
    Work.FAILED: "bad",
}
_BY_VOICE: Final = frozenset({Channel.CALL, Channel.VISIT})
_BY_MACHINE: Final = [way for way in Channel if way not in _BY_VOICE and way != Channel.LETTER]
_OF_STATE: Final = {State.HELD: Work.HELD, State.UNKNOWN: Work.UNKNOWN, State.FAILED: Work.FAILED}
_DONE: Final = frozenset({State.SENT, State.DONE, State.RESPONDED})


def work_of(touchpoint: Touchpoint, *, today: date) -> Work | None:
    """Return what a person is to do with a touchpoint now, or None."""
    state = State(touchpoint.state)
    if state in _OF_STATE:
        return _OF_STATE[state]
    way = sendings.way_of(touchpoint)
    if state == State.DUE or (
        state == State.PLANNED and touchpoint.on_date <= _until(touchpoint, way, today)
    ):
        return Work.APPROVE
    if state != State.APPROVED:
        return None
    if way == Channel.LETTER:
        return Work.PRINT
    return Work.CALL if way in _BY_VOICE and touchpoint.on_date <= today else None


def kind_of(touchpoint: Touchpoint, *, today: date) -> str:
    """Return the kind of the tag that shows where a touchpoint stands."""
    work = work_of(touchpoint, today=today)
    if work is not None:
        return KINDS[work]
    return "good" if touchpoint.state in _DONE else "none"


def waiting(today: date) -> Q:
    """Return the condition that a person has something to do with a touchpoint, or may have."""
    asked = Q(state__in=[State.DUE, State.HELD, State.UNKNOWN, State.FAILED, State.APPROVED])
    by_letter = Q(channel=Channel.LETTER) | Q(channel="", step__channels__0=Channel.LETTER)
    by_machine = Q(channel__in=_BY_MACHINE) | Q(channel="", step__channels__0__in=_BY_MACHINE)
    ahead = by_letter | Q(by_machine, step__needs_approval=True)
    return (
        asked
        | Q(state=State.PLANNED, on_date__lte=today)
        | Q(
            ahead,
            state=State.PLANNED,
            plan__state=PlanState.ACTIVE,
            on_date__lte=today + timedelta(days=settings.LETTER_LEAD_DAYS),
        )
    )


def _until(touchpoint: Touchpoint, way: str, today: date) -> date:
    """
    Return up to which day a touchpoint is to be released now.

    A letter has still to be printed and carried, and a message that a person releases leaves on its day
    even where that is a holiday; a call or a visit is made on its day.
    """
    is_ahead = way == Channel.LETTER or (way in _BY_MACHINE and touchpoint.step.needs_approval)
    return today + timedelta(days=settings.LETTER_LEAD_DAYS) if is_ahead else today
