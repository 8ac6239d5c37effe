"""Somebody answers: what stops, what is held, who reads it, and what it is found to mean."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from foundation import moves, vault
from foundation.access import Role, command_actor
from foundation.trail.models import TrailRow
from notifications import outbox
from notifications.answers import actions
from notifications.answers.models import Answer, AnswerState, Held, Kind, Meaning
from notifications.channel_names import Channel
from notifications.channels import Receipt, gateway
from notifications.delivery import deliver
from notifications.outbox.models import Message, MessageState
from notifications.plans import actions as plans
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from notifications.recipients import contact
from notifications.recipients.models import ContactState, Reach
from registry.donors import actions as donors
from registry.donors.models import CallKind, CallTask
from registry.families import actions as families
from registry.families.models import Giver, Member
from tests import lines
from tests.factories.donors import DonorFactory
from tests.factories.families import MemberFactory
from tests.factories.foundation import BranchFactory, RoleAtFactory, StaffFactory, actor
from tests.factories.messages import MessageFactory, approved_words
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory
from tests.unit.notifications.answers.test_mails import answer as mail_that_answers
from tests.unit.notifications.answers.test_mails import report

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
PHONE = "+8613600000099"
SECRET = "between two houses"  # noqa: S105 - of a test


@pytest.fixture
def widow():
    return MemberFactory(about={"phone": PHONE})


@pytest.fixture
def son(widow):
    return MemberFactory(family=widow.family, about={"name": "周小明", "kin": "CHILD"})


@pytest.fixture
def mei(widow):
    return StaffFactory(role=Role.FAMILY_CARE, branch=widow.family.branch)


@pytest.fixture
def handed():
    """Return what the mail server was handed over; it takes everything."""
    taken = []

    def take(message, *_):
        taken.append(message.pk)
        return Receipt("Q1")

    with lines.taken_by(take):
        yield taken


def sent(person, **more: Any) -> Message:
    return MessageFactory(
        subject=person.subject, **{"channel": Channel.SMS, "state": MessageState.SENT, "due_at": AT, **more}
    )


def due(person, **more: Any) -> Message:
    of_a_family = isinstance(person, Member)
    said: dict[str, Any] = {"channel": Channel.SMS, "due_at": AT, "bereaved": of_a_family, **more}
    return MessageFactory(subject=person.subject, **said)


def answers(text, *, address=PHONE, number="P-1", channel=Channel.SMS, **more: Any) -> Answer | None:
    return actions.received(
        channel, address, text, provider_id=number, by=command_actor(), at=AT + timedelta(hours=1), **more
    )


def settle(answer, meaning, by, **said: Any):
    return actions.settle(answer, actions.Said(meaning, **said), by=actor(by), at=AT + timedelta(hours=2))


def state_of(message) -> tuple[str, str]:
    fresh = Message.objects.get(pk=message.pk)
    return fresh.state, fresh.why


class TestAWordThatStops:
    def test_stops_the_channel_at_once_for_everybody_at_the_number(self, widow):
        neighbour = MemberFactory(about={"phone": PHONE})
        mine, theirs = due(widow), due(neighbour)

        answers("退订")

        assert state_of(mine) == state_of(theirs) == ("CANCELLED", "channel_stopped")
        for person in (widow, neighbour):
            assert contact.against(person.subject_id, Channel.SMS, PHONE) == "channel_stopped"

    def test_leaves_other_ways_open_and_nobody_anything_to_read(self, widow):
        letter = due(widow, channel=Channel.EMAIL)

        answers("T")

        assert state_of(letter)[0] == "DUE"
        assert not Answer.objects.open().exists()

    def test_inside_other_words_is_read_by_a_person(self, widow):
        message = due(widow)

        answers("STOP-id 7788 please")

        assert state_of(message) == ("HELD", "replied")
        assert not ContactState.objects.exists()


class TestAnyOtherAnswer:
    def test_holds_what_is_due_to_everybody_at_the_number(self, widow):
        donor = DonorFactory()
        vault_phone(donor, PHONE)
        mine, theirs = due(widow), due(donor)

        answers("我妈妈上个月走了")

        assert state_of(mine) == state_of(theirs) == ("HELD", "replied")

    def test_holds_what_the_plan_is_about_to_tell_the_others(self, widow, son):
        plan = PlanFactory(family=widow.family)
        step = StepFactory(programme__key=plan.programme_key, channels=["SMS"])
        touchpoint = TouchpointFactory(plan=plan, step=step, state=TouchpointState.APPROVED)
        other = due(son, touchpoint=touchpoint)

        answers("请先不要联系我儿子")

        touchpoint = type(touchpoint).objects.get(pk=touchpoint.pk)
        assert (touchpoint.state, touchpoint.held_reason) == ("HELD", "replied")
        assert state_of(other)[0] == "HELD"

    def test_holds_what_waits_for_the_others_where_one_message_may_have_been_sent(self, widow, son):
        step = StepFactory(channels=["SMS"])
        touchpoint = TouchpointFactory(
            plan=PlanFactory(family=widow.family), step=step, state=TouchpointState.UNKNOWN
        )
        sent(widow, touchpoint=touchpoint, state=MessageState.UNKNOWN)
        other = due(son, touchpoint=touchpoint)

        answers("请先不要联系我儿子")

        assert state_of(other) == ("HELD", "replied")

    def test_lets_an_officer_hold_what_waits_for_the_others(self, widow, son, mei):
        step = StepFactory(channels=["SMS"])
        touchpoint = TouchpointFactory(
            plan=PlanFactory(family=widow.family), step=step, state=TouchpointState.UNKNOWN
        )
        unclear = sent(widow, touchpoint=touchpoint, state=MessageState.UNKNOWN)
        other = due(son, touchpoint=touchpoint)

        plans.hold(touchpoint, why="family_asks", by=actor(mei), at=AT)

        assert (state_of(other), state_of(unclear)[0]) == (("HELD", "family_asks"), "UNKNOWN")

    def test_goes_to_whom_the_last_message_was_for_and_is_sealed(self, widow):
        message = sent(widow)

        answer = answers("谢谢你们")

        assert (answer.subject_id, answer.message_id, answer.desk) == (
            widow.subject_id,
            message.pk,
            "FAMILIES",
        )
        assert vault.open_one(answer, "words", "sender") == {"words": "谢谢你们", "sender": PHONE}

    def test_is_known_however_the_gateway_writes_the_number(self, widow):
        assert answers("谢谢", address="136 0000 0099").subject_id == widow.subject_id

    def test_told_twice_is_taken_once(self, widow):
        due(widow)

        assert answers("谢谢") is not None
        assert answers("谢谢") is None
        assert Held.objects.count() == 1

    def test_of_nobody_we_know_waits_at_the_top_of_the_tree(self, widow):
        answer = answers("你是谁", address="+8613900000000")

        assert (answer.subject, answer.branch_path, answer.desk) == (
            None,
            widow.family.branch.path[:4],
            "DONORS",
        )
        assert vault.open_one(answer, "words")["words"] == "你是谁"

    def test_of_a_person_who_was_erased_before_is_read_all_the_same(self, widow):
        message = sent(widow)
        vault.erase(widow.subject, by=command_actor(), at=AT)
        message = Message.objects.select_related("subject").get(pk=message.pk)

        answer = actions.received(
            Channel.EMAIL,
            "x@example.org",
            "我妈妈也走了",
            provider_id="1",
            by=command_actor(),
            at=AT,
            to=message,
        )

        assert vault.open_one(answer, "words")["words"] == "她也走了"
        assert Answer.objects.open().exists()

    def test_that_comes_back_of_a_person_who_was_erased_has_nobody_look_for_them(self, widow):
        message = sent(widow)
        vault.erase(widow.subject, by=command_actor(), at=AT)
        message = Message.objects.select_related("subject").get(pk=message.pk)

        assert actions.came_back(message, state=None, by=command_actor(), at=AT) is None
        assert not Answer.objects.open().exists()

    def test_of_a_person_who_is_erased_later_reads_as_erased_and_is_off_the_list(self, widow):
        answer = answers("谢谢")

        vault.erase(widow.subject, by=command_actor(), at=AT)

        answer = Answer.objects.get()
        assert isinstance(vault.open_one(answer, "words")["words"], vault.Erased)
        assert answer.state == AnswerState.SETTLED


class TestWhatComesWhileAnAnswerIsUnread:
    """What was planned, released or queued after somebody answered waits for who reads it."""

    @pytest.fixture(autouse=True)
    def _words(self):
        approved_words()

    @staticmethod
    def sends(message) -> tuple[str, str]:
        deliver(message.pk, at=AT + timedelta(hours=3))
        return state_of(message)

    def test_waits_and_goes_on_when_it_was_read(self, widow, son, mei, handed):
        answer = answers("妈妈昨天走了")
        mine, to_son = (due(one, channel=Channel.EMAIL) for one in (widow, son))

        assert self.sends(mine) == self.sends(to_son) == ("HELD", "replied")
        settle(answer, Meaning.THANKS, mei, goes_on=True)

        assert self.sends(mine)[0] == self.sends(to_son)[0] == "SENT"
        assert len(handed) == 2

    def test_is_left_out_with_what_waited_before(self, widow, mei, handed):
        answer = answers("请不要再发了")
        message = due(widow, channel=Channel.EMAIL)
        self.sends(message)

        settle(answer, Meaning.NOTHING, mei)

        assert (state_of(message), handed) == (("CANCELLED", "answer_settled"), [])

    def test_leaves_other_households_alone(self, widow, handed):
        answers("妈妈昨天走了")

        assert self.sends(due(MemberFactory(), channel=Channel.EMAIL))[0] == "SENT"

    def test_waits_for_the_last_of_two_answers(self, widow, mei, handed):
        message = due(widow, channel=Channel.EMAIL)
        first, second = answers("谢谢你们"), answers("妈妈昨天走了", number="P-2")

        settle(first, Meaning.THANKS, mei, goes_on=True)
        between = state_of(message)
        settle(second, Meaning.THANKS, mei, goes_on=True)

        assert (between, state_of(message)[0]) == (("HELD", "replied"), "DUE")

    def test_holds_a_touchpoint_for_the_last_of_two_answers(self, widow, mei):
        touchpoint = TouchpointFactory(plan=PlanFactory(family=widow.family), state=TouchpointState.DUE)
        first, second = answers("谢谢你们"), answers("妈妈昨天走了", number="P-2")

        settle(first, Meaning.THANKS, mei, goes_on=True)
        between = type(touchpoint).objects.get().state
        settle(second, Meaning.THANKS, mei, goes_on=True)

        assert (between, type(touchpoint).objects.get().state) == ("HELD", "DUE")


class TestANumberOfTwoHouseholds:
    """Whoever wrote it may stand in either: nothing leaves to one of them until somebody has read it."""

    @pytest.fixture(autouse=True)
    def _words(self):
        approved_words()

    @pytest.fixture
    def aunt(self, widow):
        """Return somebody of another household, elsewhere, with the telephone of the widow."""
        return MemberFactory(branch=BranchFactory(), about={"phone": PHONE})

    @pytest.fixture
    def cousin(self, aunt):
        return MemberFactory(family=aunt.family)

    def test_leaves_either_alone_whatever_is_planned_later(self, widow, aunt, cousin, mei, handed):
        sent(widow)
        answer = answers("妈妈昨天走了")
        later = due(cousin, channel=Channel.EMAIL)

        deliver(later.pk, at=AT + timedelta(hours=3))
        assert (state_of(later), handed) == (("HELD", "replied"), [])
        settle(answer, Meaning.THANKS, mei, goes_on=True)
        deliver(later.pk, at=AT + timedelta(hours=3))

        assert handed == [later.pk]

    def test_is_known_by_the_telephone_where_they_answer_by_email(self, widow, aunt):
        message, theirs = sent(widow, channel=Channel.EMAIL), due(aunt)

        answers("他也走了", address="li@example.org", channel=Channel.EMAIL, to=message)

        assert state_of(theirs) == ("HELD", "replied")

    def test_is_not_released_by_a_person_nor_posted_by_the_program(self, widow, aunt):
        Giver.objects.update(died_on=AT - timedelta(days=400))
        plan, answer = PlanFactory(family=aunt.family), answers("他也走了")
        letter, call = (
            TouchpointFactory(plan=plan, step=StepFactory(needs_approval=False), state=TouchpointState.DUE)
            for _ in range(2)
        )
        officer = StaffFactory(role=Role.FAMILY_CARE, branch=aunt.family.branch)

        reads = widow.family.branch
        with pytest.raises(moves.Refused) as refused:
            plans.approve(call, by=actor(officer), at=AT)
        (sentence,) = refused.value.sentences
        assert reads.name in sentence  # whom to ring: the answer lies at another branch's desk
        assert reads.phone in sentence
        plans.approve(letter, by=command_actor(), at=AT)

        assert type(letter).objects.get(pk=letter.pk).held_reason == "replied"
        assert Held.objects.filter(answer=answer, touchpoint=letter).exists()

    def test_is_left_out_for_their_own_household_alone_by_who_reads_it(self, widow, aunt, mei):
        mine, theirs = (
            TouchpointFactory(plan=PlanFactory(family=one.family), state=TouchpointState.DUE)
            for one in (widow, aunt)
        )
        sent(widow)

        settle(answers("别再写了"), Meaning.NOTHING, mei, goes_on=False)

        states = [type(mine).objects.get(pk=one.pk).state for one in (mine, theirs)]
        assert states == ["SKIPPED", "DUE"]


def vault_phone(donor, number) -> None:
    saves = vault.seal(donor, phone=number)
    donor.save(update_fields=[*saves, *vault.index.put(donor, phone_index=vault.index.phone(number))])


class TestWhatItMeans:
    def test_may_be_thanks_and_what_was_held_goes_on(self, widow, mei):
        message = due(widow)
        answer = answers("谢谢你们")

        settle(answer, Meaning.THANKS, mei, goes_on=True)

        assert state_of(message)[0] == "DUE"
        assert Answer.objects.get().meaning == Meaning.THANKS

    @pytest.mark.parametrize(
        ("meaning", "stands"), [(Meaning.THANKS, "RESPONDED"), (Meaning.WRONG_PERSON, "SENT")]
    )
    def test_is_an_answer_to_the_touchpoint_where_it_is_their_own_word(self, widow, mei, meaning, stands):
        touchpoint = TouchpointFactory(plan=PlanFactory(family=widow.family), state=TouchpointState.SENT)
        sent(widow, touchpoint=touchpoint, begun_at=AT)

        settle(answers("谢谢你们"), meaning, mei)

        touchpoint = Touchpoint.objects.get()
        assert touchpoint.state == stands
        assert [step.move for step in moves.steps_of(touchpoint)] == ["respond"] * (stands == "RESPONDED")

    def test_may_be_that_it_does_not_fit_now(self, widow, mei):
        message = due(widow)

        settle(answers("现在不方便"), Meaning.NOTHING, mei, goes_on=False)

        assert state_of(message) == ("CANCELLED", "answer_settled")

    def test_may_be_the_death_of_another_than_who_wrote(self, widow, son, mei):
        to_widow, to_son = due(widow), due(son)
        answer = answers("我儿子昨天走了")

        settle(answer, Meaning.DIED, mei, who=son.subject, goes_on=True)

        son.subject.refresh_from_db()
        widow.subject.refresh_from_db()
        assert son.subject.died_reported_at is not None
        assert widow.subject.died_reported_at is None
        assert (state_of(to_son)[0], state_of(to_widow)[0]) == ("CANCELLED", "DUE")

    def test_may_be_that_they_want_to_hear_no_more(self, widow, mei):
        message = due(widow)

        settle(answers("别再发了"), Meaning.NO_MORE, mei, who=widow.subject, goes_on=True)

        widow.refresh_from_db()
        assert widow.no_more_at is not None
        assert state_of(message)[0] == "CANCELLED"

    def test_may_be_that_the_number_is_somebody_elses(self, widow, mei):
        settle(answers("你打错了"), Meaning.WRONG_PERSON, mei)

        for channel in (Channel.SMS, Channel.CALL):
            assert contact.against(widow.subject_id, channel, PHONE) == "channel_broken"

    def test_may_be_another_number_which_then_works(self, widow, mei):
        contact.mark(widow.subject, Channel.SMS, Reach.WRONG, by=command_actor(), at=AT, address=PHONE)

        settle(answers("我换号了"), Meaning.NEW_NUMBER, mei, who=widow.subject, number="13700001111")

        widow.refresh_from_db()
        assert vault.open_one(widow, "phone")["phone"] == "+8613700001111"
        assert contact.against(widow.subject_id, Channel.SMS, "+8613700001111") == ""

    def test_may_be_another_number_and_a_stop_stays(self, widow, mei):
        answers("T")

        settle(
            answers("我换号了", number="P-2"),
            Meaning.NEW_NUMBER, mei, who=widow.subject, number="13700001111",
        )  # fmt: skip

        assert contact.against(widow.subject_id, Channel.SMS, "+8613700001111") == "channel_stopped"

    def test_is_said_where_the_family_is_looked_after_now(self, widow, mei, signed_in):
        message, answer = due(widow), answers("他爸上周走了")
        far = StaffFactory(role=Role.FAMILY_CARE, branch=BranchFactory())
        url = reverse("answers:of_family", args=[answer.pk])

        families.move_to(widow.family, to=far.roles.get().branch, by=command_actor(), at=AT)

        assert signed_in(mei).get(url).status_code == 404
        assert signed_in(far).get(url).status_code == 200
        settle(answer, Meaning.DIED, far, who=widow.subject)
        assert state_of(message)[0] == "CANCELLED"

    def test_is_said_where_the_volunteer_is_looked_after_now(self):
        donor = DonorFactory()
        vault_phone(donor, PHONE)
        answer, far = answers("谢谢"), BranchFactory()
        lin = StaffFactory(role=Role.COORDINATOR, branch=donor.service_branch)
        RoleAtFactory(staff=lin, branch=far)

        for what, place in (("OWNER", donor.service_path), ("SERVICE", far.path)):
            donors.move_to(donor, to=far, what=what, reason="WORK", by=actor(lin, at=AT), at=AT)
            assert Answer.objects.get(pk=answer.pk).branch_path == place

    def test_sends_a_volunteer_to_the_call_list(self):
        donor = DonorFactory()
        vault_phone(donor, PHONE)
        lin = StaffFactory(role=Role.COORDINATOR, branch=donor.service_branch)

        settle(answers("我不认识这个人"), Meaning.WRONG_PERSON, lin)

        assert CallTask.objects.get(donor=donor).kind == CallKind.CONTACT_CHECK

    def test_is_said_once(self, widow, mei):
        answer = answers("谢谢")
        settle(answer, Meaning.THANKS, mei)

        with pytest.raises(moves.WrongState):
            settle(answer, Meaning.NOTHING, mei)

    def test_is_not_for_who_looks_after_volunteers_to_say(self, widow):
        lin = StaffFactory(role=Role.COORDINATOR, branch=widow.family.branch)

        with pytest.raises(moves.Refused):
            settle(answers("谢谢"), Meaning.THANKS, lin)


class TestAnEmail:
    def test_that_came_back_marks_the_address_and_asks_for_another_way(self, widow, tmp_path):
        message = sent(widow, channel=Channel.EMAIL)
        message.save(update_fields=vault.seal(message, key=widow.subject.key_id, sent_to="wang@example.org"))
        (tmp_path / "new").mkdir()
        (tmp_path / "new" / "1").write_bytes(report(ours=message.pk))

        for _ in range(2):
            call_command("bounces", str(tmp_path))

        assert contact.against(widow.subject_id, Channel.EMAIL, "wang@example.org") == "channel_broken"
        assert contact.against(widow.subject_id, Channel.EMAIL, "other@example.org") == ""
        assert Answer.objects.get().kind == Kind.CAME_BACK

    def test_that_names_a_message_never_sent_is_believed_nothing(self, widow):
        message = due(widow, channel=Channel.EMAIL)

        assert actions.mail(report(ours=message.pk), by=command_actor(), at=AT) == "nothing"
        assert not ContactState.objects.exists()

    def test_that_answers_ours_holds_by_the_message_it_names(self, widow):
        message, next_one = sent(widow, channel=Channel.EMAIL), due(widow, channel=Channel.EMAIL)
        raw = mail_that_answers().replace(b"0190c2a4-7b1e-7cc0-8f00-0123456789ab", str(message.pk).encode())

        assert actions.mail(raw, by=command_actor(), at=AT) == "reply"
        assert state_of(next_one)[0] == "HELD"


class TestAMessageThatFailedForGood:
    def test_shows_that_the_way_does_not_work(self, widow):
        message = due(widow, state=MessageState.FAILED, why="gateway_invalid_number", settled_at=AT)
        message.save(update_fields=vault.seal(message, key=widow.subject.key_id, sent_to=PHONE))

        assert actions.learn(by=command_actor(), at=AT) == 1
        assert actions.learn(by=command_actor(), at=AT) == 0
        assert contact.against(widow.subject_id, Channel.SMS, PHONE) == "channel_broken"

    def test_is_learnt_once_where_the_way_was_opened_again(self, widow):
        due(widow, state=MessageState.FAILED, why="gateway_unsubscribed", settled_at=AT)
        actions.learn(by=command_actor(), at=AT + timedelta(minutes=1))
        stopped = contact.against(widow.subject_id, Channel.SMS, PHONE)
        contact.clear(widow.subject, Channel.SMS, by=command_actor(), at=AT + timedelta(minutes=2))

        actions.learn(by=command_actor(), at=AT + timedelta(minutes=3))

        assert (stopped, contact.against(widow.subject_id, Channel.SMS, PHONE)) == ("channel_stopped", "")

    def test_teaches_nothing_again_where_the_address_was_known(self, widow):
        contact.mark(widow.subject, Channel.SMS, Reach.WRONG, by=command_actor(), at=AT, address=PHONE)
        message = due(widow, state=MessageState.FAILED, why="gateway_invalid_number", settled_at=AT)
        message.save(update_fields=vault.seal(message, key=widow.subject.key_id, sent_to=PHONE))
        actions.learn(by=command_actor(), at=AT + timedelta(minutes=1))
        contact.clear(widow.subject, Channel.SMS, by=command_actor(), at=AT + timedelta(minutes=2))

        assert actions.learn(by=command_actor(), at=AT + timedelta(minutes=3)) == 0
        assert contact.against(widow.subject_id, Channel.SMS, PHONE) == ""
        assert not Answer.objects.open().exists()


@pytest.fixture
def gateway_is_set(settings):
    settings.SMS_URL = f"https://house:{SECRET.replace(' ', '%20')}@gateway.example/v1"


def tell(client, name, said, *, secret=SECRET, at=None):
    body = json.dumps(said).encode()
    told = gateway.headers(secret, key="r-1", body=body, at=at or datetime.now(UTC))
    return client.post(
        reverse(f"gateway:{name}"), body, content_type="application/json", headers=told
    ).status_code


def failed(client, message) -> int:
    receipt = {"id": str(message.pk), "status": "failed", "code": "expired"}
    return tell(client, "receipt", {"receipts": [receipt]})


@pytest.mark.usefixtures("gateway_is_set")
class TestTheGateway:
    def test_tells_that_an_unclear_message_arrived(self, client, widow):
        message = sent(widow, state=MessageState.UNKNOWN)

        assert tell(client, "receipt", {"receipts": [{"id": str(message.pk), "status": "delivered"}]}) == 204
        assert state_of(message)[0] == "SENT"

    def test_tells_that_a_number_is_nobodys(self, client, widow):
        message = sent(widow, provider_id="P-77")
        message.save(update_fields=vault.seal(message, key=widow.subject.key_id, sent_to=PHONE))
        odd = [{"id": "\ud800"}, {"id": "\x00", "status": "\ud800"}]
        receipt = {"id": "P-77", "status": "failed", "code": "no_such_number"}

        for _ in range(2):
            assert tell(client, "receipt", {"receipts": [*odd, receipt]}) == 204

        assert contact.against(widow.subject_id, Channel.SMS, PHONE) == "channel_broken"
        assert Answer.objects.count() == 1

    def test_is_asked_to_tell_again_of_one_alone_that_could_not_be_taken(self, client, widow, monkeypatch):
        broken, message = sent(widow, state=MessageState.UNKNOWN), sent(widow, state=MessageState.UNKNOWN)
        told = actions.told

        def breaks(said, **more):
            if said.id == str(broken.pk):
                raise ValueError
            return told(said, **more)

        monkeypatch.setattr(actions, "told", breaks)
        receipts = [{"id": str(one.pk), "status": "delivered"} for one in (broken, message)]

        assert tell(client, "receipt", {"receipts": receipts}) == 503
        assert state_of(message)[0] == "SENT"

    def test_tells_that_an_unclear_message_did_not_arrive(self, client, widow):
        message = sent(widow, state=MessageState.UNKNOWN, bereaved=True)

        assert failed(client, message) == 204
        assert state_of(message) == ("FAILED", "not_delivered")
        assert (Message.objects.count(), Answer.objects.count()) == (1, 0)

    def test_tells_that_what_counted_as_sent_did_not_arrive(self, client, widow):
        message = sent(widow)

        for _ in range(2):
            assert failed(client, message) == 204

        answer = Answer.objects.open().get()
        assert (answer.kind, answer.message_id) == (Kind.CAME_BACK, message.pk)
        assert not ContactState.objects.exists()

    def test_tells_of_a_message_whose_worker_dies_afterwards(self, client, widow):
        message = sent(widow, state=MessageState.SENDING)
        tell(client, "receipt", {"receipts": [{"id": str(message.pk), "status": "delivered"}]})

        outbox.sweep(at=AT + timedelta(hours=1))

        assert state_of(message)[0] == "SENT"

    def test_tells_what_somebody_wrote_once_however_often_it_is_sent(self, client, widow):
        message = due(widow)

        for _ in range(2):
            said = {"channel": "sms", "from": PHONE, "text": "谢谢", "id": "M-1"}
            assert tell(client, "inbound", said) == 204

        assert Answer.objects.count() == 1
        assert state_of(message)[0] == "HELD"

    def test_tells_of_an_email_as_the_mail_server_had_it(self, client, widow):
        message = sent(widow, channel=Channel.EMAIL)
        raw = base64.b64encode(report(ours=message.pk)).decode()

        assert tell(client, "inbound", {"channel": "email", "raw": raw}) == 204
        assert Answer.objects.get().kind == Kind.CAME_BACK

    @pytest.mark.parametrize(
        "how",
        [{"secret": "another"}, {"at": datetime(2026, 1, 1, tzinfo=UTC)}],
        ids=["another secret", "an old request"],
    )
    def test_is_not_believed_without_our_secret_or_long_after(self, client, widow, how):
        said = {"channel": "sms", "from": PHONE, "text": "T", "id": "M-1"}

        assert tell(client, "inbound", said, **how) == 400
        assert not ContactState.objects.exists()

    @pytest.mark.parametrize(
        "said",
        [[], {}, {"receipts": 7}, {"receipts": [1, None, {"id": 3}]}, {"channel": "sms", "from": {}},
         {"channel": "email", "raw": "é"}, {"channel": "email", "raw": ""}, {"channel": [], "id": "\ud800"},
         {"channel": "sms", "from": "\ud800", "text": "\ud800\x00", "id": "\ud800"}],
    )  # fmt: skip
    def test_may_say_anything_and_nothing_breaks(self, client, said):
        for name in ("receipt", "inbound"):
            assert tell(client, name, said) in {204, 400}

    def test_is_not_believed_where_no_secret_is_shared(self, client, settings):
        settings.SMS_URL = "console:"

        assert (
            tell(client, "inbound", {"channel": "sms", "from": PHONE, "text": "T", "id": "M-1"}, secret="")
            == 400
        )


class TestThePages:
    def test_let_family_care_read_and_settle(self, signed_in, widow, mei):
        due(widow)
        answer = answers("谢谢你们")
        client = signed_in(mei)
        english = {"accept-language": "en"}

        listed = client.get(reverse("answers:families"), headers=english)
        page = client.get(reverse("answers:of_family", args=[answer.pk]), headers=english)
        done = client.post(
            reverse("answers:of_family", args=[answer.pk]), {"meaning": "THANKS", "held": "goes_on"}
        )

        assert reverse("answers:of_family", args=[answer.pk]) in listed.content.decode()
        assert f'href="{reverse("care:home")}"' in listed.content.decode()  # the rail stands beside the list
        assert "谢谢你们" in page.content.decode()
        assert done.status_code == 302
        assert not Answer.objects.open().exists()
        assert TrailRow.objects.filter(verb="answer.viewed").exists()

    def test_ask_whom_it_is_about(self, signed_in, widow, mei):
        answer = answers("他走了")

        page = signed_in(mei).post(
            reverse("answers:of_family", args=[answer.pk]),
            {"meaning": "DIED"},
            headers={"accept-language": "en"},
        )

        assert page.status_code == 422
        assert "Say whom it is about." in page.content.decode()

    def test_show_families_words_to_nobody_else(self, signed_in, widow):
        answer = answers("谢谢你们")
        lin = signed_in(StaffFactory(role=Role.COORDINATOR, branch=widow.family.branch))
        far = signed_in(StaffFactory(role=Role.FAMILY_CARE, branch=BranchFactory()))

        assert lin.get(reverse("answers:of_donor", args=[answer.pk])).status_code == 404
        assert lin.get(reverse("answers:of_family", args=[answer.pk])).status_code == 403
        assert far.get(reverse("answers:of_family", args=[answer.pk])).status_code == 404


class TestAWayThatIsShut:
    def test_stands_on_the_familys_page_and_opens_on_their_word(self, signed_in, widow, mei):
        state = contact.mark(widow.subject, Channel.SMS, Reach.STOPPED, by=command_actor(), at=AT)
        client, url = signed_in(mei), reverse("answers:works_for_relative", args=[state.pk])

        before = client.get(reverse("families:detail", args=[widow.family_id])).content.decode()
        client.post(url)
        after = client.get(reverse("families:detail", args=[widow.family_id])).content.decode()

        assert url in before
        assert url not in after
        assert contact.against(widow.subject_id, Channel.SMS, PHONE) == ""

    def test_of_a_volunteer_is_opened_by_who_looks_after_them(self, signed_in, mei):
        donor = DonorFactory(branch=mei.roles.get().branch)
        lin = StaffFactory(role=Role.COORDINATOR, branch=donor.service_branch)
        state = contact.mark(donor.subject, Channel.SMS, Reach.STOPPED, by=command_actor(), at=AT)
        url = reverse("answers:works_for_donor", args=[state.pk])

        assert signed_in(mei).post(url).status_code == 403
        assert signed_in(mei).post(reverse("answers:works_for_relative", args=[state.pk])).status_code == 404
        assert url in signed_in(lin).get(reverse("donors:detail", args=[donor.pk])).content.decode()
        signed_in(lin).post(url)
        assert contact.against(donor.subject_id, Channel.SMS, PHONE) == ""


class TestThePhoneOfADemo:
    def test_shows_what_was_sent_and_takes_an_answer(self, signed_in, settings, tmp_path, widow, mei):
        settings.SMS_URL = f"file:{tmp_path}"
        message = sent(widow)
        links = "http://localhost:8123/s/aB-_9/。http://evil.example/s/x/ http://localhost//evil.example/"
        gateway.line().send(
            str(message.pk), {"channel": "sms", "to": PHONE, "sign": "余杭红会", "text": f"清明安康 {links}"}
        )
        client = signed_in(mei)

        page = client.get(reverse("gateway:phone")).content.decode()
        client.post(reverse("gateway:reply", args=[message.pk]), {"text": "谢谢"})
        after = client.get(reverse("gateway:phone")).content.decode()

        assert '【余杭红会】清明安康 <a href="/s/aB-_9/">' in page
        assert "evil.example/s/x/" in page
        assert 'href="http://evil' not in page
        assert 'href="//evil' not in page
        assert "谢谢" in after
        assert Answer.objects.get().message_id == message.pk

    def test_is_not_there_where_messages_leave(self, signed_in, settings, mei):
        settings.SMS_URL = "https://a:b@gateway.example/"

        assert signed_in(mei).get(reverse("gateway:phone")).status_code == 404

    def test_shows_an_email_as_plain_words(self, signed_in, settings, tmp_path, mei):
        settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = (
            "django.core.mail.backends.filebased.EmailBackend",
            tmp_path,
        )
        number = "0190c2a4-7b1e-7cc0-8f00-0123456789ab"
        (tmp_path / f"{number}.eml").write_bytes(
            b"From: a@example.org\nTo: b@example.org\nSubject: Hi\nDate: Fri, 20 Nov 2026 02:00:00 +0000\n\n"
            b"<script>alert(1)</script>\nhttp://127.0.0.1:8000/s/x/\n"
        )
        client = signed_in(mei)

        assert "Hi" in client.get(reverse("gateway:mails")).content.decode()
        page = client.get(reverse("gateway:mail", args=[number])).content.decode()
        assert "&lt;script&gt;alert(1)" in page
        assert '<a href="/s/x/">' in page
        assert f'href="{reverse("gateway:phone")}"' in client.get("/").content.decode()
