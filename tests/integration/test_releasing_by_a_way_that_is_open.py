"""Releasing what goes to a household: by the first way open to somebody, and anew where one failed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from foundation import moves, vault
from foundation.access import Role
from notifications import outbox
from notifications.care.work import Work, work_of
from notifications.channel_names import Channel
from notifications.channels import post
from notifications.outbox import Message, MessageState, following
from notifications.plans import actions as plans
from notifications.plans import sendings
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from notifications.recipients import contact
from notifications.recipients.models import Reach
from tests.conftest import sign_in_client
from tests.factories.donors import DonorFactory
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory, actor
from tests.factories.messages import MessageFactory
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory
from tests.factories.wordings import WordingFactory

pytestmark = pytest.mark.django_db
LAST_YEAR = date(2025, 10, 16)
ENGLISH = {"accept-language": "en"}
SEVERAL = "care:approve-several"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Let it be a Friday, and past the hour at which words to families leave."""
    with time_machine.travel(datetime(2026, 11, 20, 6, 0, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def branch() -> Any:
    return BranchFactory()


@pytest.fixture
def staff(branch: Any) -> Any:
    return StaffFactory(role=Role.FAMILY_CARE, branch=branch)


@pytest.fixture
def mei(staff: Any) -> Any:
    return actor(staff)


@pytest.fixture
def desk(client: Any, staff: Any) -> Any:
    sign_in_client(client, staff)
    return client


@pytest.fixture
def widow(branch: Any) -> Any:
    """She has a telephone and a home, and no mailbox."""
    family = FamilyFactory(branch=branch, about={"died_on": LAST_YEAR, "gave_on": LAST_YEAR})
    return MemberFactory(family=family, about={"email": ""})


def occasion(member: Any, *ways: str, state: str = "DUE", on: Any = None, **more: Any) -> Touchpoint:
    texts = dict.fromkeys(map(Channel, ways), "{{ name }}")
    step = StepFactory(channels=list(ways), wording=WordingFactory(texts=texts).key, beats_gap=True)
    day = on or timezone.localdate()
    stands = TouchpointState(state)
    return TouchpointFactory(
        plan=PlanFactory(family=member.family), step=step, on_date=day, state=stands, **more
    )


def fresh(touchpoint: Touchpoint) -> Touchpoint:
    return Touchpoint.objects.select_related("plan__family__giver", "step").get(pk=touchpoint.pk)


def stop(member: Any, *ways: str) -> None:
    for way in ways:
        contact.mark(member.subject, way, Reach.STOPPED, by=SETTER_UP, at=timezone.now())


def approve(touchpoint: Touchpoint, mei: Any, channel: str = "") -> Touchpoint:
    plans.approve(touchpoint, by=mei, at=timezone.now(), channel=channel)
    return fresh(touchpoint)


def failed(member: Any, mei: Any, *ways: str, why: str = "gateway_content") -> Touchpoint:
    """An occasion whose SMS failed, so that nobody was reached."""
    touchpoint = occasion(member, *(ways or ("SMS", "LETTER", "CALL")))
    now = timezone.now()
    plans.approve(touchpoint, by=mei, at=now, channel="SMS")
    message = outbox.claim(touchpoint.messages.get().pk, at=now)
    assert message is not None
    message.save(update_fields=vault.seal(message, key=member.subject.key_id, sent_to=phone(member)))
    outbox.fail(message, at=now, why=why)
    following.follow(Message.objects.get(pk=message.pk), at=now)
    touchpoint = fresh(touchpoint)
    assert touchpoint.state == TouchpointState.FAILED
    return touchpoint


def phone(member: Any) -> str:
    return str(vault.open_one(member, "phone")["phone"])


class TestTheFirstWay:
    def test_is_the_first_that_is_open_to_somebody_of_the_household(self, widow, mei):
        stop(widow, "LETTER")

        touchpoint = approve(occasion(widow, "LETTER", "SMS"), mei)

        assert (touchpoint.state, touchpoint.channel) == ("APPROVED", "SMS")
        assert touchpoint.messages.get().channel == "SMS"

    def test_is_a_letter_where_another_of_the_household_may_have_one(self, widow, mei):
        MemberFactory(family=widow.family, about={"name": "周小明", "kin": "CHILD"})
        stop(widow, "LETTER")

        touchpoint = approve(occasion(widow, "LETTER", "SMS"), mei)

        assert not touchpoint.messages.exists()
        assert work_of(touchpoint, today=touchpoint.on_date) == Work.PRINT
        assert post.letter_of(touchpoint, at=timezone.now()).why == ""

    def test_is_a_call_where_no_letter_may_go(self, widow, mei):
        stop(widow, "LETTER")

        touchpoint = approve(occasion(widow, "LETTER", "CALL", "SMS"), mei)

        assert (touchpoint.channel, touchpoint.messages.count()) == ("CALL", 0)

    def test_is_a_letter_where_no_machine_reaches_anybody(self, widow, mei):
        touchpoint = approve(occasion(widow, "EMAIL", "LETTER"), mei)

        assert (touchpoint.channel, touchpoint.messages.count()) == ("LETTER", 0)

    def test_is_another_for_each_where_machines_come_first(self, widow, mei):
        MemberFactory(family=widow.family, about={"name": "周小明", "kin": "CHILD", "phone": ""})

        touchpoint = approve(occasion(widow, "SMS", "EMAIL"), mei)

        assert touchpoint.channel == ""
        assert set(touchpoint.messages.values_list("channel", flat=True)) == {"SMS", "EMAIL"}

    def test_is_no_machine_s_before_the_hundredth_day(self, branch, mei):
        lately, now = timezone.localdate() - timedelta(days=20), timezone.now()
        family = FamilyFactory(branch=branch, about={"died_on": lately, "gave_on": lately}, at=now)
        member = MemberFactory(family=family)
        stop(member, "LETTER")

        assert approve(occasion(member, "LETTER", "SMS", "CALL"), mei).channel == "CALL"
        with pytest.raises(moves.Refused):
            approve(occasion(member, "LETTER", "SMS"), mei)

    def test_is_refused_with_the_reason_where_none_is_open(self, widow, mei):
        stop(widow, "LETTER")
        touchpoint = occasion(widow, "LETTER", "EMAIL")

        with override("en"), pytest.raises(moves.Refused) as refused:
            approve(touchpoint, mei)

        said = " ".join(map(str, refused.value.sentences))
        assert "They stopped this way themselves" in said
        assert "No address or number is known for this way" in said
        assert fresh(touchpoint).state == "DUE"

    def test_that_somebody_chose_is_refused_where_it_is_open_to_nobody(self, widow, mei):
        stop(widow, "LETTER")
        touchpoint = occasion(widow, "LETTER", "SMS")

        with pytest.raises(moves.Refused):
            approve(touchpoint, mei, "LETTER")

        assert approve(touchpoint, mei, "SMS").messages.get().channel == "SMS"

    def test_that_was_chosen_when_it_was_planned_stays(self, widow, mei):
        """What the gift did is told as they asked for it; another way is for a person to choose."""
        stop(widow, "CALL")
        touchpoint = occasion(widow, "LETTER", "CALL", channel="CALL")

        with pytest.raises(moves.Refused):
            approve(touchpoint, mei)

    def test_is_left_open_of_a_volunteer(self, mei):
        """Who is to be rung first of all is rung: that no way is open yet is why."""
        step = StepFactory(channels=["CALL"], programme__audience="DONOR", needs_approval=False)
        donor = DonorFactory()
        touchpoint = TouchpointFactory(plan=PlanFactory(subject=donor.subject), step=step, state="DUE")

        assert approve(touchpoint, SETTER_UP).state == "APPROVED"


class TestSeveral:
    def test_are_released_each_by_a_way_that_is_open(self, desk, branch, widow):
        stop(widow, "LETTER")
        one = occasion(widow, "LETTER", "SMS")
        family = FamilyFactory(branch=branch, about={"died_on": LAST_YEAR, "gave_on": LAST_YEAR})
        other = occasion(MemberFactory(family=family), "LETTER", "SMS")

        desk.post(reverse(SEVERAL), {"touchpoint": [str(one.pk), str(other.pk)]})

        assert [sendings.way_of(fresh(one)), sendings.way_of(fresh(other))] == ["SMS", "LETTER"]
        assert {fresh(one).state, fresh(other).state} == {"APPROVED"}

    def test_say_at_each_line_why_none_may_go_and_keep_the_ticks(self, desk, branch, widow):
        stop(widow, "LETTER")
        one = occasion(widow, "LETTER")
        family = FamilyFactory(branch=branch, about={"died_on": LAST_YEAR, "gave_on": LAST_YEAR})
        other = occasion(MemberFactory(family=family), "LETTER")

        page = desk.post(reverse(SEVERAL), {"touchpoint": [str(one.pk), str(other.pk)]}, headers=ENGLISH)

        assert page.status_code == 409
        words = page.content.decode()
        assert words.count("They stopped this way themselves") == 1
        assert words.count(" checked") == 2
        assert {fresh(one).state, fresh(other).state} == {"DUE"}

    def test_offer_after_a_refusal_every_way_of_what_may_be_ticked(self, desk, branch, widow):
        stop(widow, "LETTER")
        one = occasion(widow, "LETTER")
        family = FamilyFactory(branch=branch, about={"died_on": LAST_YEAR, "gave_on": LAST_YEAR})
        occasion(MemberFactory(family=family), "LETTER", "SMS")

        page = desk.post(reverse(SEVERAL), {"touchpoint": [str(one.pk)]})

        ways = [value for value, _words in page.context["form"].fields["channel"].choices]
        assert (page.status_code, ways) == (409, ["", "LETTER", "SMS"])


class TestNobodyWasReached:
    def test_is_released_anew_by_a_letter_that_can_be_printed(self, widow, mei):
        touchpoint = approve(failed(widow, mei), mei, "LETTER")

        assert (touchpoint.state, touchpoint.channel) == ("APPROVED", "LETTER")
        assert post.letter_of(touchpoint, at=timezone.now()).why == ""
        outbox.sweep(at=timezone.now() + timedelta(minutes=5))
        for message in touchpoint.messages.all():
            following.follow(message, at=timezone.now())
        assert fresh(touchpoint).state == "APPROVED"

    def test_goes_without_a_choice_by_the_first_that_was_not_tried(self, widow, mei):
        assert approve(failed(widow, mei), mei).channel == "LETTER"

    def test_goes_by_another_machine_s_way(self, widow, mei):
        touchpoint = failed(widow, mei, "SMS", "LETTER", "EMAIL")
        widow.save(update_fields=vault.seal(widow, email="later@example.org"))

        touchpoint = approve(touchpoint, mei, "EMAIL")

        waiting = touchpoint.messages.get(state=MessageState.DUE)
        assert (waiting.channel, waiting.bereaved) == ("EMAIL", touchpoint.step.programme.bereaved)

    def test_is_not_released_by_the_way_that_failed(self, widow, mei):
        touchpoint = failed(widow, mei)

        with pytest.raises(moves.Refused):
            approve(touchpoint, mei, "SMS")

        assert fresh(touchpoint).state == "FAILED"

    def test_goes_to_the_number_that_was_corrected_since(self, widow, mei):
        touchpoint = failed(widow, mei)
        widow.save(update_fields=vault.seal(widow, phone="+8613600000077"))

        touchpoint = approve(touchpoint, mei, "SMS")

        assert touchpoint.messages.get(state=MessageState.DUE).channel == "SMS"

    def test_goes_by_no_machine_to_whom_somebody_found_that_it_did_not_arrive(self, widow, mei):
        """A copy that may have left is sent again by two people alone; a letter is another thing."""
        touchpoint = occasion(widow, "SMS", "EMAIL", "LETTER")
        now = timezone.now()
        plans.approve(touchpoint, by=mei, at=now)
        message = outbox.claim(touchpoint.messages.get().pk, at=now)
        Message.objects.filter(pk=message.pk).update(state="UNKNOWN", begun_at=now)
        outbox.decide(Message.objects.get(pk=message.pk), arrived=False, by=mei, at=now)
        Touchpoint.objects.filter(pk=touchpoint.pk).update(state="FAILED")
        widow.save(update_fields=vault.seal(widow, email="later@example.org"))

        with pytest.raises(moves.Refused):
            approve(fresh(touchpoint), mei, "EMAIL")
        assert approve(fresh(touchpoint), mei).channel == "LETTER"

    def test_goes_to_nobody_who_was_reached(self, widow, mei):
        """The son may have his copy, though it says that nobody was reached: only the widow is left."""
        touchpoint = failed(widow, mei)
        son = MemberFactory(family=widow.family, about={"name": "周小明", "kin": "CHILD"})
        MessageFactory(touchpoint=touchpoint, subject=son.subject, state=MessageState.UNKNOWN)

        touchpoint = approve(touchpoint, mei, "LETTER")

        letter = post.letter_of(touchpoint, at=timezone.now())
        assert [one.subject.pk for one in letter.of] == [widow.subject_id]

    def test_is_not_released_anew_where_everybody_was_reached(self, widow, mei):
        touchpoint = failed(widow, mei)
        Message.objects.filter(touchpoint=touchpoint).update(
            state="SENT", sent_at=timezone.now(), begun_at=timezone.now()
        )

        with pytest.raises(moves.Refused):
            approve(touchpoint, mei, "LETTER")

    def test_is_offered_on_its_page_with_the_ways_that_are_left(self, desk, widow, mei):
        touchpoint = failed(widow, mei)
        address = reverse("care:approve", args=[touchpoint.pk])

        page = desk.get(reverse("care:touchpoint", args=[touchpoint.pk]))

        assert f'action="{address}"' in page.content.decode()
        ways = [value for value, _words in page.context["forms"]["approve"].fields["channel"].choices]
        assert ways == ["", "LETTER", "CALL"]
        assert desk.post(address, {"channel": "LETTER"}).status_code == 302
        assert fresh(touchpoint).state == "APPROVED"

    def test_is_not_offered_on_its_page_where_every_way_was_tried(self, desk, widow, mei):
        touchpoint = failed(widow, mei, "SMS")

        page = desk.get(reverse("care:touchpoint", args=[touchpoint.pk])).content.decode()

        assert f'action="{reverse("care:approve", args=[touchpoint.pk])}"' not in page
        assert f'action="{reverse("care:done", args=[touchpoint.pk])}"' in page

    def test_is_offered_in_its_list(self, desk, widow, mei):
        touchpoint = failed(widow, mei)
        there = reverse("care:work", args=["failed"])
        assert f'value="{touchpoint.pk}"' in desk.get(there).content.decode()

        answer = desk.post(reverse(SEVERAL), {"touchpoint": [str(touchpoint.pk)], "work": "failed"})

        assert (answer.status_code, answer["location"]) == (302, there)
        assert fresh(touchpoint).channel == "LETTER"

    def test_is_not_offered_to_who_may_not_release(self, client, branch, widow, mei):
        touchpoint = failed(widow, mei)
        sign_in_client(client, StaffFactory(role=Role.COORDINATOR, branch=branch))

        answer = client.post(reverse("care:approve", args=[touchpoint.pk]), {"channel": "LETTER"})

        assert answer.status_code in {403, 404}
        assert fresh(touchpoint).state == "FAILED"


class TestALetterThatLiesPrinted:
    def test_is_to_be_taken_out_once_it_is_known_that_they_were_reached(self, desk, widow, mei, monkeypatch):
        monkeypatch.setattr(post.papers.pdf, "render", lambda *_: b"%PDF")
        touchpoint = approve(failed(widow, mei), mei, "LETTER")
        desk.post(reverse("care:letters-print"), {"letter": [str(touchpoint.pk)]})
        now = timezone.now()
        Message.objects.filter(touchpoint=touchpoint).update(state="SENT", sent_at=now, begun_at=now)
        plans.follow(touchpoint, at=now)

        page = desk.get(reverse("care:letters")).content.decode()

        assert fresh(touchpoint).state == "SENT"
        assert reverse("care:letters-gone", args=[touchpoint.pk]) in page
