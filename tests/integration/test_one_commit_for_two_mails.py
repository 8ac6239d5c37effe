"""How one mail went is committed with the beginning of the next. Source: docs/decisions/0010."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from foundation import trips, vault
from foundation.trail.models import TrailRow
from notifications import outbox
from notifications.channels import Receipt
from notifications.delivery import asking, deliver_all
from notifications.outbox import Message, MessageState
from tests import lines
from tests.factories.families import MemberFactory
from tests.factories.foundation import BranchFactory
from tests.factories.messages import MessageFactory, approved_words
from tests.integration.test_sending_a_message_once import MORNING
from tests.settings import SERVER

PATIENCE = 30  # seconds
pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
on_a_server = pytest.mark.skipif(not SERVER, reason="SQLite locks the whole file, and has no trips to spare")


def elsewhere(act: Callable[[], Any]) -> Any:
    """Do something on a connection of its own."""

    def run() -> Any:
        with closing(connection):
            return act()

    with ThreadPoolExecutor(1) as beside:
        return beside.submit(run).result(PATIENCE)


def sent(said: CaptureQueriesContext) -> list[str]:
    """Return what was sent to the database; what was held for the next statement was not, by itself."""
    return [one["sql"] for one in said if one["sql"]]


def states() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def seen() -> Iterator[list[list[str]]]:
    """Take mails, and keep how all messages stood for others when each left."""
    kept: list[list[str]] = []

    def send(*_words: Any) -> Receipt:
        kept.append(elsewhere(states))
        return Receipt(f"Q{len(kept)}")

    with lines.taken_by(send):
        yield kept


@pytest.fixture
def messages(db: None) -> list[Message]:
    approved_words()
    return [MessageFactory(subject=MemberFactory().subject, due_at=MORNING) for _ in range(3)]


def send_all(messages: list[Message]) -> None:
    deliver_all([one.pk for one in messages], at=MORNING)


class TestOneCommit:
    def test_lets_one_at_most_be_on_its_way(self, messages, seen):
        send_all(messages)

        assert seen == [
            ["SENDING", "CLAIMED", "CLAIMED"],
            ["SENT", "SENDING", "CLAIMED"],
            ["SENT", "SENT", "SENDING"],
        ]
        assert states() == ["SENT"] * 3
        assert list(Message.objects.order_by("pk").values_list("provider_id", flat=True)) == [
            "Q1",
            "Q2",
            "Q3",
        ]
        assert TrailRow.objects.filter(verb="message.sent").count() == len(messages)

    @on_a_server
    def test_takes_two_trips_a_mail(self, messages, seen):
        more = [MessageFactory(subject=one.subject, due_at=MORNING, service=True) for one in messages]
        send_all(messages)  # each statement is planned with the first

        with CaptureQueriesContext(connection) as said:
            send_all(more)
        ends = [sql for sql in sent(said) if sql.endswith("; COMMIT")]
        assert len(ends) == len(more) + 1  # each with the next, and the last by itself
        assert [sql for sql in ends if "message.sent" in sql and "EXECUTE" in sql] == ends[1:-1]
        begun = [sql for sql in sent(said) if sql.startswith("BEGIN; ")]
        assert len(begun) == len(ends)

    @on_a_server
    def test_waits_for_no_person_while_one_is_not_written_down(self, messages, seen):
        def sent_meanwhile() -> None:
            with closing(connection):
                send_all(messages)

        with ThreadPoolExecutor(1) as beside:
            with transaction.atomic():
                vault.lock(messages[1].subject_id)
                sending = beside.submit(sent_meanwhile)
                while states()[0] != MessageState.SENT:
                    assert not sending.done()
                assert states() == ["SENT", "CLAIMED", "CLAIMED"]
            sending.result(PATIENCE)
        assert states() == ["SENT"] * 3

    @on_a_server
    def test_waits_for_nobody_who_holds_the_next_one(self, messages, seen):
        first, second, _third = outbox.claim_all([one.pk for one in messages], at=MORNING)
        outbox.begin_sending(first, at=MORNING, ask=asking.ask)
        begin = partial(outbox.begin_sending, second, at=MORNING, ask=asking.ask)

        with transaction.atomic():  # as one who ends a campaign
            list(Message.objects.select_for_update().filter(pk=second.pk))
            with pytest.raises(outbox.Busy):
                elsewhere(lambda: begin(after=outbox.Sent(first, MORNING)))
        assert states() == ["SENDING", "CLAIMED", "CLAIMED"]
        begin(after=outbox.Sent(first, MORNING))
        assert states() == ["SENT", "SENDING", "CLAIMED"]

    def test_sees_to_what_follows_only_once_the_next_has_left(self, messages, seen, monkeypatch):
        followed: list[tuple[UUID, int]] = []
        monkeypatch.setattr(outbox, "follow_up", lambda sent: followed.append((sent.message.pk, len(seen))))
        send_all(messages)
        first, second, _last = messages
        assert followed == [(first.pk, 2), (second.pk, 3)]

    def test_writes_down_what_left_where_the_next_cannot_be_begun(self, messages, seen, monkeypatch):
        ask = asking.ask

        def failing(message: Message, **more: Any) -> Any:
            if message.pk == messages[1].pk:
                raise ZeroDivisionError
            return ask(message, **more)

        monkeypatch.setattr(asking, "ask", failing)
        send_all(messages)
        assert states() == ["SENT", "DUE", "SENT"]
        assert TrailRow.objects.filter(verb="message.sent").count() == len(seen)

    def test_writes_down_what_left_where_the_next_is_refused(self, messages, seen):
        Message.objects.filter(pk=messages[1].pk).update(wording="nobody.wrote")
        send_all(messages)
        assert states() == ["SENT", "DUE", "SENT"]
        assert TrailRow.objects.filter(verb="message.sent").count() == len(seen)


@on_a_server
class TestWakeUp:
    def test_waits_for_nobody_who_takes_one_up(self, messages):
        with transaction.atomic():
            list(Message.objects.select_for_update().filter(pk=messages[0].pk))
            elsewhere(lambda: outbox.wake([one.pk for one in messages], at=MORNING))
        at = dict(Message.objects.values_list("pk", "told_at"))
        assert [at[one.pk] for one in messages] == [None, MORNING, MORNING]


class TestBefore:
    def test_says_in_the_same_trip_what_nobody_reads(self):
        branch = BranchFactory(name="甲")

        def rename() -> None:
            with connection.cursor() as cursor:
                cursor.execute("UPDATE foundation_branch SET name = %s WHERE name = %s", ["乙", "甲"])

        with CaptureQueriesContext(connection) as said, transaction.atomic(), trips.last(before=rename):
            assert type(branch).objects.filter(name="乙").update(phone="0574") == 1
        branch.refresh_from_db()
        assert (branch.name, branch.phone) == ("乙", "0574")
        if SERVER:
            assert [sql.count("UPDATE") for sql in sent(said) if "UPDATE" in sql] == [2]

    def test_says_it_by_itself_where_nothing_follows(self):
        branch = BranchFactory(name="甲")
        named = type(branch).objects.filter(pk=branch.pk)
        with transaction.atomic(), trips.last(before=lambda: named.update(name="乙")):
            pass
        branch.refresh_from_db()
        assert branch.name == "乙"
