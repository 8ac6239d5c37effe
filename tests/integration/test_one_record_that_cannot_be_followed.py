"""One record that cannot be seen to ends no sweep: what is due beside it leaves. Source: messaging.md, 4."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from foundation.access import command_actor
from notifications import outbox
from notifications.answers.actions import learning
from notifications.answers.models import Answer
from notifications.outbox import Message, following, settling, standing_in
from notifications.paging import endangered, tending
from notifications.paging import tasks as paging_tasks
from notifications.plans import actions as plans
from notifications.plans.models import Touchpoint
from registry.cases.states import CaseState
from tests.factories.cases import CaseFactory
from tests.factories.families import MemberFactory
from tests.factories.messages import MessageFactory
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # ten o'clock in China
LATER = MORNING + timedelta(hours=1)


def message(**more: Any) -> Message:
    member = MemberFactory()
    return MessageFactory(subject=member.subject, due_at=MORNING, bereaved=True, **more)


def settled(*, state: str = "SENT", stands: str = "APPROVED", days: int = 0, **more: Any) -> Touchpoint:
    """Return a touchpoint whose one message was settled some days ago, and which did not follow."""
    member = MemberFactory()
    step = StepFactory(channels=["EMAIL"])
    touchpoint = TouchpointFactory(plan=PlanFactory(family=member.family), state=stands, step=step, **more)
    at = MORNING - timedelta(days=days)
    MessageFactory(subject=member.subject, touchpoint=touchpoint, state=state, due_at=at, settled_at=at)
    return touchpoint


def stands(touchpoint: Touchpoint) -> str:
    return str(Touchpoint.objects.get(pk=touchpoint.pk).state)


def breaking(monkeypatch: Any, room: Any, name: str, broken: Any) -> None:
    """Let one act fail for one record, as a seal does that is broken."""
    act = getattr(room, name)

    def acts(one: Any, *more: Any, **said: Any) -> Any:
        if one.pk == broken.pk:
            raise ValueError
        return act(one, *more, **said)

    monkeypatch.setattr(room, name, acts)


class TestTheSweep:
    def test_follows_the_next_and_tells_of_what_is_due(self, monkeypatch):
        broken, next_one = settled(), settled()
        due = message()
        breaking(monkeypatch, plans, "follow", broken)

        assert outbox.sweep(at=LATER) == 1

        assert (stands(broken), stands(next_one)) == ("APPROVED", "SENT")
        assert Message.objects.get(pk=due.pk).told_at == LATER

    def test_has_somebody_stand_in_though_the_first_cannot_be_looked_at(self, monkeypatch):
        lost = [settled(state="CANCELLED") for _n in range(2)]
        Message.objects.update(why="dead")
        seen: list[Any] = []
        monkeypatch.setattr(standing_in, "see_to", lambda one, **_said: seen.append(one.pk))
        breaking(monkeypatch, standing_in, "see_to", lost[0])
        due = message()

        assert outbox.sweep(at=LATER) == 1

        assert lost[1].pk in seen
        assert Message.objects.get(pk=due.pk).told_at == LATER

    @pytest.mark.parametrize("state", ["CLAIMED", "SENDING"])
    def test_frees_the_next_of_what_a_lost_worker_left(self, monkeypatch, state):
        broken, next_one = message(state=state), message(state=state)
        breaking(monkeypatch, settling, {"CLAIMED": "mine", "SENDING": "leave_to_a_person"}[state], broken)

        outbox.sweep(at=LATER)

        left = {"CLAIMED": "DUE", "SENDING": "UNKNOWN"}[state]
        assert Message.objects.get(pk=broken.pk).state == state
        assert Message.objects.get(pk=next_one.pk).state == left

    @pytest.mark.parametrize(("room", "name"), [(settling, "lapse"), (following, "catch_up")])
    def test_tells_of_what_is_due_whatever_comes_before(self, monkeypatch, room, name):
        def fails(**_said: Any) -> int:
            raise ValueError

        monkeypatch.setattr(room, name, fails)
        message()
        assert outbox.sweep(at=LATER) == 1

    @pytest.mark.parametrize(
        ("before", "state", "after"),
        [("APPROVED", "FAILED", "FAILED"), ("APPROVED", "SENT", "SENT"), ("UNKNOWN", "SENT", "SENT")],
    )
    def test_follows_what_was_settled_before_a_holiday_without_workers(self, before, state, after):
        touchpoint = settled(state=state, stands=before, days=9)
        outbox.sweep(at=LATER)
        assert stands(touchpoint) == after

    @pytest.mark.parametrize("days", [0, 9])
    @pytest.mark.parametrize("way", ["CALL", "VISIT", "LETTER"])
    def test_leaves_to_a_person_what_they_do_after_a_machine_failed(self, way, days):
        touchpoint = settled(state="FAILED", channel=way, days=days)
        assert following.catch_up(at=LATER) == 0
        assert stands(touchpoint) == "APPROVED"


class TestTheMinuteOfAlarms:
    def test_calls_for_the_other_match_and_takes_alarms_further(self, monkeypatch):
        broken, other = (CaseFactory(state=CaseState.CONDITIONING) for _n in range(2))
        seen: list[Any] = []
        monkeypatch.setattr(endangered, "_in_danger_since", lambda case: seen.append(case.pk))
        breaking(monkeypatch, endangered, "_in_danger_since", broken)
        tended: list[datetime] = []
        monkeypatch.setattr(tending, "tend", lambda *, at: tended.append(at))

        paging_tasks.tend()

        assert seen == [other.pk]
        assert len(tended) == 1

    def test_goes_on_where_no_match_can_be_read_at_all(self, monkeypatch):
        def broken(*, at: datetime) -> None:
            raise ValueError(at)

        tended: list[datetime] = []
        monkeypatch.setattr(endangered, "watch", broken)
        monkeypatch.setattr(tending, "tend", lambda *, at: tended.append(at))

        paging_tasks.tend()

        assert len(tended) == 1


class TestLearning:
    def test_learns_from_the_next(self, monkeypatch):
        broken, next_one = (
            message(state="FAILED", channel="SMS", why="gateway_invalid_number", settled_at=MORNING)
            for _n in range(2)
        )
        breaking(monkeypatch, learning, "came_back", broken)

        assert learning.learn(by=command_actor(), at=LATER) == 1
        assert Answer.objects.get().message_id == next_one.pk
