"""A colleague rings somebody for another reason, while the first caller was away from the screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from foundation.access import Role
from registry.donors import actions
from registry.donors.models import Call, CallKind, CallTask
from registry.donors.states import DonorState
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


@pytest.fixture
def county() -> Any:
    return BranchFactory()


@pytest.fixture
def tasks(county: Any) -> list[CallTask]:
    """Return two calls to one person."""
    donor = DonorFactory(branch=county, state=DonorState.TYPED)
    return [CallTaskFactory(donor=donor, kind=kind) for kind in (CallKind.PRE_LISTING, CallKind.OTHER)]


def test_the_first_screen_shows_no_number_any_more(
    county: Any, tasks: list[CallTask], signed_in: Callable[[Any], Client]
) -> None:
    first, second = (signed_in(StaffFactory(role=Role.COORDINATOR, branch=county)) for _ in range(2))
    pages = [reverse("donors:call", args=[task.pk]) for task in tasks]
    with time_machine.travel(AT, tick=False) as clock:
        first.post(reverse("donors:open-call", args=[tasks[0].pk]))
        assert "tel:" in first.get(pages[0]).content.decode()
        clock.shift(timedelta(minutes=25))
        second.post(reverse("donors:open-call", args=[tasks[1].pk]))

        assert "tel:" not in first.get(pages[0]).content.decode()
        assert "tel:" in second.get(pages[1]).content.decode()

    assert CallTask.objects.filter(held_by__isnull=False).get() == tasks[1]


def test_a_call_is_not_kept_while_a_colleague_rings_the_person(county: Any, tasks: list[CallTask]) -> None:
    first, second = (StaffFactory(role=Role.COORDINATOR, branch=county) for _ in range(2))
    by, later = actor(first, at=AT), AT + timedelta(minutes=25)
    assert actions.take(tasks[0], by=by, at=AT)
    assert actions.stay(tasks[0], by=by, at=AT)
    until = later + timedelta(minutes=20)
    CallTask.objects.filter(pk=tasks[1].pk).update(held_by=second, held_until=until)

    assert not actions.stay(tasks[0], by=by, at=later)

    assert CallTask.objects.get(held_until__gt=later) == tasks[1]


def test_a_screen_whose_call_is_not_kept_shows_no_number(
    county: Any, tasks: list[CallTask], signed_in: Callable[[Any], Client]
) -> None:
    first, second = (StaffFactory(role=Role.COORDINATOR, branch=county) for _ in range(2))
    with time_machine.travel(AT, tick=False):
        CallTask.objects.filter(pk=tasks[0].pk).update(held_by=first, held_until=AT - timedelta(minutes=1))
        CallTask.objects.filter(pk=tasks[1].pk).update(held_by=second, held_until=AT + timedelta(minutes=9))

        page = signed_in(first).get(reverse("donors:call", args=[tasks[0].pk])).content.decode()

    assert "tel:" not in page


class TestWhatWasTypedOnAScreenThatIsNotOnesOwnAnyMore:
    @pytest.fixture
    def lin(self, county: Any) -> Any:
        return StaffFactory(role=Role.COORDINATOR, branch=county)

    @staticmethod
    def say(desk: Client, task: CallTask) -> Any:
        typed = {"number": "donor", "result": "NO_ANSWER", "words": "晚上再打"}
        with time_machine.travel(AT, tick=False):
            return desk.post(reverse("donors:call", args=[task.pk]), typed, headers={"accept-language": "en"})

    def test_comes_back_with_a_sentence_while_a_colleague_rings(
        self, county: Any, lin: Any, tasks: list[CallTask], signed_in: Callable[[Any], Client]
    ) -> None:
        colleague = StaffFactory(role=Role.COORDINATOR, branch=county)
        held = {"held_by": colleague, "held_until": AT + timedelta(minutes=9)}
        CallTask.objects.filter(pk=tasks[1].pk).update(**held)
        desk = signed_in(lin)

        answer = self.say(desk, tasks[0])

        page = answer.content.decode()
        assert answer.status_code == 409
        assert "A colleague has taken this call over. Nothing was written down." in page
        assert "晚上再打" in page
        assert 'value="NO_ANSWER"' in page
        assert "tel:" not in page
        assert not Call.objects.exists()

    def test_is_written_down_where_nobody_else_rings(
        self, lin: Any, tasks: list[CallTask], signed_in: Callable[[Any], Client]
    ) -> None:
        assert self.say(signed_in(lin), tasks[0]).status_code == 302
        assert Call.objects.get().task == tasks[0]
