"""What did not go by itself stands before the one who can decide it or mend it, with why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from foundation import moves
from foundation.access import Role
from notifications import outbox
from notifications.channels.provider import actions as provider
from notifications.outbox import Message, MessageState, faults
from notifications.outbox.models import OutboxEpoch, Refusal
from notifications.plans.models import Touchpoint
from notifications.waiting import actions, receivers
from tests.conftest import sign_in_client
from tests.factories.donors import DonorFactory
from tests.factories.families import MemberFactory
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory, actor
from tests.factories.messages import MessageFactory, approved_words
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
BEFORE = timezone.now() - timedelta(hours=3)


@pytest.fixture
def donor() -> Any:
    return DonorFactory(state="LISTED")


@pytest.fixture
def branch(donor: Any) -> Any:
    return donor.subject.branch


@pytest.fixture
def lin(client: Any, branch: Any) -> Any:
    """Who looks after donors at the branch."""
    sign_in_client(client, StaffFactory(role=Role.COORDINATOR, branch=branch))
    return client


def to(donor: Any, **more: Any) -> Message:
    values: dict[str, Any] = {"due_at": BEFORE, "state": MessageState.UNKNOWN, **more}
    return MessageFactory(subject=donor.subject, branch=donor.subject.branch, **values)


def care_of(donor: Any, **more: Any) -> Touchpoint:
    ahead = timezone.localdate() + timedelta(days=300)
    plan = PlanFactory(subject=donor.subject, programme_key="post_donation", planned_through=ahead)
    step = StepFactory(programme__key="post_donation", programme__audience="DONOR", channels=["CALL"])
    return TouchpointFactory(plan=plan, step=step, on_date=timezone.localdate(), **more)


def seen(client: Any, name: str) -> str:
    return client.get(reverse(name), headers=ENGLISH).content.decode()


class TestADonorsMessageThatMayHaveBeenSent:
    def test_stands_on_today_and_on_the_page_of_who_looks_after_donors(self, lin, donor):
        to(donor)
        assert "May have been sent: decide" in seen(lin, "desk:today")
        assert "Send it again" in seen(lin, "waiting:donors")

    @pytest.mark.parametrize(
        ("word", "states"),
        [("arrived", ["SENT"]), ("not", ["CANCELLED"]), ("again", ["DUE", "FAILED"]), ("", ["UNKNOWN"])],
    )
    def test_is_decided_by_one_person(self, lin, donor, word, states):
        lin.post(reverse("waiting:message", args=[to(donor).pk]), {"word": word})
        assert sorted(Message.objects.values_list("state", flat=True)) == states

    def test_of_the_bereaved_is_not_among_them(self, lin, donor):
        theirs = to(donor, bereaved=True)
        assert lin.post(reverse("waiting:message", args=[theirs.pk]), {"word": "again"}).status_code == 404
        assert "Nothing waits." in seen(lin, "waiting:donors")


class TestWhatARestoredBackupLeft:
    @pytest.fixture
    def left(self, donor: Any) -> Any:
        """Three messages to volunteers, one to the bereaved, and a call that is held."""
        for _ in range(3):
            to(donor, programme_key="retention", why="restored")
        to(donor, programme_key="retention", why="restored", bereaved=True)
        return care_of(donor, state="HELD", held_reason="restored")

    def test_stands_there_by_programme_with_its_numbers(self, lin, left):
        page = seen(lin, "waiting:donors")
        assert "Let all 3 go" in page
        assert "Leave it out" in page

    @pytest.mark.parametrize(("word", "state"), [("go", "DUE"), ("out", "CANCELLED")])
    def test_goes_or_is_left_out_at_once_but_for_the_bereaved(self, lin, left, word, state):
        lin.post(reverse("waiting:programme", args=["retention"]), {"word": word})
        states = Message.objects.values_list("bereaved", "state")
        assert sorted(states) == [(False, state)] * 3 + [(True, "UNKNOWN")]

    @pytest.mark.parametrize(("word", "state"), [("go", "APPROVED"), ("out", "SKIPPED")])
    def test_lets_a_call_be_made_or_leaves_it_out(self, lin, left, word, state):
        lin.post(reverse("waiting:programme", args=["post_donation"]), {"word": word})
        assert Touchpoint.objects.get(pk=left.pk).state == state

    def test_of_another_branch_stays_as_it_is(self, client, left):
        sign_in_client(client, StaffFactory(role=Role.COORDINATOR, branch=BranchFactory()))
        client.post(reverse("waiting:programme", args=["retention"]), {"word": "go"})
        assert not Message.objects.filter(state="DUE").exists()

    def test_of_families_is_put_back_before_who_releases_it(self, client, branch):
        member = MemberFactory(branch=branch)
        held = TouchpointFactory(
            plan=PlanFactory(family=member.family),
            state="HELD",
            held_reason="restored",
            on_date=timezone.localdate(),
        )
        sign_in_client(client, StaffFactory(role=Role.FAMILY_CARE, branch=branch))
        assert "Put it back to be released" in seen(client, "waiting:families")
        client.post(reverse("waiting:families-restored"), {"word": "go"})
        assert Touchpoint.objects.get(pk=held.pk).state == "DUE"

    def test_is_asked_for_by_no_name_that_is_none(self, lin, left, donor):
        to(donor)
        page = lin.get(reverse("waiting:donors"), {"of": "\0"}, headers=ENGLISH)
        assert "Send it again" in page.content.decode()
        nul = reverse("waiting:programme", args=["retention"]).replace("retention", "%00")
        assert lin.post(nul, {"word": "go"}).status_code == 404


class TestWhoDecides:
    @pytest.mark.parametrize(
        ("bereaved", "role"), [(True, Role.COORDINATOR), (False, Role.MEDICAL_REVIEWER), (False, Role.HELPER)]
    )
    @pytest.mark.parametrize("act", [actions.let_message_go, actions.leave_message_out])
    def test_about_one_message_is_nobody_without_the_right(self, donor, branch, bereaved, role, act):
        held = to(donor, state=MessageState.HELD, bereaved=bereaved)
        other = actor(StaffFactory(role=role, branch=branch))
        with pytest.raises(moves.NotAllowed):
            act(held, by=other, at=timezone.now())
        assert Message.objects.get().state == "HELD"

    @pytest.mark.parametrize("elsewhere", [True, False], ids=["another branch", "another role"])
    def test_about_all_of_a_programme_is_nobody_without_the_right(self, donor, branch, elsewhere):
        to(donor, programme_key="retention", why="restored")
        role = Role.COORDINATOR if elsewhere else Role.MEDICAL_REVIEWER
        other = actor(StaffFactory(role=role, branch=BranchFactory() if elsewhere else branch))
        with pytest.raises(moves.NotAllowed):
            outbox.decide_many(Message.objects.all(), go=True, by=other, at=timezone.now())
        assert Message.objects.get().state == "UNKNOWN"


class TestCareThatStandsStill:
    @pytest.mark.parametrize(
        ("state", "word", "then"),
        [("DUE", "go", "APPROVED"), ("FAILED", "rang", "DONE"), ("HELD", "out", "SKIPPED")],
    )
    def test_goes_on_by_a_person(self, lin, donor, state, word, then):
        still = care_of(donor, state=state)
        lin.post(reverse("waiting:touchpoint", args=[still.pk]), {"word": word})
        assert Touchpoint.objects.get(pk=still.pk).state == then


class TestWhatLacksWords:
    @pytest.fixture
    def held(self, donor: Any) -> Message:
        """An invitation to a family, held because nobody had approved its words."""
        member = MemberFactory(branch=donor.subject.branch)
        return to(member, state=MessageState.HELD, why="no_wording", bereaved=True)

    def test_is_listed_with_why(self, lin, donor):
        to(donor, state=MessageState.DUE, why="no_wording", wording="donor.welcome")
        page = seen(lin, "waiting:donors")
        assert "donor.welcome" in page
        assert "No approved words for this way and language" in page

    def test_goes_once_they_are_approved(self, held):
        at = timezone.now()
        put_off = MessageFactory(
            subject=held.subject, why="no_wording", due_at=BEFORE, not_before=at + timedelta(hours=1)
        )
        receivers.words_approved(version=approved_words(held.wording), by=SETTER_UP, at=at)
        assert {one.pk for one in Message.objects.due(at)} == {held.pk, put_off.pk}

    def test_goes_once_the_provider_approves_the_template(self, held):
        Message.objects.update(why="template_not_approved", channel="SMS")
        body = approved_words(held.wording).bodies.get(channel="SMS")
        given = {"number": "T1", "by": SETTER_UP, "at": timezone.now()}
        provider.record_template(body, standing="ASKED", **given)
        assert Message.objects.get().state == "HELD"
        provider.record_template(body, standing="APPROVED", **given)
        assert Message.objects.get().state == "DUE"

    @pytest.mark.parametrize(("word", "state"), [("go", "DUE"), ("out", "CANCELLED")])
    def test_is_let_go_by_mei_or_left_out(self, client, held, word, state):
        mei = StaffFactory(role=Role.FAMILY_CARE, branch=held.subject.branch)
        sign_in_client(client, mei)
        assert "Messages to families that stand still" in seen(client, "desk:today")
        assert "No approved words for this way and language" in seen(client, "waiting:families")
        client.post(reverse("waiting:family-message", args=[held.pk]), {"word": word})
        assert Message.objects.get(pk=held.pk).state == state


class TestAFaultOfOurs:
    def refused(self, donor: Any, why: str, *, hours: int = 3) -> Message:
        message = to(donor, state=MessageState.DUE, why=why)
        Refusal.objects.create(message=message, why=why, at=timezone.now() - timedelta(hours=hours))
        Message.objects.filter(pk=message.pk).update(not_before=timezone.now() + timedelta(minutes=30))
        return message

    def codes(self) -> list[str]:
        return [fault.code for fault in faults.standing(at=timezone.now())]

    def test_stands_on_today_of_the_administrator_with_what_to_do(self, client, donor, branch, capsys):
        self.refused(donor, "no_line")
        sign_in_client(client, StaffFactory(role=Role.ADMINISTRATOR, branch=branch))
        page = seen(client, "desk:today")
        assert "E-mails are not leaving: the mail server does not answer" in page
        assert "EMAIL_URL" in page
        call_command("outbox", "status")
        assert "E-mails are not leaving: the mail server does not answer" in capsys.readouterr().out

    def test_of_a_line_that_is_away_for_minutes_is_none_yet(self, donor):
        self.refused(donor, "no_line", hours=0)
        assert self.codes() == []

    def test_of_an_account_is_one_at_once(self, donor):
        self.refused(donor, "gateway_refuses_us", hours=0)
        assert self.codes() == ["gateway_refuses_us"]

    def test_is_over_once_another_message_left_that_way(self, donor):
        self.refused(donor, "no_line")
        to(donor, state=MessageState.SENT, sent_at=timezone.now(), due_at=timezone.now())
        assert self.codes() == []

    def test_is_that_nobody_sends_for_an_hour(self, donor):
        to(donor, state=MessageState.DUE)
        assert self.codes() == ["nobody_sends"]

    def test_is_no_fault_of_workers_while_everything_is_held(self, donor):
        to(donor, state=MessageState.DUE)
        OutboxEpoch.objects.create(moved_at=BEFORE, held_at=BEFORE, held_why="rewound")
        assert self.codes() == ["rewound"]

    def test_is_an_occasion_that_nothing_looked_at(self, donor):
        planned = care_of(donor)
        assert self.codes() == []
        Touchpoint.objects.filter(pk=planned.pk).update(on_date=timezone.localdate() - timedelta(days=2))
        assert self.codes() == ["not_fallen"]
