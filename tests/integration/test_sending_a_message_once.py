"""A message leaves at most once, and only while it may. Source: design/messaging.md, "The outbox"."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DataError, connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from foundation import standing, vault
from foundation.standing import ID, slot
from foundation.trail import Actor, ActorKind
from notifications import channels, outbox
from notifications.channel_names import Channel
from notifications.channels import NotHandedOver, Receipt, Transport, Unclear
from notifications.delivery import asking, deliver, deliver_all
from notifications.outbox import Message, MessageState, Refusal
from notifications.outbox.queries import kept_back
from notifications.recipients.contact import mark
from notifications.recipients.models import Reach
from registry.families.models import Giver, SilentDay
from tests import lines
from tests.factories.families import MemberFactory
from tests.factories.messages import MessageFactory, approved_words
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory
from tests.racing import FEWER, at_once
from tests.settings import SERVER

MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # ten o'clock in China
LATER = MORNING + timedelta(hours=1)
BY = Actor(ActorKind.COMMAND, "tests")
FAILS = standing.Question(  # it divides by zero
    lambda: (
        Message.objects.filter(pk=slot("pk", ID))
        .annotate(never=F("attempts") / (F("attempts") - F("attempts")))
        .values_list("never")
    )
)


class PostOffice:
    """A channel that keeps what it was handed, or does as it is told."""

    def __init__(self) -> None:
        self.taken: list[channels.Envelope] = []
        self.words: list[Any] = []
        self.does: Callable[[], Any] = lambda: None

    def send(self, envelope: channels.Envelope, rendered: Any, _address: str, _to: Any) -> Receipt:
        self.does()
        self.taken.append(envelope)
        self.words.append(rendered)
        return Receipt("Q1")


@pytest.fixture
def office() -> Iterator[PostOffice]:
    here = PostOffice()
    with lines.taken_by(here.send):
        yield here


@pytest.fixture
def member(db: None) -> Any:
    approved_words()
    return MemberFactory()


def due(member: Any, **more: Any) -> Message:
    return MessageFactory(subject=member.subject, due_at=MORNING, bereaved=True, **more)


def silent_on(member: Any, month: int, day: int) -> None:
    SilentDay.objects.create(family=member.family, month=month, day=day, by_kind="command", by_id="tests")


def marked(member: Any, reach: Reach) -> Any:
    return mark(member.subject, "EMAIL", reach, by=BY, at=MORNING)


def raising(fault: Exception) -> Callable[[], Any]:
    def act() -> None:
        raise fault

    return act


def state_of(message: Message) -> tuple[str, str]:
    found = Message.objects.get(pk=message.pk)
    return found.state, found.why


class TestDeliver:
    def test_hands_a_message_over_once(self, member, office):
        message = due(member)

        deliver(message.pk, at=MORNING)
        deliver(message.pk, at=MORNING)

        sent = Message.objects.get()
        assert len(office.taken) == 1
        assert (sent.state, sent.provider_id, sent.sent_at) == (MessageState.SENT, "Q1", sent.settled_at)
        assert vault.open_one(sent, "words", "sent_to")["words"] == "您好\n\n您好。"

    def test_tells_the_channel_when_the_hand_over_began(self, member, office):
        before = time.monotonic()
        deliver(due(member).pk, at=MORNING)
        (envelope,) = office.taken
        assert before <= envelope.began <= time.monotonic()
        assert MORNING <= envelope.begun_at < LATER
        assert not envelope.again

    def test_locks_the_person_before_it_fails_as_another_way_asks_for_them(self, member, office, monkeypatch):
        message, states = due(member), []
        office.does = raising(NotHandedOver("rcpt_550", permanent=True))
        monkeypatch.setattr(vault, "lock", lambda *_ids: states.append(state_of(message)[0]))
        deliver(message.pk, at=MORNING)
        assert (states, state_of(message)[0]) == (["CLAIMED", "SENDING"], "FAILED")

    def test_waits_for_its_hour(self, member, office):
        message = due(member)
        deliver(message.pk, at=MORNING - timedelta(seconds=1))
        assert (office.taken, state_of(message)) == ([], ("DUE", ""))

    def test_sends_no_second_copy_when_the_clock_is_set_back(self, member, office):
        message, back = due(member), MORNING - timedelta(hours=2)
        deliver(message.pk, at=MORNING)
        outbox.sweep(at=back)
        deliver(message.pk, at=back)
        deliver(message.pk, at=MORNING)
        assert (len(office.taken), state_of(message)) == (1, ("SENT", ""))

    def test_tries_again_later_what_surely_did_not_leave(self, member, office, settings):
        message, settings.OUTBOX_TRIES = due(member), 2
        office.does = raising(NotHandedOver("refused_451"))

        deliver(message.pk, at=MORNING)
        deliver(message.pk, at=MORNING)  # too soon
        once = state_of(message)
        deliver(message.pk, at=LATER)

        assert once == ("DUE", "refused_451")
        assert state_of(message) == ("FAILED", "refused_451")
        assert Refusal.objects.filter(message=message).count() == 2

    def test_goes_on_trying_where_the_fault_is_ours(self, member, office, settings):
        message, settings.OUTBOX_TRIES = due(member), 1
        office.does = raising(NotHandedOver("gateway_refuses_us"))
        deliver(message.pk, at=MORNING)
        assert state_of(message) == ("DUE", "gateway_refuses_us")
        assert kept_back() == {"gateway_refuses_us": 1}

    @pytest.mark.parametrize(("bereaved", "state"), [(True, "HELD"), (False, "DUE")])
    def test_waits_while_the_provider_has_not_approved_it(self, member, office, bereaved, state):
        channels.register(Channel.EMAIL, Transport(office.send, missing=lambda *_: "template_not_approved"))
        message = MessageFactory(subject=member.subject, due_at=MORNING, bereaved=bereaved)
        deliver(message.pk, at=MORNING)
        assert (office.taken, state_of(message)) == ([], (state, "template_not_approved"))

    def test_asks_again_each_hour_for_words_that_nobody_approved_yet(self, member, office):
        message = MessageFactory(subject=member.subject, due_at=MORNING, wording="tests.later")
        deliver(message.pk, at=MORNING)
        approved_words("tests.later")
        once = state_of(message)
        deliver(message.pk, at=LATER + timedelta(minutes=1))
        assert (once, state_of(message)[0]) == (("DUE", "no_wording"), "SENT")

    def test_leaves_to_a_person_what_may_have_left(self, member, office):
        message = due(member)
        office.does = raising(Unclear("no_answer"))
        deliver(message.pk, at=MORNING)
        deliver(message.pk, at=LATER)
        assert state_of(message) == ("UNKNOWN", "no_answer")

    def test_leaves_to_a_person_what_ended_in_a_fault_of_ours(self, member, office):
        message = due(member)
        office.does = raising(KeyError("x"))
        deliver(message.pk, at=MORNING)
        assert state_of(message) == ("UNKNOWN", "fault")

    def test_sends_again_what_may_be_sent_twice(self, member, office):
        message = MessageFactory(subject=member.subject, due_at=MORNING, service=True, at_least_once=True)
        office.does = raising(Unclear("no_answer"))
        deliver(message.pk, at=MORNING)
        office.does = lambda: None
        deliver(message.pk, at=LATER)
        assert state_of(message) == ("SENT", "")

    @pytest.mark.parametrize(
        ("spoil", "state", "why"),
        [
            (lambda one: vault.report_dead(one.subject, by=BY, at=MORNING), "CANCELLED", "dead"),
            (lambda one: vault.erase(one.subject, by=BY, at=MORNING), "CANCELLED", "erased"),
            (lambda one: marked(one, Reach.STOPPED), "FAILED", "channel_stopped"),
            (lambda one: marked(one, Reach.BOUNCED), "FAILED", "channel_broken"),
            (lambda one: type(one).objects.update(email=None), "FAILED", "no_address"),
            (lambda one: type(one).objects.update(no_more_at=MORNING), "CANCELLED", "no_more"),
            (lambda one: Message.objects.update(wording="nowhere"), "HELD", "no_wording"),
        ],
        ids=["dead", "erased", "stopped", "bounced", "no address", "no more", "no wording"],
    )
    def test_asks_everything_again(self, member, office, spoil, state, why):
        message = due(member)
        spoil(member)
        deliver(message.pk, at=MORNING)
        assert office.taken == []
        assert state_of(message) == (state, why)

    def test_never_sends_words_with_a_gap(self, member, office):
        approved_words("tests.gap", text="{{ event_place }}")
        message = due(member, wording="tests.gap")
        deliver(message.pk, at=MORNING)
        assert (office.taken, state_of(message)) == ([], ("HELD", "field_empty"))

    def test_keeps_the_quiet_hours_of_where_the_recipient_is(self, member, office):
        type(member).objects.update(time_zone="Europe/London")
        message = due(member)
        deliver(message.pk, at=MORNING)  # two at night in London
        assert state_of(message) == ("DUE", "quiet_hours")
        assert Message.objects.get().not_before == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

    def test_leaves_a_family_alone_on_its_silent_day(self, member, office):
        silent_on(member, 11, 20)
        message, service = due(member), due(member, service=True)
        deliver(message.pk, at=MORNING)
        deliver(service.pk, at=MORNING)
        assert (state_of(message), state_of(service)[0]) == (("DUE", "silent_day"), "SENT")
        assert Message.objects.get(pk=message.pk).not_before == datetime(2026, 11, 21, 1, 0, tzinfo=UTC)

    def test_leaves_a_rite_to_a_person_on_a_silent_day(self, member, office):
        silent_on(member, 11, 20)
        touchpoint = TouchpointFactory(
            plan=PlanFactory(family=member.family), state="APPROVED", step=StepFactory(channels=["EMAIL"])
        )
        Giver.objects.update(died_on=date(2026, 1, 1))
        message = due(member, beats_gap=True, touchpoint=touchpoint, wording="tests.wording")
        deliver(message.pk, at=MORNING)
        assert (office.taken, state_of(message)) == ([], ("HELD", "rite_on_silent_day"))

    def test_lets_48_hours_pass_between_two(self, member, office):
        MessageFactory(subject=member.subject, state=MessageState.SENT, due_at=MORNING - timedelta(hours=47))
        message = due(member)
        deliver(message.pk, at=MORNING)
        assert state_of(message) == ("DUE", "too_soon")
        deliver(message.pk, at=MORNING + timedelta(hours=1))
        assert state_of(message) == ("SENT", "")

    def test_lets_a_rite_keep_its_day(self, member, office):
        MessageFactory(subject=member.subject, state=MessageState.SENT, due_at=MORNING - timedelta(hours=1))
        message = due(member, beats_gap=True)
        deliver(message.pk, at=MORNING)
        assert state_of(message) == ("SENT", "")

    def test_sees_a_hold_that_came_after_the_claim(self, member, office):
        message = due(member)
        claimed = outbox.claim(message.pk, at=MORNING)
        outbox.hold([message], why="replied", by=BY, at=MORNING)
        begun = outbox.begin_sending(claimed, at=MORNING, ask=asking.ask)
        assert (begun, state_of(message)) == (None, ("HELD", "replied"))


class TestDeliverAll:
    def test_sends_each_of_several_that_were_taken_up_together(self, member, office):
        other = MemberFactory(family=member.family)
        messages = [due(member), due(other)]
        deliver_all([one.pk for one in (*messages, messages[0])], at=MORNING)
        assert [one.pk for one in office.taken] == [one.pk for one in messages]
        assert {state_of(one)[0] for one in messages} == {"SENT"}

    def test_leaves_out_what_was_stopped_after_it_was_taken_up(self, member, office):
        messages = [due(member, service=True), due(MemberFactory(), service=True)]
        office.does = lambda: outbox.cancel(messages[1:], why="withdrawn", by=BY, at=MORNING)
        deliver_all([one.pk for one in messages], at=MORNING)
        assert ([one.pk for one in office.taken], state_of(messages[1])) == (
            [messages[0].pk],
            ("CANCELLED", "withdrawn"),
        )

    def test_goes_on_with_the_next_where_one_cannot_be_begun(self, member, office, monkeypatch, settings):
        settings.OUTBOX_TRIES = 1  # it is a fault of ours: it never fails
        messages = [due(member, service=True), due(MemberFactory(), service=True)]
        read = asking.QUESTIONS
        broken = lambda message, *_: 1 // (message.pk != messages[0].pk) and None  # noqa: E731
        monkeypatch.setattr(asking, "QUESTIONS", (broken, *read))
        deliver_all([one.pk for one in messages], at=MORNING)
        assert [state_of(one) for one in messages] == [("DUE", "fault"), ("SENT", "")]
        assert kept_back() == {"fault": 1}

    def test_that_is_lost_leaves_the_rest_to_be_taken_up_again(self, member, office):
        messages = [due(member, service=True), due(MemberFactory(), service=True)]
        office.does = raising(SystemExit())  # the process ends while it hands over the first
        with pytest.raises(SystemExit):
            deliver_all([one.pk for one in messages], at=MORNING)
        outbox.sweep(at=LATER)
        assert [state_of(one) for one in messages] == [("UNKNOWN", "worker_lost"), ("DUE", "")]


@pytest.mark.both_databases
@pytest.mark.skipif(not SERVER, reason="PostgreSQL alone is asked several things in one trip")
@pytest.mark.django_db(transaction=True)
class TestInOneTrip:
    def test_leaves_the_message_due_and_the_connection_whole_where_a_question_fails(
        self, member, office, monkeypatch
    ):
        message = due(member, service=True)
        with pytest.raises(DataError, match="division by zero"):
            FAILS.ask(pk=message.pk)
        connection.close()
        with monkeypatch.context() as broken:
            broken.setattr(asking, "ahead", lambda message: [FAILS.about(pk=message.pk)])
            deliver(message.pk, at=MORNING)
        assert (office.taken, state_of(message)) == ([], ("DUE", "fault"))

        before = connection.connection
        deliver(message.pk, at=LATER)

        assert state_of(message)[0] == "SENT"
        assert connection.connection is before

    def test_asks_nothing_twice(self, member, office):
        deliver(due(MemberFactory()).pk, at=MORNING)  # all is planned by now
        message = due(member)
        with CaptureQueriesContext(connection) as said:
            deliver(message.pk, at=MORNING)

        trips = [one["sql"] for one in said if one["sql"] not in {"BEGIN", "COMMIT"}]  # they went along
        asked = Counter(re.findall(r"EXECUTE (relay_\d+)", " ".join(trips)))
        assert state_of(message)[0] == "SENT"
        assert set(asked.values()) == {1}, "what is asked behind the lock is not asked again by itself"
        assert [len(trips), len(asked)] == [9, 10]
        assert sum(sql.startswith("BEGIN; ") for sql in trips) == 2
        assert sum(sql.endswith("; COMMIT") for sql in trips) == 2


class TestLapse:
    def test_frees_what_was_only_taken_up(self, member):
        message = due(member, state=MessageState.CLAIMED)
        outbox.sweep(at=LATER)
        assert state_of(message) == ("DUE", "")

    def test_leaves_to_a_person_what_was_being_handed_over(self, member):
        message = due(member, state=MessageState.SENDING)
        outbox.sweep(at=LATER)
        assert state_of(message) == ("UNKNOWN", "worker_lost")

    def test_believes_a_worker_that_was_only_slow(self, member):
        message = due(member, state=MessageState.SENDING)
        outbox.sweep(at=LATER)
        outbox.settle(outbox.Sent(message, LATER, "Q9"))
        assert state_of(message) == ("SENT", "")

    def test_sends_again_what_may_be_sent_twice(self, member):
        message = MessageFactory(
            subject=member.subject, due_at=MORNING, at_least_once=True, state=MessageState.SENDING
        )
        outbox.sweep(at=LATER)
        assert state_of(message) == ("DUE", "worker_lost")

    @pytest.mark.parametrize(
        ("stood", "message", "stands"),
        [("UNKNOWN", "SENT", "SENT"), ("UNKNOWN", "CANCELLED", "FAILED"), ("SENT", "UNKNOWN", "UNKNOWN")],
        ids=["decided", "did not arrive", "lost sight of"],
    )
    def test_lets_a_touchpoint_follow_whose_worker_died_before_it_did(self, member, stood, message, stands):
        plan, step = PlanFactory(family=member.family), StepFactory(channels=["EMAIL"])
        touchpoint = TouchpointFactory(plan=plan, state=stood, step=step)
        due(member, touchpoint=touchpoint, state=MessageState(message), settled_at=MORNING)
        outbox.sweep(at=LATER)
        assert type(touchpoint).objects.get(pk=touchpoint.pk).state == stands


class TestQueue:
    def queue(self, member: Any, **more: Any) -> Message | None:
        facts = {"wording": "tests.wording", "programme_key": "tests", "occasion": "drive:1", **more}
        return outbox.queue(
            subject=member.subject,
            branch_path=member.family.branch_path,
            channel="EMAIL",
            language="zh-hans",
            due_at=MORNING,
            at=MORNING,
            **facts,
        )

    def test_takes_one_copy_of_an_occasion_and_person(self, member):
        assert self.queue(member) is not None
        assert self.queue(member) is None

    def test_takes_another_after_a_failure_alone(self, member):
        self.queue(member)
        for state in set(MessageState) - {MessageState.FAILED}:
            Message.objects.update(state=state, lease_until=MORNING, sent_at=MORNING)
            assert self.queue(member) is None, state
        Message.objects.update(state=MessageState.FAILED)
        assert self.queue(member) is not None


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_dispatchers_send_one_copy(self, member, office):
        for _ in range(FEWER):
            message = MessageFactory(subject=member.subject, due_at=MORNING, service=True)
            at_once(*[lambda: deliver(message.pk, at=MORNING)] * 3)  # noqa: B023 - they end in the loop
            assert [one.pk for one in office.taken].count(message.pk) == 1
            assert state_of(message)[0] == "SENT"

    def test_nothing_leaves_after_a_death_report_was_answered(self, member, office):
        for _ in range(FEWER):
            one = MemberFactory()
            message = MessageFactory(subject=one.subject, due_at=MORNING, service=True)
            left: list[bool] = []
            answered: list[bool] = []
            office.does = lambda: left.append(bool(answered))  # noqa: B023

            def report() -> None:
                vault.report_dead(one.subject, by=BY, at=MORNING)  # noqa: B023
                answered.append(True)  # noqa: B023

            at_once(lambda: deliver(message.pk, at=MORNING), report)  # noqa: B023
            assert True not in left
            assert state_of(message)[0] == ("SENT" if left else "CANCELLED")
