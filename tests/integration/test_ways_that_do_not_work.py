"""A way to a person that is stopped, comes back or is wrong."""

from datetime import UTC, datetime, timedelta

import pytest

from foundation import vault
from foundation.access import command_actor
from foundation.trail.models import TrailRow
from notifications.channel_names import Channel
from notifications.recipients import contact
from notifications.recipients.models import ContactState, Reach
from tests.factories.consent import subject

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 4, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
def person():
    return subject()


def mark(person, state, address="", at=NOON):
    return contact.mark(person, Channel.SMS, state, by=command_actor(), at=at, address=address)


class TestAWay:
    def test_works_until_something_is_known_against_it(self, person):
        assert contact.against(person.pk, Channel.SMS, "+8613800138000") == ""

    def test_that_was_stopped_is_shut_at_every_address(self, person):
        mark(person, Reach.STOPPED)

        assert contact.against(person.pk, Channel.SMS, "+8613800138001") == "channel_stopped"
        assert contact.against(person.pk, Channel.EMAIL, "a@example.org") == ""

    def test_that_came_back_works_again_at_another_address(self, person):
        mark(person, Reach.BOUNCED, "+8613800138000")

        assert contact.against(person.pk, Channel.SMS, "+8613800138000") == "channel_broken"
        assert contact.against(person.pk, Channel.SMS, "+8613800138001") == ""

    def test_that_was_stopped_stays_so_when_a_message_comes_back(self, person):
        mark(person, Reach.STOPPED)
        mark(person, Reach.BOUNCED, "+8613800138000")

        assert ContactState.objects.get().state == Reach.STOPPED

    def test_opens_again_by_the_persons_word(self, person):
        mark(person, Reach.STOPPED)
        contact.clear(person, Channel.SMS, by=command_actor(), at=NOON + timedelta(days=1))

        assert contact.against(person.pk, Channel.SMS, "+8613800138000") == ""

    def test_is_marked_once_however_often_it_is_told(self, person):
        for _ in range(2):
            mark(person, Reach.WRONG, "+8613800138000")

        assert TrailRow.objects.filter(verb="contact.marked").count() == 1

    def test_of_a_person_who_was_erased_keeps_no_address(self, person):
        vault.erase(person, by=command_actor(), at=NOON)
        mark(person, Reach.BOUNCED, "+8613800138000")

        assert ContactState.objects.get().address is None
