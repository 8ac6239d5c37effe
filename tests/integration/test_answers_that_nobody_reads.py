"""Answers that nobody can read or place: what they held is lost to nobody, and who wrote is looked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from foundation import vault
from foundation.access import Role, command_actor
from notifications.answers import actions, unread
from notifications.answers.models import Answer, AnswerState, Held, Meaning
from notifications.channel_names import Channel
from notifications.delivery import deliver
from notifications.outbox import lacking
from notifications.outbox.models import Message, MessageState
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from registry.drives import actions as drives
from registry.drives.actions import drafts
from tests.factories.families import MemberFactory
from tests.factories.foundation import StaffFactory, actor
from tests.factories.messages import MessageFactory, approved_words
from tests.factories.plans import PlanFactory, TouchpointFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
PHONE = "+8613600000099"
BY = command_actor()


@pytest.fixture
def widow() -> Any:
    return MemberFactory(about={"phone": PHONE})


@pytest.fixture
def visitor(widow: Any) -> Any:
    """Return who has the telephone of the widow, is expected at the branch, and had a reminder."""
    lin = StaffFactory(role=Role.COORDINATOR, branch=widow.family.branch)
    early = AT - timedelta(days=4)
    office = drives.office_of(widow.family.branch, by=actor(lin), at=early)
    starts = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    booked = drives.book(
        office, name="王丽", phone=PHONE, starts_at=starts, remind=True, by=actor(lin), at=early
    )
    MessageFactory(
        subject=booked.subject, channel=Channel.SMS, state=MessageState.SENT, due_at=AT - timedelta(hours=3)
    )
    return booked


def answers(text: str, *, address: str = PHONE, channel: str = Channel.SMS) -> Answer:
    answer = actions.received(channel, address, text, provider_id=text, by=BY, at=AT)
    assert answer is not None
    return answer


def due(person: Any, **more: Any) -> Message:
    said = {"channel": Channel.SMS, "due_at": AT, "bereaved": True, **more}
    return MessageFactory(subject=person.subject, **said)


def stands(message: Message) -> tuple[str, str]:
    found = Message.objects.get(pk=message.pk)
    return str(found.state), found.why


class TestAnAnswerWhoseWriterIsErased:
    def test_leaves_what_it_held_of_others_among_what_is_held(self, widow: Any, visitor: Any) -> None:
        touchpoint = TouchpointFactory(plan=PlanFactory(family=widow.family), state=TouchpointState.DUE)
        waits = due(widow)
        answer = answers("妈妈昨天走了")

        vault.erase(visitor.subject, by=BY, at=AT)

        touchpoint = Touchpoint.objects.get()
        assert Answer.objects.get(pk=answer.pk).state == AnswerState.SETTLED
        assert stands(waits) == ("HELD", "unread")
        assert (touchpoint.state, touchpoint.held_reason) == ("HELD", "unread")
        assert list(lacking.stopped(Message.objects.all())) == [waits]

    def test_leaves_alone_what_another_answer_holds_still(self, widow: Any, visitor: Any) -> None:
        waits = due(widow)
        answers("妈妈昨天走了")
        MessageFactory(subject=widow.subject, channel=Channel.SMS, state=MessageState.SENT, due_at=AT)
        answers("谢谢")

        vault.erase(visitor.subject, by=BY, at=AT)

        assert stands(waits) == ("HELD", "replied")
        assert not lacking.stopped(Message.objects.all()).exists()

    def test_leaves_what_it_held_to_a_person_when_another_answer_is_read(
        self, widow: Any, visitor: Any
    ) -> None:
        waits = due(widow)
        answers("妈妈昨天走了")
        MessageFactory(subject=widow.subject, channel=Channel.SMS, state=MessageState.SENT, due_at=AT)
        read = answers("谢谢")
        vault.erase(visitor.subject, by=BY, at=AT)
        mei = StaffFactory(role=Role.FAMILY_CARE, branch=widow.family.branch)

        actions.settle(read, actions.Said(Meaning.THANKS, goes_on=True), by=actor(mei), at=AT)

        assert stands(waits) == ("HELD", "unread")

    def test_is_kept_with_its_appointment_until_somebody_has_read_it(self, widow: Any, visitor: Any) -> None:
        answer, lin = answers("妈妈昨天走了"), StaffFactory(role=Role.COORDINATOR, branch=widow.family.branch)
        later = AT + timedelta(days=20)

        drafts.purge(by=BY, at=later)
        assert vault.open_one(Answer.objects.get(), "words")["words"] == "妈妈昨天走了"

        actions.settle(answer, actions.Said(Meaning.NOTHING), by=actor(lin), at=later)
        assert drafts.purge(by=BY, at=later) == 1

    def test_held_for_no_answer_is_seen_by_a_person(self, widow: Any) -> None:
        waits = due(widow, state=MessageState.HELD, why="replied")

        assert list(lacking.stopped(Message.objects.all())) == [waits]


class TestAnAnswerThatIsReadAfterTheDay:
    def test_lets_go_what_it_held_as_one_of_today(self, widow: Any) -> None:
        waits, later = due(widow), AT + timedelta(days=20)
        answer = answers("谢谢")
        mei = StaffFactory(role=Role.FAMILY_CARE, branch=widow.family.branch)

        actions.settle(answer, actions.Said(Meaning.THANKS, goes_on=True), by=actor(mei), at=later)

        assert (stands(waits)[0], Message.objects.get(pk=waits.pk).due_at) == ("DUE", later)


class TestAnAnswerThatIsBeingSettled:
    def test_holds_nothing_more_and_what_leaves_asks_again(
        self, widow: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        approved_words()
        message, answer = due(widow), answers("谢谢")
        Message.objects.filter(pk=message.pk).update(state=MessageState.DUE, why="")
        Held.objects.all().delete()
        mei = StaffFactory(role=Role.FAMILY_CARE, branch=widow.family.branch)
        actions.settle(answer, actions.Said(Meaning.THANKS), by=actor(mei), at=AT)
        seen_before = SimpleNamespace(ask=lambda **_: [answer], about=unread._UNREAD.about)
        monkeypatch.setattr(unread, "_UNREAD", seen_before)

        deliver(message.pk, at=AT)

        assert (stands(message), Held.objects.count()) == (("DUE", "replied"), 0)


class TestAStopFromAnAddressOfNobody:
    def test_waits_for_a_person_at_the_top_of_the_tree(self, widow: Any, signed_in: Any) -> None:
        answer = answers("退订", address="openid-1", channel=Channel.WECHAT)
        top = widow.family.branch
        while top.parent:
            top = top.parent
        lin = StaffFactory(role=Role.COORDINATOR, branch=top)
        url = reverse("answers:of_donor", args=[answer.pk])

        assert answer.state == AnswerState.OPEN
        assert "Look for who it is" in signed_in(lin).get(url, headers={"accept-language": "en"}).text
        assert signed_in(lin).post(url, {"meaning": Meaning.NO_MORE}).status_code == 302
        assert Answer.objects.get().meaning == Meaning.NO_MORE
