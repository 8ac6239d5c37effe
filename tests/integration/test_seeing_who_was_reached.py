"""On the day, and after it: who was reached, who was not, and why not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from foundation.access import Role
from notifications.care.queries.occasions import Outcome
from notifications.channel_names import Channel
from notifications.outbox import Message, MessageState
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState as State
from notifications.recipients import contact
from notifications.recipients.models import Reach
from tests.conftest import sign_in_client
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory
from tests.factories.messages import MessageFactory
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory
from tests.factories.wordings import WordingFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
QINGMING = date(2026, 4, 5)
LONG_AGO = date(2024, 10, 16)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Let it be the day itself, in the afternoon of China."""
    with time_machine.travel(datetime(2026, 4, 5, 6, 0, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def branch() -> Any:
    return BranchFactory()


@pytest.fixture
def staff(branch: Any) -> Any:
    return StaffFactory(role=Role.FAMILY_CARE, branch=branch)


@pytest.fixture
def desk(client: Any, staff: Any) -> Any:
    sign_in_client(client, staff)
    return client


@pytest.fixture
def step() -> Any:
    words = WordingFactory(texts={Channel.SMS: "{{ name }}"})
    names = {"zh-hans": "清明", "zh-hant": "清明", "en": "Qingming"}
    return StepFactory(key="qingming", names=names, channels=["SMS"], wording=words.key, beats_gap=True)


@pytest.fixture
def household(branch: Any, step: Any) -> Any:
    """Make a household with a day of remembrance in a state, and one relative."""

    def make(state: str, *, on: date = QINGMING, where: Any = None, **more: Any) -> Touchpoint:
        family = FamilyFactory(branch=where or branch, about={"died_on": LONG_AGO, "gave_on": LONG_AGO})
        MemberFactory(family=family)
        plan = PlanFactory(family=family, branch=where or branch)
        return TouchpointFactory(plan=plan, step=step, on_date=on, state=State(state), **more)

    return make


def relative(touchpoint: Touchpoint) -> Any:
    assert touchpoint.plan.family is not None
    return touchpoint.plan.family.members.order_by("id").first()


def message(touchpoint: Touchpoint, member: Any, state: str, why: str = "") -> Message:
    return MessageFactory(
        subject=member.subject,
        touchpoint=touchpoint,
        channel=Channel.SMS,
        bereaved=True,
        state=MessageState(state),
        why=why,
        settled_at=timezone.now(),
    )


class TestTheDayItself:
    def test_says_of_each_household_what_became_of_it_and_why(self, desk, household):
        sent = household("SENT")
        message(sent, relative(sent), "SENT")
        failed = household("FAILED")
        message(failed, relative(failed), "FAILED", why="gateway_invalid_number")
        household("HELD", held_reason="dispute")
        household("SKIPPED", why="not_fitting")
        household("PLANNED")
        household("DONE")

        page = desk.get(reverse("care:occasion", args=[2026, "qingming"]), headers=ENGLISH)

        shown = [
            (
                str(outcome.label),
                [str(reason.words) for _line, whys in lines for reason, _n in whys],
                len(lines),
            )
            for outcome, _kind, lines in page.context["groups"]
        ]
        assert shown == [
            ("Nobody was reached", ["The number cannot be reached"], 1),
            ("Held", ["The family is in a dispute"], 1),
            ("Still to come", [], 1),
            ("Left out", ["It does not fit now"], 1),
            ("Reached", [], 2),
        ]
        text = page.content.decode()
        assert "Qingming 2026" in text
        assert "6 families" in text
        assert "1 person was not reached" in text

    def test_counts_by_year_as_the_page_of_the_occasion_does(self, desk, household):
        household("DONE")
        household("HELD", held_reason="dispute")
        household("DONE", on=date(2027, 4, 5))

        page = desk.get(reverse("care:occasions"), {"year": "2026"}, headers=ENGLISH)

        (one,) = page.context["occasions"]
        assert (one.name, one.households) == ("Qingming", 2)
        assert [(outcome, n) for outcome, n, _kind in one.tags] == [(Outcome.HELD, 1), (Outcome.REACHED, 1)]
        assert reverse("care:occasion", args=[2026, "qingming"]) in page.content.decode()

    def test_names_who_was_not_reached_beside_somebody_who_was(self, desk, household):
        sent = household("SENT")
        message(sent, relative(sent), "SENT")
        son = MemberFactory(family=sent.plan.family)
        message(sent, son, "CANCELLED", why="no_consent")
        daughter = MemberFactory(family=sent.plan.family)
        contact.mark(daughter.subject, "SMS", Reach.STOPPED, by=SETTER_UP, at=timezone.now())

        page = desk.get(reverse("care:occasion", args=[2026, "qingming"]), headers=ENGLISH)

        ((_outcome, _kind, ((_line, whys),)),) = page.context["groups"]
        assert [(str(reason.words), n) for reason, n in whys] == [
            ("They stopped this way themselves", 1),
            ("They did not agree to this way", 1),
        ]

    def test_a_second_try_that_arrived_is_no_failure(self, desk, household):
        sent = household("SENT")
        message(sent, relative(sent), "FAILED", why="gateway_content")
        message(sent, relative(sent), "SENT")

        page = desk.get(reverse("care:occasion", args=[2026, "qingming"]), headers=ENGLISH)

        ((outcome, _kind, ((_line, whys),)),) = page.context["groups"]
        assert (outcome, whys) == (Outcome.REACHED, [])


class TestWhatIsNotShown:
    def test_is_what_is_no_longer_theirs(self, desk, household):
        household("DONE")
        for why in ("no_longer", "moved", "joined"):
            household("CANCELLED", why=why)
        household("CANCELLED", why="no_more")

        page = desk.get(reverse("care:occasion", args=[2026, "qingming"]), headers=ENGLISH)

        assert [(str(o.label), len(lines)) for o, _k, lines in page.context["groups"]] == [
            ("Left out", 1),
            ("Reached", 1),
        ]

    def test_is_what_another_branch_looks_after(self, desk, household):
        household("DONE", where=BranchFactory())

        assert desk.get(reverse("care:occasion", args=[2026, "qingming"])).status_code == 404
        assert desk.get(reverse("care:occasions"), {"year": "2026"}).context["occasions"] == []

    @pytest.mark.parametrize("year", ["", "x", "0", "99999", "²", "-1", "1" * 5000])
    def test_a_year_that_is_none_shows_this_one(self, desk, year):
        page = desk.get(reverse("care:occasions"), {"year": year})

        assert (page.status_code, page.context["year"]) == (200, 2026)

    @pytest.mark.parametrize("where", [(1, "qingming"), (99999, "qingming"), (2026, "nothing")])
    def test_an_occasion_that_is_none_is_not_there(self, desk, household, where):
        household("DONE")

        assert desk.get(reverse("care:occasion", args=where)).status_code == 404


def test_asks_as_little_of_many_as_of_few(desk, household, django_assert_max_num_queries):
    def kept(n: int) -> None:
        for _n in range(n):
            failed, sent = household("FAILED"), household("SENT")
            MemberFactory(family=sent.plan.family)  # who shares the telephone: no copy of their own
            message(failed, relative(failed), "FAILED", why="gateway_content")
            message(sent, relative(sent), "SENT")

    kept(3)
    url = reverse("care:occasion", args=[2026, "qingming"])
    desk.get(url)  # what is asked once a process
    with CaptureQueriesContext(connection) as few:
        desk.get(url)
    kept(6)

    with django_assert_max_num_queries(len(few)):
        desk.get(url)
