"""An alarm, a reminder and a condolence leave by the lines themselves: a gateway and a mail server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from foundation.access import Role, Staff, command_actor, task_actor
from notifications import paging
from notifications.channel_names import Channel
from notifications.channels.email.sending import line
from notifications.channels.provider import actions as provider
from notifications.delivery import deliver
from notifications.outbox.models import Message
from notifications.paging import actions, kinds, numbers, sending
from notifications.paging.models import Copy
from tests import sink
from tests.factories.families import MemberFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.factories.messages import MessageFactory, approved_words
from tests.factories.wordings import install

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
NIGHT = datetime(2026, 11, 20, 18, 14, tzinfo=UTC)  # 02:14 in China
MORNING = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
PHONE = "+8613800138000"
TASK = task_actor("tests")


@pytest.fixture
def phones(settings, tmp_path: Path) -> Path:
    """The folder that a gateway puts short messages into, and its words for all that is approved."""
    settings.SMS_URL = f"file:{tmp_path / 'phones'}"
    return tmp_path / "phones"


@pytest.fixture
def office(settings, tmp_path: Path) -> Iterator[sink.Sink]:
    """A mail server, and the settings that name it."""
    with sink.running(tmp_path / "sink") as mail:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail.port
        yield mail
        line.close()


@pytest.fixture
def on_duty() -> Staff:
    install()
    kinds.register(kinds.Kind("tests", "Something happened", lambda _alarm: True, ends_by_hand=False))
    branch = BranchFactory()
    staff = StaffFactory(role=Role.CASEWORKER, branch=branch)
    times = {"starts_at": NIGHT - timedelta(hours=8), "ends_at": NIGHT + timedelta(hours=8)}
    actions.put_on_duty(staff, branch, place=1, by=actor(staff), at=NIGHT, **times)
    numbers.keep_number(staff, PHONE, by=actor(staff), at=NIGHT)
    paging.page("tests", object=branch, by=TASK, at=NIGHT)
    return staff


def at_the_gateway(phones: Path) -> list[dict[str, str]]:
    return [json.loads(file.read_text()) for file in phones.iterdir()]


class TestAnAlarm:
    def test_leaves_by_the_gateway_and_by_the_mail_server(self, on_duty, phones, office):
        provider.approve_for_trying_out(sign="余杭红会", by=command_actor(), at=NIGHT)

        assert sending.send_due(at=NIGHT) == 2

        assert set(Copy.objects.values_list("state", "why")) == {("SENT", "")}
        (said,) = at_the_gateway(phones)
        assert (said["to"], said["sign"]) == (PHONE, "余杭红会")
        assert "02:14" in said["text"]
        (mail,) = office.taken()
        assert mail["to"] == on_duty.email


class TestAMessage:
    @pytest.mark.parametrize("channel", [Channel.SMS, Channel.WECHAT])
    def test_leaves_by_the_gateway_with_the_number_of_its_template(self, phones, channel):
        approved_words()
        member = MemberFactory(about={"phone": PHONE, "wechat": "o-1"})
        message = MessageFactory(subject=member.subject, channel=channel, due_at=MORNING)
        deliver(message.pk, at=MORNING)
        waits = Message.objects.get()
        provider.approve_for_trying_out(sign="余杭红会", by=command_actor(), at=NIGHT)

        deliver(message.pk, at=MORNING + timedelta(hours=1))

        assert (waits.state, waits.why[-12:]) == ("DUE", "not_approved")
        assert Message.objects.get().state == "SENT"
        (said,) = at_the_gateway(phones)
        assert (said["channel"], said["text"]) == (channel.lower(), "您好。")
        assert said["to"] == {"SMS": PHONE, "WECHAT": "o-1"}[channel]
        assert ("sign" in said) is (channel == Channel.SMS)
        assert said["template"].startswith("LOCAL")

    def test_leaves_by_the_mail_server_in_time(self, office):
        approved_words()
        message = MessageFactory(subject=MemberFactory().subject, due_at=MORNING)

        deliver(message.pk, at=MORNING)

        assert Message.objects.get().state == "SENT"
        assert [mail["id"] for mail in office.taken()] == [str(message.pk)]
