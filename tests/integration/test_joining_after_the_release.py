"""Who joins a household after an occasion was released: it says so, and a person releases it to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from foundation import moves
from foundation.access import Role, command_actor
from foundation.trail.models import TrailRow
from notifications.answers.actions import received
from notifications.channel_names import Channel
from notifications.outbox import Message
from notifications.plans import actions, joined
from notifications.plans.models import Touchpoint
from tests.conftest import sign_in_client
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import StaffFactory, actor
from tests.factories.messages import approved_words
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory

pytestmark = pytest.mark.django_db
DIED = date(2024, 5, 1)
HERS = "her@example.org"
PHONE = "+8613800138111"


@pytest.fixture
def mei() -> Any:
    return StaffFactory(role=Role.FAMILY_CARE)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Let it be a Friday, and past the hour at which words to families leave."""
    with time_machine.travel(datetime(2026, 11, 20, 6, 0, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def sent(mei: Any) -> Touchpoint:
    """One that went out to a widow by e-mail this morning."""
    approved_words("family.qingming")
    family = FamilyFactory(branch=mei.roles.get().branch, about={"died_on": DIED, "gave_on": DIED})
    MemberFactory(family=family, about={"email": "home@example.org", "phone": PHONE})
    step = StepFactory(wording="family.qingming", channels=["EMAIL"], beats_gap=True)
    now = timezone.now()
    made = TouchpointFactory(
        plan=PlanFactory(family=family), step=step, state="DUE", on_date=timezone.localdate()
    )
    actions.approve(made, by=actor(mei), at=now - timedelta(seconds=1))
    Message.objects.update(state="SENT", sent_at=now, begun_at=now, settled_at=now)
    actions.follow(made, at=now)
    assert fresh(made).state == "SENT"
    return fresh(made)


def fresh(touchpoint: Touchpoint) -> Touchpoint:
    return Touchpoint.objects.select_related("plan__family__giver", "step").get(pk=touchpoint.pk)


def daughter_of(touchpoint: Touchpoint, email: str = HERS) -> Any:
    return MemberFactory(
        family=touchpoint.plan.family,
        kin="CHILD",
        about={"name": "李芳", "email": email, "phone": ""},
        at=timezone.now(),
    )


class TestWhoJoined:
    def test_stands_there_as_not_meant_on_its_page_and_its_line(self, client, mei, sent):
        daughter_of(sent)
        sign_in_client(client, mei)

        page = client.get(reverse("care:touchpoint", args=[sent.pk]))
        day = client.get(reverse("care:home"))

        assert reverse("care:release-to", args=[sent.pk]) in page.content.decode()
        lines = [line for one in day.context["days"] for line in one.lines]
        assert [line.somebody_joined for line in lines] == [True]

    def test_has_one_copy_by_a_person_and_no_second(self, client, mei, sent):
        daughter = daughter_of(sent)
        sign_in_client(client, mei)

        for _twice in range(2):
            client.post(reverse("care:release-to", args=[sent.pk]), {"person": str(daughter.subject_id)})

        assert list(sent.messages.order_by("id").values_list("state", flat=True)) == ["SENT", "DUE"]
        assert sent.messages.get(state="DUE").subject_id == daughter.subject_id
        assert fresh(sent).state == "SENT"
        assert TrailRow.objects.get(verb="touchpoint.released_to").by_id == str(mei.pk)
        assert joined.since_release(fresh(sent)) == []

    def test_has_none_after_its_day(self, mei, sent):
        daughter = daughter_of(sent)

        with pytest.raises(moves.Refused):
            actions.release_to(
                sent, daughter.subject_id, by=actor(mei), at=timezone.now() + timedelta(days=1)
            )

    def test_has_none_while_the_plan_rests(self, mei, sent):
        daughter = daughter_of(sent)
        type(sent.plan).objects.filter(pk=sent.plan_id).update(state="PAUSED")

        with pytest.raises(moves.Refused):
            actions.release_to(sent, daughter.subject_id, by=actor(mei), at=timezone.now())

    def test_has_none_where_no_way_is_open(self, mei, sent):
        daughter = daughter_of(sent, email="")

        with pytest.raises(moves.Refused):
            actions.release_to(sent, daughter.subject_id, by=actor(mei), at=timezone.now())

    def test_has_none_at_a_mailbox_that_has_one_on_its_way(self, mei, sent):
        first, second = daughter_of(sent), daughter_of(sent, email=HERS.upper())
        actions.release_to(sent, first.subject_id, by=actor(mei), at=timezone.now())

        with pytest.raises(moves.Refused):
            actions.release_to(sent, second.subject_id, by=actor(mei), at=timezone.now())

        assert sent.messages.count() == 2

    def test_has_none_while_somebody_answered_and_nobody_read_it(self, mei, sent):
        daughter, now = daughter_of(sent), timezone.now()
        received(Channel.SMS, PHONE, "我妈妈病了", provider_id="P-1", by=command_actor(), at=now)

        with pytest.raises(moves.Refused):
            actions.release_to(sent, daughter.subject_id, by=actor(mei), at=now)

        assert sent.messages.count() == 1

    def test_is_released_to_by_nobody_who_may_not_release(self, sent):
        daughter = daughter_of(sent)

        with pytest.raises(moves.NotAllowed):
            actions.release_to(
                sent, daughter.subject_id, by=actor(StaffFactory(role=Role.AUDITOR)), at=timezone.now()
            )


class TestWhoWasThere:
    def test_is_not_released_to_anew(self, mei, sent):
        with pytest.raises(moves.Refused):
            actions.release_to(sent, sent.messages.get().subject_id, by=actor(mei), at=timezone.now())
