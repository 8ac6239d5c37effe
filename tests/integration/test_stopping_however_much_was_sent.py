"""A word that stops finds whom it stops, however much was sent to others since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from foundation import vault
from foundation.access import command_actor
from notifications.answers import actions, finding
from notifications.answers.models import Answer, AnswerState, Kind
from notifications.channel_names import Channel
from notifications.outbox.models import Message, MessageState
from notifications.recipients import contact
from tests.factories.families import MemberFactory
from tests.factories.messages import MessageFactory
from tests.settings import SERVER

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LONG_AGO = AT - timedelta(days=settings.ANSWER_DAYS - 1)
MORE_THAN_EVER_LOOKED_THROUGH = 5_001
ADDRESSES = {
    Channel.SMS: "+8613711112222",
    Channel.WECHAT: "wx-of-a-widow",
    Channel.EMAIL: "home@example.org",
}
COLUMNS = {Channel.SMS: "phone", Channel.WECHAT: "wechat", Channel.EMAIL: "email"}


def sent(person: Any, channel: str, address: str, at: datetime = LONG_AGO) -> Message:
    """A message that was handed over at an address."""
    message = MessageFactory(subject=person.subject, channel=channel, state=MessageState.SENT, due_at=at)
    message.save(update_fields=vault.seal(message, key=person.subject.key_id, sent_to=address))
    return message


def much_is_sent_since(channel: str) -> None:
    """Send very much to somebody else, by the same way."""
    other = MemberFactory().subject
    rows = [
        Message(
            subject=other,
            branch_path=other.branch_path,
            occasion=f"many:{n}",
            programme_key="tests",
            wording="tests.wording",
            channel=channel,
            language="zh-hans",
            state=MessageState.SENT,
            due_at=AT,
            begun_at=AT,
            sent_at=AT,
            made_at=AT,
        )
        for n in range(MORE_THAN_EVER_LOOKED_THROUGH)
    ]
    Message.objects.bulk_create(rows)


def stops(channel: str, address: str, number: str = "P-1") -> Answer:
    answer = actions.received(channel, address, "退订", provider_id=number, by=command_actor(), at=AT)
    assert answer
    return Answer.objects.get(pk=answer.pk)


def is_stopped(person: Any, channel: str) -> bool:
    return contact.against(person.subject_id, channel, None) == contact.STOPPED


@pytest.mark.parametrize("channel", ADDRESSES)
def test_a_stop_is_heard_of_everybody_at_the_address(channel):
    address = ADDRESSES[channel]
    widow, neighbour = (MemberFactory(about={COLUMNS[channel]: address}) for _n in range(2))
    for one in (widow, neighbour):
        sent(one, channel, address)
    waits = MessageFactory(subject=neighbour.subject, channel=channel, due_at=AT)
    much_is_sent_since(channel)

    answer = stops(channel, address.upper())

    assert is_stopped(widow, channel)
    assert is_stopped(neighbour, channel)
    assert Message.objects.get(pk=waits.pk).state == "CANCELLED"
    assert (answer.kind, answer.state) == (Kind.STOP, AnswerState.SETTLED)


def test_a_stop_is_heard_from_an_address_that_they_had_before(monkeypatch):
    widow = MemberFactory(about={"wechat": "wx-of-today"})
    sent(widow, Channel.WECHAT, "wx-of-then")
    for n in range(5):
        sent(MemberFactory(), Channel.WECHAT, f"wx-{n}", at=AT)
    monkeypatch.setattr(finding, "AT_ONCE", 2)

    stops(Channel.WECHAT, "wx-of-then")

    assert is_stopped(widow, Channel.WECHAT)


@pytest.mark.parametrize("channel", ADDRESSES)
def test_a_stop_that_fits_nobody_is_for_a_person_to_read(channel):
    widow = MemberFactory()
    sent(widow, channel, "elsewhere@example.org")

    answer = stops(channel, ADDRESSES[channel])

    assert not is_stopped(widow, channel)
    assert (answer.kind, answer.state, answer.subject) == (Kind.STOP, AnswerState.OPEN, None)


def test_what_was_written_longer_ago_is_not_looked_through():
    widow = MemberFactory(about={"wechat": "wx-of-a-widow"})
    sent(widow, Channel.WECHAT, "wx-of-a-widow", at=AT - timedelta(days=settings.ANSWER_DAYS + 1))

    assert stops(Channel.WECHAT, "wx-of-a-widow").state == AnswerState.OPEN


@pytest.mark.skipif(not SERVER, reason="SQLite has no planner that could be told to use an index")
def test_an_address_is_looked_for_by_an_index_of_time():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert "outbox_due" in finding._lately_sent(Channel.WECHAT, at=AT).explain()


def test_somebody_looks_for_who_stops_where_too_much_was_sent_since(settings):
    settings.ANSWER_LOOKED_THROUGH = 1
    address = ADDRESSES[Channel.WECHAT]
    widow, other = MemberFactory(about={"wechat": address}), MemberFactory(about={"wechat": "another"})
    sent(widow, Channel.WECHAT, address)
    sent(other, Channel.WECHAT, "another", at=AT)

    answer = stops(Channel.WECHAT, address)

    assert not is_stopped(widow, Channel.WECHAT)
    assert (answer.kind, answer.state) == (Kind.STOP, AnswerState.OPEN)
