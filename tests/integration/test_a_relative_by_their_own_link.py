"""Somebody of the family leaves a new number, or asks to be let be, by their own link."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foundation import vault
from foundation.trail import Actor, ActorKind
from notifications.answers import actions as answers
from notifications.answers.models import Answer, AnswerState, Desk, Meaning
from notifications.channel_names import Channel
from notifications.links import making
from notifications.links.purposes import Purpose
from notifications.message_states import MessageState
from notifications.outbox import Message
from notifications.recipients.models import ContactState, Reach
from registry.families.models import Member
from tests.factories.families import MemberFactory
from tests.factories.messages import MessageFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
NEW = "15912345678"


@pytest.fixture
def member() -> Member:
    """Return a widow."""
    return MemberFactory()


def path(purpose: Purpose, member: Member, **more: str) -> str:
    token = making.new_token(purpose, member.subject, at=timezone.now(), **more)
    return reverse("links:open", args=[token])


def opened(purpose: Purpose, member: Member) -> tuple[Client, str]:
    """Return a telephone on which the second fact was shown, and the page's path."""
    client, there = Client(headers={"accept-language": "en"}), path(purpose, member)
    last = str(vault.open_one(member, "phone")["phone"])[-4:]
    assert client.post(there, {"last_four": last}).status_code == 302
    return client, there


class TestNewNumber:
    def test_is_read_by_the_family_s_desk_which_writes_it_down(self, member: Member) -> None:
        client, there = opened(Purpose.PHONE, member)
        old = str(vault.open_one(member, "phone")["phone"])

        page = client.get(there).content.decode()
        assert old not in page
        assert client.post(there, {"phone": NEW}).status_code == 302
        assert client.get(there).status_code == 200

        answer = Answer.objects.get()
        assert (answer.state, answer.desk, answer.subject) == (
            AnswerState.OPEN,
            Desk.FAMILIES,
            member.subject,
        )
        assert NEW in str(vault.open_one(answer, "words")["words"])
        assert str(vault.open_one(Member.objects.get(pk=member.pk), "phone")["phone"]) == old

        by = Actor(ActorKind.COMMAND, "test")
        said = answers.Said(meaning=Meaning.NEW_NUMBER, who=member.subject, number=NEW)
        answers.settle(answer, said, by=by, at=timezone.now())
        assert str(vault.open_one(Member.objects.get(pk=member.pk), "phone")["phone"]).endswith(NEW)

    def test_holds_what_is_about_to_leave_to_the_old_one(self, member: Member) -> None:
        mine = MessageFactory(subject=member.subject, channel=Channel.SMS)
        client, there = opened(Purpose.PHONE, member)

        client.post(there, {"phone": NEW})

        assert Message.objects.get(pk=mine.pk).state == MessageState.HELD

    @pytest.mark.parametrize("typed", ["", "12", "0574-88", "<b>", "1" * 60])
    def test_that_is_none_is_refused_and_kept_as_typed(self, member: Member, typed: str) -> None:
        client, there = opened(Purpose.PHONE, member)

        answer = client.post(there, {"phone": typed})

        assert answer.status_code == 422
        assert not Answer.objects.exists()

    def test_is_not_asked_of_a_relative_whose_number_is_unknown(self) -> None:
        nobody = MemberFactory(about={"phone": ""})
        assert Client().get(path(Purpose.PHONE, nobody)).status_code == 410


class TestLetBe:
    def test_who_stops_every_way_wants_nothing_more_and_the_others_still_hear(self, member: Member) -> None:
        other = MemberFactory(family=member.family)

        there = path(Purpose.STOP, member, matter=Channel.EMAIL)
        answer = Client().post(there, {"ways": "all"})

        assert answer.status_code == 302
        assert Member.objects.get(pk=member.pk).may_hear is False
        assert Member.objects.get(pk=other.pk).may_hear is True
        states = ContactState.objects.filter(subject=member.subject).values_list("state", flat=True)
        assert list(states) == [Reach.STOPPED] * len(Channel)

    def test_who_stops_one_way_is_still_remembered_by_the_others(self, member: Member) -> None:
        Client().post(path(Purpose.STOP, member, matter=Channel.EMAIL), {"ways": "this"})
        assert Member.objects.get(pk=member.pk).may_hear is True
