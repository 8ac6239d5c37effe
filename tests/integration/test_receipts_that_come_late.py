"""A receipt, a bounce or an answer that comes late, early, or after somebody had decided."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from foundation import approvals
from foundation.access import Role, command_actor
from foundation.ids import uuid7
from notifications import outbox
from notifications.answers import actions
from notifications.answers.models import Answer
from notifications.channel_names import Channel
from notifications.channels import gateway
from notifications.outbox.models import Message, MessageState
from notifications.plans import actions as plans
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from notifications.recipients import contact
from notifications.recipients.models import ContactState, Reach
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import StaffFactory, actor
from tests.factories.messages import MessageFactory
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory
from tests.unit.notifications.answers.test_mails import OURS, report
from tests.unit.notifications.answers.test_mails import answer as mail_that_answers

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
BY = command_actor()
SECRET = "between-two-houses"  # noqa: S105 - of a test


@pytest.fixture(autouse=True)
def _gateway(settings: Any) -> None:
    settings.SMS_URL = f"https://house:{SECRET}@gateway.example/v1"


@pytest.fixture
def unknown() -> Message:
    """Return a message of a rite that may have reached the widow."""
    widow = MemberFactory()
    step = StepFactory(channels=["SMS"], wording="tests.wording")
    touchpoint = TouchpointFactory(
        plan=PlanFactory(family=widow.family), step=step, state=TouchpointState.UNKNOWN
    )
    return MessageFactory(
        subject=widow.subject,
        touchpoint=touchpoint,
        channel=Channel.SMS,
        state=MessageState.UNKNOWN,
        bereaved=True,
        due_at=AT,
    )


@pytest.fixture
def mei(unknown: Message) -> Any:
    return StaffFactory(role=Role.FAMILY_CARE, branch=unknown.subject.branch)


def tell(client: Any, number: UUID | str, status: str = "delivered", code: str = "") -> int:
    body = json.dumps({"receipts": [{"id": str(number), "status": status, "code": code}]}).encode()
    told = gateway.headers(SECRET, key="r-1", body=body, at=datetime.now(UTC))
    url = reverse("gateway:receipt")
    answer = client.post(url, body, content_type="application/json", headers=told)
    return int(answer.status_code)


def stands(message: Message) -> tuple[str, str]:
    found = Message.objects.get(pk=message.pk)
    return str(found.state), found.why


def followed(message: Message) -> str:
    touchpoint = Touchpoint.objects.get(pk=message.touchpoint_id)
    plans.follow(touchpoint, at=AT)
    return str(Touchpoint.objects.get(pk=message.touchpoint_id).state)


def back(ours: UUID) -> str:
    return actions.mail(report(ours=ours), by=BY, at=AT)


class TestAReceiptAfterAPersonDecided:
    def test_that_it_did_not_arrive_makes_it_sent(self, client: Any, unknown: Message, mei: Any) -> None:
        outbox.decide(unknown, arrived=False, by=actor(mei), at=AT)
        assert followed(unknown) == "FAILED"

        assert tell(client, unknown.pk) == 204

        assert (stands(unknown), followed(unknown)) == (("SENT", "reconciled"), "SENT")

    def test_to_send_it_again_takes_the_copy_back(self, client: Any, unknown: Message, mei: Any) -> None:
        copy = sent_again(unknown, mei)

        tell(client, unknown.pk)

        assert (stands(unknown)[0], stands(copy)) == ("SENT", ("FAILED", "already_reached"))
        assert followed(unknown) == "SENT"

    def test_leaves_a_copy_that_may_have_left(self, client: Any, unknown: Message, mei: Any) -> None:
        copy = sent_again(unknown, mei)
        Message.objects.filter(pk=copy.pk).update(state=MessageState.UNKNOWN, begun_at=AT)

        tell(client, unknown.pk)

        assert (stands(unknown), stands(copy)[0]) == (("FAILED", "sent_again"), "UNKNOWN")

    def test_holds_what_is_due_where_the_person_answers(self, unknown: Message, mei: Any) -> None:
        email = MessageFactory(subject=unknown.subject, state=MessageState.UNKNOWN, bereaved=True, due_at=AT)
        outbox.decide(email, arrived=False, by=actor(mei), at=AT)
        waits = MessageFactory(subject=unknown.subject, bereaved=True, due_at=AT)
        raw = mail_that_answers().replace(str(OURS).encode(), str(email.pk).encode())

        actions.mail(raw, by=BY, at=AT)

        assert (Answer.objects.get().subject, stands(waits)) == (unknown.subject, ("HELD", "replied"))


def sent_again(message: Message, mei: Any) -> Message:
    asked = outbox.ask_resend(message, by=actor(mei), at=AT)
    assert isinstance(asked, approvals.Approval)
    second = StaffFactory(role=Role.FAMILY_CARE, branch=message.subject.branch)
    approvals.decide(asked, yes=True, by=actor(second), at=AT)
    return Message.objects.get(state=MessageState.DUE)


class TestAReceiptByTheGatewaysOwnId:
    def test_is_told_again_where_it_comes_before_the_id_is_known(self, client: Any, unknown: Message) -> None:
        Message.objects.update(
            state=MessageState.SENDING, lease_until=AT + timedelta(minutes=3), claimed_by="tests"
        )
        early = tell(client, "P-9", "failed", "no_such_number")
        Message.objects.update(state=MessageState.SENT, sent_at=AT, provider_id="P-9")

        assert (early, tell(client, "P-9", "failed", "no_such_number")) == (503, 204)
        assert ContactState.objects.get().state == Reach.WRONG

    def test_is_not_told_again_of_an_id_that_can_only_be_ours(self, client: Any, unknown: Message) -> None:
        Message.objects.update(
            state=MessageState.SENDING, lease_until=AT + timedelta(minutes=3), claimed_by="tests"
        )
        assert tell(client, uuid7()) == 204  # of an alarm, or of a message that is gone

    def test_of_nothing_we_know_is_taken(self, client: Any) -> None:
        assert tell(client, "P-9") == 204

    def test_is_none_of_a_mail_server(self, client: Any) -> None:
        MessageFactory(state=MessageState.SENT, due_at=AT, provider_id="P-9")

        tell(client, "P-9", "failed", "no_such_number")

        assert not ContactState.objects.exists()


class TestAMessageThatWaitsThoughItLeft:
    def test_counts_as_sent_by_its_receipt(self, client: Any) -> None:
        """As after a backup was put back, or a hand-over of one that may go twice."""
        widow = MemberFactory()
        message = MessageFactory(subject=widow.subject, channel=Channel.SMS, due_at=AT)

        tell(client, message.pk)

        assert stands(message) == ("SENT", "reconciled")


class TestAnEmailThatCameBackForGood:
    def test_settles_one_that_was_unclear(self) -> None:
        widow = MemberFactory()
        message = MessageFactory(subject=widow.subject, state=MessageState.UNKNOWN, bereaved=True, due_at=AT)

        assert back(message.pk) == "came_back"

        assert stands(message) == ("FAILED", "not_delivered")
        assert contact.against(widow.subject_id, Channel.EMAIL, None) == "channel_broken"

    @pytest.mark.parametrize("why", ["rcpt_550", "rcpt_554", "rcpt_556", "rcpt_501"])
    def test_is_learnt_from_whatever_number_the_server_gave(self, why: str) -> None:
        widow = MemberFactory()
        MessageFactory(subject=widow.subject, state=MessageState.FAILED, why=why, settled_at=AT, due_at=AT)

        assert actions.learn(by=BY, at=AT + timedelta(minutes=1)) == 1
        assert ContactState.objects.get().state == Reach.BOUNCED


class TestASecondRelease:
    def test_leaves_out_whom_no_way_is_open_to_any_more(self) -> None:
        family = FamilyFactory(about={"died_on": date(2024, 5, 1), "gave_on": date(2024, 5, 1)})
        widow, son = (MemberFactory(family=family, about={"phone": f"+861360000007{n}"}) for n in range(2))
        plan, mei = PlanFactory(family=family), StaffFactory(role=Role.FAMILY_CARE, branch=family.branch)
        step = StepFactory(channels=["SMS"], wording="tests.wording", programme__key=plan.programme_key)
        touchpoint = TouchpointFactory(plan=plan, step=step, state=TouchpointState.DUE)
        plans.approve(touchpoint, by=actor(mei), at=AT)
        plans.hold(touchpoint, why="not_sure", by=actor(mei), at=AT)
        contact.mark(son.subject, Channel.SMS, Reach.STOPPED, by=BY, at=AT)

        plans.release(touchpoint, by=actor(mei), at=AT)
        plans.approve(touchpoint, by=actor(mei), at=AT)

        assert stands(Message.objects.get(subject=son.subject)) == ("CANCELLED", "no_way")
        assert stands(Message.objects.get(subject=widow.subject))[0] == "DUE"

        plans.hold(touchpoint, why="not_sure", by=actor(mei), at=AT)
        contact.clear(son.subject, Channel.SMS, by=BY, at=AT)
        plans.release(touchpoint, by=actor(mei), at=AT)
        plans.approve(touchpoint, by=actor(mei), at=AT)

        assert stands(Message.objects.get(subject=son.subject))[0] == "DUE"  # the way is open again
