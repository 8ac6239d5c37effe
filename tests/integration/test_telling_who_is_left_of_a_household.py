"""What a household hears of an event once somebody died, said no to events, or was written down late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from foundation import vault
from foundation.access import Role
from foundation.trail import Actor, ActorKind
from notifications.delivery import deliver
from notifications.events import actions as events
from notifications.events import queries, telling
from notifications.events.actions import telling as reminding
from notifications.events.models import Event, Invitation, Kind
from notifications.outbox import Message
from registry.families import actions as families
from tests.factories.events import NOW, household, memorial
from tests.factories.families import MemberFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.factories.wordings import install

pytestmark = pytest.mark.django_db
BY = Actor(ActorKind.COMMAND, "tests")
HOUR = timedelta(hours=1)


@pytest.fixture
def mei() -> Any:
    install()
    return StaffFactory(role=Role.FAMILY_CARE, branch=BranchFactory())


def invited(mei: Any, count: int = 1) -> list[Any]:
    """Invite households, each of a widow and a son, by a machine that has not sent it yet."""
    found = [household(mei.roles.get().branch) for _n in range(count)]
    for family in found:
        MemberFactory(family=family)
    events.invite(memorial(mei.roles.get().branch, mei), found, by=actor(mei), at=NOW)
    return found


def is_sent() -> None:
    Message.objects.update(state="SENT", sent_at=NOW, begun_at=NOW)


def invitation() -> Invitation:
    return Invitation.objects.select_related("event", "subject", "family").get()


def left(at: Any) -> list[Any]:
    return queries.to_tell(Event.objects.get(), at=at)


class TestAHouseholdWhoseInvitedOneDied:
    def test_is_told_by_a_person_that_the_event_is_off(self, mei):
        (family,) = invited(mei)
        is_sent()
        events.answer(invitation(), people=3, by=actor(mei), at=NOW)
        vault.report_dead(invitation().subject, by=BY, at=NOW)
        events.call_off(Event.objects.get(), by=actor(mei), at=NOW + HOUR)
        deliver(Message.objects.get(wording="event.called_off").pk, at=NOW + HOUR)

        assert [one.family for one in left(NOW + 2 * HOUR)] == [family]
        told = telling.opened(invitation(), Kind.OFF, at=NOW + 2 * HOUR)
        assert told is not None
        assert told.to.subject.pk != invitation().subject_id

    def test_is_invited_by_a_person_where_the_invitation_had_not_left(self, mei):
        (family,) = invited(mei)
        vault.report_dead(invitation().subject, by=BY, at=NOW)

        assert [one.family for one in left(NOW + HOUR)] == [family]

    def test_is_nobody_s_work_where_nobody_else_is_left(self, mei):
        (family,) = invited(mei)
        for member in family.members.all():
            vault.report_dead(member.subject, by=BY, at=NOW)

        assert left(NOW + HOUR) == []


class TestAHouseholdThatDeclinedEvents:
    def test_hears_of_no_other_day(self, mei):
        (family,) = invited(mei)
        is_sent()
        families.decline_events(family, by=actor(mei), at=NOW + HOUR)
        event = Event.objects.get()
        day = event.starts_at + timedelta(days=1)
        events.move(event, starts_at=day, place="别处", by=actor(mei), at=NOW + 2 * HOUR)

        assert not Message.objects.filter(wording="event.changed").exists()
        assert left(NOW + 3 * HOUR) == []

    def test_takes_back_the_other_day_that_had_not_left(self, mei):
        (family,) = invited(mei)
        is_sent()
        event = Event.objects.get()
        day = event.starts_at + timedelta(days=1)
        events.move(event, starts_at=day, place="别处", by=actor(mei), at=NOW + HOUR)

        families.decline_events(family, by=actor(mei), at=NOW + 2 * HOUR)

        changed = Message.objects.get(wording="event.changed")
        assert (changed.state, changed.why) == ("CANCELLED", "events_declined")

    def test_is_rung_about_another_day_where_they_had_said_yes(self, mei):
        (family,) = invited(mei)
        is_sent()
        events.answer(invitation(), people=2, by=actor(mei), at=NOW)
        families.decline_events(family, by=actor(mei), at=NOW + HOUR)
        event = Event.objects.get()
        day = event.starts_at + timedelta(days=1)
        events.move(event, starts_at=day, place="别处", by=actor(mei), at=NOW + 2 * HOUR)

        assert not Message.objects.filter(wording="event.changed").exists()
        assert [one.family for one in left(NOW + 3 * HOUR)] == [family]


class TestAReminder:
    def test_that_no_night_queued_is_a_person_s(self, mei):
        (family,) = invited(mei)
        is_sent()
        events.answer(invitation(), people=2, by=actor(mei), at=NOW)
        starts = Event.objects.get().starts_at

        assert [one.family for one in left(starts - 2 * HOUR)] == [family]

    def test_is_queued_on_the_day_itself_where_the_evening_before_was_lost(self, mei):
        invited(mei)
        is_sent()
        events.answer(invitation(), people=2, by=actor(mei), at=NOW)
        event = Event.objects.get()
        Event.objects.update(starts_at=event.starts_at.replace(hour=7))

        events.remind(event.starts_at.replace(hour=0))

        assert Message.objects.filter(wording="event.reminder").exists()

    def test_of_one_event_is_kept_back_by_no_other(self, mei, monkeypatch):
        invited(mei)
        other = memorial(mei.roles.get().branch, mei)
        events.invite(other, [household(mei.roles.get().branch)], by=actor(mei), at=NOW)
        is_sent()
        Invitation.objects.update(people=2, answered_at=NOW)
        first, remind_of = Event.objects.order_by("pk")[0], reminding._remind_of

        def broken(event: Event, *args: Any, **said: Any) -> int:
            if event.pk == first.pk:
                raise RuntimeError
            return remind_of(event, *args, **said)

        monkeypatch.setattr(reminding, "_remind_of", broken)

        assert events.remind(first.starts_at - timedelta(days=1)) == 1


class TestThanks:
    def test_reach_who_is_written_down_after_they_went_out(self, mei):
        invited(mei, 2)
        is_sent()
        early, late = Invitation.objects.select_related("event").order_by("pk")
        later = early.event.starts_at + 3 * HOUR
        events.attended(early, people=2, by=actor(mei), at=later)
        events.thank(early.event, by=actor(mei), at=later)

        events.attended(late, people=2, by=actor(mei), at=later + HOUR)

        thanked = Message.objects.filter(wording="event.thanks").values_list("subject", flat=True)
        assert set(thanked) == {early.subject_id, late.subject_id}
