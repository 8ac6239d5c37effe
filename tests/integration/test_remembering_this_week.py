"""What family care does at the desk: sees the week, releases, holds, leaves out, prints, posts, decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from foundation import moves, vault
from foundation.access import Role, Staff
from foundation.trail.models import TrailRow
from notifications.care.work import Work, work_of
from notifications.channel_names import Channel
from notifications.channels import post
from notifications.channels.post.models import Paper
from notifications.outbox import Message, MessageState, Refusal
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from registry.donors.states import DonorState
from tests.conftest import sign_in_client
from tests.factories.donors import DonorFactory
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory, actor
from tests.factories.messages import MessageFactory
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory
from tests.factories.wordings import WordingFactory

pytestmark = pytest.mark.django_db
LAST_YEAR = timezone.localdate() - timedelta(days=400)
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def branch() -> Any:
    return BranchFactory()


@pytest.fixture
def desk(client: Any, branch: Any) -> Any:
    sign_in_client(client, StaffFactory(role=Role.FAMILY_CARE, branch=branch))
    return client


@pytest.fixture
def family(branch: Any) -> Any:
    family = FamilyFactory(branch=branch, about={"died_on": LAST_YEAR, "gave_on": LAST_YEAR})
    MemberFactory(family=family)
    return family


@pytest.fixture
def plan(family: Any) -> Any:
    return PlanFactory(family=family)


def letter(plan: Any, wording: str = "family.d100", **more: Any) -> Touchpoint:
    step = StepFactory(programme__key=plan.programme_key, channels=["LETTER"], wording=wording)
    return TouchpointFactory(plan=plan, step=step, on_date=timezone.localdate(), **more)


class TestTheWeek:
    @pytest.mark.parametrize("by", ["week", "month", "year"])
    def test_shows_whom_to_remember(self, desk, plan, by):
        touchpoint = letter(plan)

        page = desk.get(reverse("care:home"), {"by": by}, headers=ENGLISH)

        assert page.status_code == 200
        if by != "year":
            assert reverse("care:touchpoint", args=[touchpoint.pk]) in page.content.decode()

    def test_keeps_another_branch_s_families_out(self, client, plan):
        touchpoint = letter(plan)
        sign_in_client(client, StaffFactory(role=Role.FAMILY_CARE, branch=BranchFactory()))

        page = client.get(reverse("care:home"))

        assert str(touchpoint.pk) not in page.content.decode()
        assert client.get(reverse("care:touchpoint", args=[touchpoint.pk])).status_code == 404


class TestOneTouchpoint:
    def test_is_released_by_a_person(self, desk, plan):
        touchpoint = letter(plan, state=TouchpointState.DUE)

        answer = desk.post(reverse("care:approve", args=[touchpoint.pk]), {"channel": ""})

        assert answer.status_code == 302
        assert Touchpoint.objects.get().state == TouchpointState.APPROVED

    def test_is_held_with_a_reason_and_released_again(self, desk, plan):
        touchpoint = letter(plan, state=TouchpointState.APPROVED)
        desk.post(reverse("care:hold", args=[touchpoint.pk]), {"why": "dispute"})
        held = Touchpoint.objects.get()
        desk.post(reverse("care:release", args=[touchpoint.pk]))

        assert (held.state, held.held_reason) == (TouchpointState.HELD, "dispute")
        assert Touchpoint.objects.get().state == TouchpointState.DUE

    def test_says_what_is_missing_where_it_is_held_without_a_reason(self, desk, plan):
        touchpoint = letter(plan, state=TouchpointState.APPROVED)

        answer = desk.post(reverse("care:hold", args=[touchpoint.pk]), {})

        assert answer.status_code == 422
        assert Touchpoint.objects.get().state == TouchpointState.APPROVED

    def test_is_left_out(self, desk, plan):
        touchpoint = letter(plan, state=TouchpointState.DUE)
        desk.post(reverse("care:skip", args=[touchpoint.pk]), {"why": "not_fitting"})

        assert Touchpoint.objects.get().state == TouchpointState.SKIPPED

    def test_is_done_by_a_call_and_counts_as_the_one_copy(self, desk, plan, family):
        touchpoint = letter(plan, state=TouchpointState.DUE)
        member = family.members.get()
        given = {"channel": "CALL", "people": [str(member.subject_id)], "note": "说了很久"}
        answer = desk.post(reverse("care:done", args=[touchpoint.pk]), given)

        assert answer.status_code == 302
        assert Touchpoint.objects.get().state == TouchpointState.DONE
        message = Message.objects.get()
        assert (message.state, message.channel, message.subject_id) == ("SENT", "CALL", member.subject_id)

    def test_keeps_the_note_of_who_wrote_it_down_second(self, desk, plan, family):
        touchpoint = letter(plan, state=TouchpointState.APPROVED)
        person = family.members.get().subject_id
        there = reverse("care:done", args=[touchpoint.pk])
        typed = {"channel": "VISIT", "people": [str(person)], "note": "她说谢谢"}
        assert desk.post(there, typed).status_code == 302

        page = desk.post(there, typed | {"note": "孩子上学了"}, headers=ENGLISH)

        assert page.status_code == 409
        words = page.content.decode()
        assert "wrote this down as done" in words
        assert "孩子上学了" in words
        assert str(person) not in words
        desk.post(reverse("families:note", args=[family.pk]), {"words": "孩子上学了"})
        assert family.history.filter(about="NOTE").count() == 1


class TestSeveral:
    def test_offers_no_tick_before_the_hundredth_day_and_keeps_the_others(self, desk, branch, plan):
        late = letter(plan)
        lately = timezone.localdate() - timedelta(days=20)
        mourning = FamilyFactory(
            branch=branch, about={"died_on": lately, "gave_on": lately}, at=timezone.now()
        )
        MemberFactory(family=mourning)
        early = letter(PlanFactory(family=mourning))

        page = desk.get(reverse("care:work", args=["approve"])).content.decode()
        assert f'value="{late.pk}"' in page
        assert f'value="{early.pk}"' not in page
        both = {"touchpoint": [str(late.pk), str(early.pk)]}
        again = desk.post(reverse("care:approve-several"), both)

        assert again.status_code == 409
        assert f'value="{late.pk}" checked' in again.content.decode()
        assert not Touchpoint.objects.filter(state=TouchpointState.APPROVED).exists()

    def test_are_released_together(self, desk, plan):
        first = letter(plan, state=TouchpointState.DUE, occasion="2026")
        second = TouchpointFactory(
            plan=plan, step=first.step, state=TouchpointState.DUE, occasion="2027", on_date=first.on_date
        )

        desk.post(reverse("care:approve-several"), {"touchpoint": [str(one.pk) for one in (first, second)]})

        assert set(Touchpoint.objects.values_list("state", flat=True)) == {TouchpointState.APPROVED}

    def test_are_released_together_by_the_way_that_was_chosen(self, desk, plan):
        step = StepFactory(programme__key=plan.programme_key, channels=["LETTER", "CALL"], wording="")
        today = timezone.localdate()
        two = [
            TouchpointFactory(plan=plan, step=step, state=TouchpointState.DUE, occasion=year, on_date=today)
            for year in ("2026", "2027")
        ]
        ticked = [str(one.pk) for one in two]

        desk.post(reverse("care:approve-several"), {"touchpoint": ticked, "channel": "CALL"})

        released = set(Touchpoint.objects.values_list("state", "channel"))
        assert released == {(TouchpointState.APPROVED, Channel.CALL)}

    def test_stay_ticked_where_one_has_no_such_way(self, desk, plan):
        touchpoint = letter(plan, state=TouchpointState.DUE)
        typed = {"touchpoint": [str(touchpoint.pk)], "channel": "SMS"}

        page = desk.post(reverse("care:approve-several"), typed)

        assert page.status_code == 422
        assert 'id="error-summary"' in page.content.decode()
        assert f'value="{touchpoint.pk}" checked' in page.content.decode()
        assert Touchpoint.objects.get().state == TouchpointState.DUE


class TestMessages:
    def test_are_put_before_who_releases_a_fortnight_ahead(self, desk, plan):
        step = StepFactory(programme__key=plan.programme_key, channels=["SMS"])
        on = timezone.localdate() + timedelta(days=14)
        touchpoint = TouchpointFactory(plan=plan, step=step, on_date=on)

        page = desk.get(reverse("care:work", args=["approve"])).content.decode()

        assert f'value="{touchpoint.pk}"' in page


class TestCalls:
    @pytest.mark.parametrize(("ahead", "work"), [(0, Work.CALL), (14, None)])
    def test_are_to_be_made_when_their_day_has_come(self, plan, ahead, work):
        today = timezone.localdate()
        step = StepFactory(programme__key=plan.programme_key, channels=["CALL"])
        on = today + timedelta(days=ahead)
        call = TouchpointFactory(plan=plan, step=step, on_date=on, state=TouchpointState.APPROVED)

        assert work_of(call, today=today) == work


class TestLetters:
    @pytest.fixture
    def words(self, monkeypatch):
        WordingFactory(key="family.letter", texts={Channel.LETTER: "{{ name }}"})
        monkeypatch.setattr(post.papers.pdf, "render", lambda *_: b"%PDF")
        return "family.letter"

    def test_are_posted_by_a_person_who_says_so(self, desk, plan, words):
        touchpoint = letter(plan, wording=words, state=TouchpointState.APPROVED)
        assert str(touchpoint.pk) in desk.get(reverse("care:letters")).content.decode()
        desk.post(reverse("care:letters-print"), {"letter": [str(touchpoint.pk)]})

        desk.post(reverse("care:letters-posted"), {"letter": [str(touchpoint.pk)]})

        message = Message.objects.get()
        assert (message.state, message.channel) == ("SENT", "LETTER")
        assert Touchpoint.objects.get().state == TouchpointState.DONE
        assert str(touchpoint.pk) not in desk.get(reverse("care:letters")).content.decode()

    def test_that_came_back_go_to_that_address_no_more(self, desk, plan, family, words):
        """One of the household who shared the letter but lives elsewhere is written to at home."""
        son = MemberFactory(family=family, about={"kin": "CHILD", "address": "杭州市另一条路9号"})
        touchpoint = letter(plan, wording=words, state=TouchpointState.APPROVED)
        desk.post(reverse("care:letters-print"), {"letter": [str(touchpoint.pk)]})
        desk.post(reverse("care:letters-posted"), {"letter": [str(touchpoint.pk)]})
        assert (
            reverse("care:came-back", args=[touchpoint.pk])
            in desk.get(reverse("care:touchpoint", args=[touchpoint.pk])).content.decode()
        )

        desk.post(reverse("care:came-back", args=[touchpoint.pk]))

        again = TouchpointFactory(
            plan=plan, step=touchpoint.step, occasion="again", state=TouchpointState.APPROVED
        )
        now = post.letter_of(again, at=timezone.now())
        assert now.to is not None
        assert now.to.subject.pk == son.subject_id

    def test_that_lie_printed_are_ticked_again_to_be_posted_once_nothing_is_left_to_print(
        self, desk, plan, words
    ):
        one = letter(plan, wording=words, state=TouchpointState.APPROVED)
        other = TouchpointFactory(
            plan=plan, step=one.step, occasion="other", on_date=one.on_date, state=TouchpointState.APPROVED
        )
        desk.post(reverse("care:letters-print"), {"letter": [str(one.pk)]})

        page = desk.get(reverse("care:letters"), headers=ENGLISH).content.decode()
        assert "1 to print" in page
        assert "1 to post" in page
        assert "Printed" in page
        assert f'value="{one.pk}" checked' not in page
        assert f'value="{other.pk}" checked' in page

        desk.post(reverse("care:letters-print"), {"letter": [str(other.pk)]})
        page = desk.get(reverse("care:letters"), headers=ENGLISH).content.decode()
        assert "2 to post" in page
        assert "to print<" not in page
        assert page.count(" checked") == 2

    def test_that_were_printed_and_then_held_are_to_be_taken_out(self, desk, plan, words):
        touchpoint = letter(plan, wording=words, state=TouchpointState.APPROVED)
        desk.post(reverse("care:letters-print"), {"letter": [str(touchpoint.pk)]})
        desk.post(reverse("care:hold", args=[touchpoint.pk]), {"why": "dispute"})
        address = reverse("care:letters-gone", args=[touchpoint.pk])
        assert address in desk.get(reverse("care:letters")).content.decode()

        desk.post(address)

        assert address not in desk.get(reverse("care:letters")).content.decode()

    def test_are_taken_out_by_nobody_without_the_right(self, desk, plan, branch, words):
        touchpoint = letter(plan, wording=words, state=TouchpointState.APPROVED)
        desk.post(reverse("care:letters-print"), {"letter": [str(touchpoint.pk)]})

        with pytest.raises(moves.NotAllowed):
            post.take_out(
                touchpoint, by=actor(StaffFactory(role=Role.COORDINATOR, branch=branch)), at=timezone.now()
            )

        assert Paper.objects.get().gone_at is None

    def test_are_written_down_as_printed_by_nobody_without_the_right(self, plan, branch, words):
        touchpoint, now = letter(plan, wording=words, state=TouchpointState.APPROVED), timezone.now()
        lin = actor(StaffFactory(role=Role.COORDINATOR, branch=branch))

        with pytest.raises(moves.NotAllowed):
            post.printed([post.letter_of(touchpoint, at=now)], by=lin, at=now)

        assert not Paper.objects.exists()

    def test_that_were_printed_and_then_done_by_a_call_are_to_be_taken_out(self, desk, plan, family, words):
        touchpoint = letter(plan, wording=words, state=TouchpointState.APPROVED)
        desk.post(reverse("care:letters-print"), {"letter": [str(touchpoint.pk)]})
        people = [str(family.members.get().subject_id)]
        desk.post(reverse("care:done", args=[touchpoint.pk]), {"channel": "CALL", "people": people})

        page = desk.get(reverse("care:letters")).content.decode()

        assert reverse("care:letters-gone", args=[touchpoint.pk]) in page

    def test_that_were_printed_for_who_died_since_are_not_posted(self, desk, plan, family, words):
        son = MemberFactory(family=family, about={"name": "周小明", "kin": "CHILD"})
        touchpoint = letter(plan, wording=words, state=TouchpointState.APPROVED)
        desk.post(reverse("care:letters-print"), {"letter": [str(touchpoint.pk)]})
        first = Paper.objects.get().subject
        vault.report_dead(first, by=SETTER_UP, at=timezone.now())

        page = desk.get(reverse("care:letters"), headers=ENGLISH).content.decode()

        assert son.subject_id != first.pk
        assert "Printed for somebody else" in page

    def test_are_put_before_who_releases_a_fortnight_ahead(self, desk, plan):
        ahead = letter(plan)
        far = TouchpointFactory(plan=plan, step=ahead.step, occasion="later", on_date=ahead.on_date)
        for touchpoint, days in ((ahead, 14), (far, 15)):
            Touchpoint.objects.filter(pk=touchpoint.pk).update(
                on_date=timezone.localdate() + timedelta(days=days)
            )

        page = desk.get(reverse("care:work", args=["approve"])).content.decode()

        assert str(ahead.pk) in page
        assert str(far.pk) not in page

    def test_are_listed_and_printed_by_as_many_queries_whether_two_or_eight(self, desk, branch, monkeypatch):
        words = "{{ giver_name }} {{ officer_name }}，{{ name }}"
        WordingFactory(key="family.letter", texts={Channel.LETTER: words})
        mei = Staff.objects.get()
        monkeypatch.setattr(post.papers.pdf, "render", lambda *_: b"%PDF")

        def asked(n):
            for _ in range(n):
                family = FamilyFactory(branch=branch, officer=mei)
                MemberFactory(family=family)
                letter(PlanFactory(family=family), wording="family.letter", state=TouchpointState.APPROVED)
            chosen = {"letter": [str(pk) for pk in Touchpoint.objects.values_list("pk", flat=True)]}
            with CaptureQueriesContext(connection) as listed:
                page = desk.get(reverse("care:letters"), headers=ENGLISH).content.decode()
            assert page.count('name="letter"') == len(chosen["letter"])
            with CaptureQueriesContext(connection) as printed:
                paper = desk.post(reverse("care:letters-print"), chosen)
            assert paper.content == b"%PDF"
            return len(listed), len(printed)

        asked(1)  # what is read once in a process is read now
        assert asked(1) == asked(6)

    def test_ask_for_one_at_least(self, desk, plan):
        answer = desk.post(reverse("care:letters-print"), {}, follow=True, headers=ENGLISH)

        assert "Choose at least one letter" in answer.content.decode()


class TestUnclear:
    @pytest.fixture
    def message(self, branch, family):
        subject = family.members.get().subject
        return MessageFactory(subject=subject, state=MessageState.UNKNOWN, bereaved=True)

    @pytest.mark.parametrize(
        ("word", "state"), [("arrived", "SENT"), ("not", "CANCELLED"), ("again", "UNKNOWN")]
    )
    def test_is_decided_by_a_person_and_sent_again_by_two(self, desk, message, word, state):
        desk.post(reverse("care:decide", args=[message.pk]), {"word": word})

        assert Message.objects.get().state == state

    def test_says_what_was_decided_to_who_comes_second(self, desk, message):
        there = reverse("care:decide", args=[message.pk])
        desk.post(there, {"word": "arrived"})

        page = desk.post(there, {"word": "again"}, follow=True, headers=ENGLISH)

        assert "decided already: Sent" in page.content.decode()
        assert Message.objects.get(pk=message.pk).state == "SENT"

    @pytest.mark.parametrize("word", ["", "lost", "ARRIVED"])
    def test_is_not_decided_by_a_word_that_is_none(self, desk, message, word):
        desk.post(reverse("care:decide", args=[message.pk]), {"word": word})

        assert Message.objects.get().state == "UNKNOWN"


class TestWhoOnlyStopsPeople:
    def test_sees_nothing_of_a_touchpoint_by_holding_it_wrong(self, client, branch, plan):
        sign_in_client(client, StaffFactory(role=Role.COORDINATOR, branch=branch))
        touchpoint = letter(plan, state=TouchpointState.APPROVED)
        answer = client.post(reverse("care:hold", args=[touchpoint.pk]), {})

        assert answer.status_code == 403


class TestWhyNotSent:
    def test_names_the_families_and_leads_to_each(self, desk, plan, family):
        touchpoint = letter(plan, state=TouchpointState.APPROVED)
        subject = family.members.get().subject
        message = MessageFactory(touchpoint=touchpoint, subject=subject, bereaved=True)
        Refusal.objects.create(message=message, at=timezone.now(), why="no_consent")

        page = desk.get(reverse("care:not-sent"), headers=ENGLISH).content.decode()

        assert "They did not agree to this way" in page
        assert reverse("care:touchpoint", args=[touchpoint.pk]) in page

    def test_says_of_what_somebody_held_why_they_did(self, desk, plan, family):
        touchpoint = letter(plan, state=TouchpointState.APPROVED)
        subject = family.members.get().subject
        MessageFactory(touchpoint=touchpoint, subject=subject, bereaved=True, branch_path=family.branch_path)
        desk.post(reverse("care:hold", args=[touchpoint.pk]), {"why": "dispute"})

        page = desk.get(reverse("care:not-sent"), headers=ENGLISH).content.decode()

        assert "The family is in a dispute" in page
        assert "The line or the gateway had a fault" not in page

    def test_says_of_an_email_that_it_has_no_mailbox_and_not_that_a_number_rings_nowhere(
        self, desk, plan, family
    ):
        touchpoint = letter(plan, state=TouchpointState.FAILED)
        subject, said = family.members.get().subject, {"state": MessageState.FAILED, "bereaved": True}
        MessageFactory(touchpoint=touchpoint, subject=subject, channel=Channel.EMAIL, why="rcpt_550", **said)

        page = desk.get(reverse("care:touchpoint", args=[touchpoint.pk]), headers=ENGLISH).content.decode()

        assert "There is no such mailbox" in page


class TestWhatWasSaid:
    def test_by_telephone_is_read_again_on_the_page_of_its_day(self, desk, plan, family):
        touchpoint = letter(plan, state=TouchpointState.DUE)
        member = family.members.get()
        given = {"channel": "CALL", "people": [str(member.subject_id)], "note": "她睡得好一些了"}
        desk.post(reverse("care:done", args=[touchpoint.pk]), given)

        page = desk.get(reverse("care:touchpoint", args=[touchpoint.pk])).content.decode()
        household = desk.get(reverse("families:detail", args=[family.pk])).content.decode()

        assert "她睡得好一些了" in page
        assert "她睡得好一些了" not in household
        assert reverse("care:touchpoint", args=[touchpoint.pk]) in household

    def test_to_a_volunteer_stands_on_their_page_with_why_it_did_not_leave(self, client, branch):
        donor = DonorFactory(branch=branch, state=DonorState.LISTED)
        MessageFactory(subject=donor.subject, branch=branch, state=MessageState.CANCELLED, why="no_consent")
        sign_in_client(client, StaffFactory(role=Role.COORDINATOR, branch=branch))

        page = client.get(reverse("donors:detail", args=[donor.pk]), headers=ENGLISH).content.decode()

        assert "They did not agree to this way" in page


class TestLooking:
    def test_at_a_touchpoint_is_on_the_trail(self, desk, plan):
        desk.get(reverse("care:touchpoint", args=[letter(plan).pk]))

        assert TrailRow.objects.filter(verb="touchpoint.viewed").count() == 1
