"""Nobody was reached by machine: the same words are released as a letter, and nobody has them twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from foundation import moves
from foundation.access import Role
from notifications import outbox
from notifications.channel_names import Channel
from notifications.channels import post
from notifications.outbox import Message
from notifications.plans import actions
from notifications.plans.models import Touchpoint
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import StaffFactory, actor
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory
from tests.factories.wordings import WordingFactory

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # ten o'clock in China
DIED = date(2024, 5, 1)


@pytest.fixture
def mei() -> Any:
    words = "{{ name }}：愿您安好。"
    WordingFactory(key="family.letter", texts={Channel.SMS: words, Channel.LETTER: words})
    return StaffFactory(role=Role.FAMILY_CARE)


def released(mei: Any) -> Touchpoint:
    """A touchpoint that was released by SMS to a widow."""
    family = FamilyFactory(branch=mei.roles.get().branch, about={"died_on": DIED, "gave_on": DIED})
    MemberFactory(family=family)
    step = StepFactory(wording="family.letter", channels=["SMS", "LETTER"], beats_gap=True)
    made = TouchpointFactory(plan=PlanFactory(family=family), step=step, state="DUE", on_date=MORNING.date())
    actions.approve(made, by=actor(mei), at=MORNING, channel="SMS")
    return fresh(made)


def fresh(touchpoint: Touchpoint) -> Touchpoint:
    return Touchpoint.objects.select_related("plan", "step").get(pk=touchpoint.pk)


def failed(touchpoint: Touchpoint) -> Touchpoint:
    """Let the one message of it fail, as to a number that is nobody's."""
    Message.objects.update(state="SENDING", claimed_by="here", lease_until=MORNING)
    outbox.fail(Message.objects.get(), at=MORNING, why="gateway_invalid_number")
    actions.follow(fresh(touchpoint), at=MORNING)
    return fresh(touchpoint)


class TestWhatReachedNobody:
    def test_is_released_as_a_letter_and_can_be_printed(self, mei):
        touchpoint = failed(released(mei))
        assert touchpoint.state == "FAILED"

        actions.approve(touchpoint, by=actor(mei), at=MORNING, channel="LETTER")

        letter = post.letter_of(fresh(touchpoint), at=MORNING)
        assert (fresh(touchpoint).state, letter.why) == ("APPROVED", "")

    def test_stays_released_whatever_is_heard_late_of_what_failed(self, mei):
        touchpoint = failed(released(mei))
        actions.approve(touchpoint, by=actor(mei), at=MORNING, channel="LETTER")

        actions.follow(fresh(touchpoint), at=MORNING)
        outbox.sweep(at=MORNING + timedelta(minutes=1))

        assert fresh(touchpoint).state == "APPROVED"

    def test_is_sent_after_all_where_a_late_receipt_says_so(self, mei):
        touchpoint = failed(released(mei))
        actions.approve(touchpoint, by=actor(mei), at=MORNING, channel="LETTER")
        Message.objects.update(state="SENT", sent_at=MORNING)

        actions.follow(fresh(touchpoint), at=MORNING)

        assert fresh(touchpoint).state == "SENT"


class TestWhatReachedSomebody:
    @pytest.mark.parametrize("state", ["SENT", "UNKNOWN"])
    def test_is_not_released_again(self, mei, state):
        touchpoint = released(mei)
        Message.objects.update(state=state, sent_at=MORNING)
        actions.follow(touchpoint, at=MORNING)

        with pytest.raises(moves.Refused):
            actions.approve(fresh(touchpoint), by=actor(mei), at=MORNING, channel="LETTER")
