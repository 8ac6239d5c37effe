"""What families hear of a memorial that is moved, called off or near, by a machine or by a person."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from foundation import calendar, vault
from notifications import outbox, recipients, wordings
from notifications.channel_names import Channel
from notifications.delivery import asking, filling
from notifications.events import actions, queries, telling
from notifications.events.models import Event, Invitation, Kind
from notifications.links import replies
from notifications.links.purposes import Purpose
from notifications.outbox import Message
from notifications.plans.models import Plan
from tests.at_the_families import branch, mei
from tests.factories import links
from tests.factories.events import NOW, household, memorial
from tests.factories.foundation import actor
from tests.factories.wordings import install

__all__ = ["branch", "mei"]  # fixtures
pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
LATER = NOW + timedelta(days=2)


@pytest.fixture
def event(branch: Any, mei: Any) -> Event:
    return memorial(branch, mei)


@pytest.fixture
def invited(branch: Any, mei: Any, event: Event) -> Any:
    """Invite so many households by SMS; by default it reached them."""

    def made(count: int, *, sent: bool = True) -> list[Invitation]:
        actions.invite(event, [household(branch) for _n in range(count)], by=actor(mei), at=NOW)
        if sent:
            Message.objects.update(state="SENT", sent_at=NOW, begun_at=NOW)
        return list(Invitation.objects.select_related("event", "subject").order_by("pk"))

    return made


def as_read(message: Message, at: Any = LATER) -> str:
    to = recipients.of_subject(message.subject)
    assert to is not None
    return wordings.render(message.wording, message.channel, to, filling.Given(message, at), at=at).text


def failed(message: Message, why: str = "gateway_invalid_number") -> None:
    taken = outbox.claim(message.pk, at=max(message.due_at, NOW))
    assert taken
    outbox.fail(taken, at=NOW, why=why)


def answer_of(message: Message, at: Any = LATER) -> tuple[str, str]:
    """What is answered at sending: what becomes of the message, and why."""
    found = asking.ask(Message.objects.get(pk=message.pk), at=at)
    return (found.state, found.why) if isinstance(found, outbox.NotNow) else ("READY", "")


class TestCallingOff:
    def test_is_told_as_such_and_names_no_new_day(self, event, mei, invited):
        install()
        (one,) = invited(1)
        actions.answer(one, people=2, by=actor(mei), at=LATER)
        actions.call_off(event, by=actor(mei), at=LATER)

        words = as_read(Message.objects.exclude(wording="event.invitation").get())
        assert "取消" in words
        assert "改为" not in words

    def test_is_told_to_who_did_not_answer_too_and_not_to_who_said_no(self, event, mei, invited):
        silent, comes, stays = invited(3)
        actions.answer(comes, people=2, by=actor(mei), at=LATER)
        actions.answer(stays, people=0, by=actor(mei), at=LATER)
        told = actions.call_off(event, by=actor(mei), at=LATER)

        now = Message.objects.exclude(wording="event.invitation")
        assert told == 2
        assert {message.subject_id for message in now} == {silent.subject_id, comes.subject_id}

    def test_is_a_person_s_to_tell_when_the_morning_is_too_late(self, event, mei, invited):
        (one,) = invited(1)
        Event.objects.update(starts_at=LATER)
        actions.call_off(event, by=actor(mei), at=NOW)
        assert not telling.waiting(Event.objects.get(), at=NOW)
        Message.objects.filter(state="DUE").update(why="quiet_hours", not_before=LATER)

        assert [theirs.invitation for theirs in telling.waiting(Event.objects.get(), at=NOW)] == [one]

    def test_is_told_to_nobody_whose_invitation_never_left(self, event, mei, invited):
        invited(1, sent=False)
        actions.call_off(event, by=actor(mei), at=LATER)

        assert Message.objects.get().state == "CANCELLED"
        assert not telling.waiting(event, at=LATER)

    def test_is_told_to_who_rang_and_comes_before_the_invitation_left(self, event, mei, invited):
        (one,) = invited(1, sent=False)
        actions.answer(one, people=2, by=actor(mei), at=NOW)

        assert actions.call_off(event, by=actor(mei), at=LATER) == 1

    def test_is_a_person_s_to_tell_when_a_line_of_ours_is_down_for_an_hour(self, event, mei, invited):
        (one,) = invited(1)
        actions.call_off(event, by=actor(mei), at=LATER)
        off = Message.objects.get(wording="event.called_off")
        taken = outbox.claim(off.pk, at=LATER)
        outbox.free(taken, at=LATER, why="no_line")
        now = Event.objects.get()
        soon, late = LATER + timedelta(minutes=10), LATER + timedelta(minutes=70)

        assert not telling.waiting(now, at=soon)
        assert [theirs.invitation for theirs in telling.waiting(now, at=late)] == [one]
        assert [guest.unsent for guest in queries.to_tell(now, at=late)] == [off]
        Event.objects.update(starts_at=LATER + timedelta(hours=20))
        assert [theirs.invitation for theirs in telling.waiting(Event.objects.get(), at=soon)] == [one]

    @pytest.mark.parametrize("why", ["channel_stopped", "channel_broken", "no_consent"])
    def test_is_a_person_s_to_tell_where_their_way_was_closed_meanwhile(self, event, mei, invited, why):
        (one,) = invited(1)
        actions.call_off(event, by=actor(mei), at=LATER)
        outbox.cancel_for(one.subject_id, why=why, by=actor(mei), at=LATER, channels=[one.channel])

        now = Event.objects.get()
        assert [theirs.invitation for theirs in telling.waiting(now, at=LATER)] == [one]


class TestAtSending:
    def test_words_of_an_earlier_move_do_not_go_beside_those_of_the_later(self, event, mei, invited):
        install()
        invited(1)
        for n in (1, 2):
            on = event.starts_at + timedelta(days=n)
            actions.move(event, starts_at=on, place="净慈园", by=actor(mei), at=LATER + timedelta(hours=n))
            Message.objects.filter(state="DUE").update(state="UNKNOWN" if n == 1 else "DUE", channel="EMAIL")
        earlier, later = Message.objects.filter(wording="event.changed").order_by("pk")
        Message.objects.filter(pk=earlier.pk).update(state="DUE")  # it surely did not leave

        at = LATER + timedelta(hours=3)
        assert answer_of(earlier, at) == ("CANCELLED", "event_changed")
        assert answer_of(later, at) == ("READY", "")

    def test_an_invitation_does_not_leave_after_the_event(self, event, invited):
        install()
        invited(1, sent=False)
        Message.objects.update(channel=Channel.EMAIL)

        Event.objects.update(starts_at=LATER - timedelta(hours=1))

        assert answer_of(Message.objects.get(), NOW) == ("READY", "")
        assert answer_of(Message.objects.get(), LATER) == ("CANCELLED", "event_over")

    @pytest.mark.parametrize(
        ("state", "found"),
        [("PAUSED", ("HELD", "plan_paused")), ("STOPPED", ("CANCELLED", "plan_ended"))],
    )
    def test_an_invitation_waits_for_the_plan_and_ends_with_it(self, invited, state, found):
        install()
        invited(1, sent=False)
        Plan.objects.update(state=state)

        assert answer_of(Message.objects.get()) == found

    def test_no_machine_speaks_before_the_hundredth_day_that_was_corrected(self, invited):
        install()
        (one,) = invited(1, sent=False)
        giver = one.family.giver
        lately = calendar.day_of(NOW - timedelta(days=20))
        type(giver).objects.filter(pk=giver.pk).update(died_on=lately, gave_on=lately)

        assert answer_of(Message.objects.get()) == ("HELD", "before_hundred")


class TestAHouseholdWhosePlanIsPaused:
    def test_is_not_invited(self, branch, event, mei):
        family = household(branch)
        family.plans.update(state="PAUSED")
        done = actions.invite(event, [family], by=actor(mei), at=NOW)

        assert done.left_out == {"plan_paused": 1}


class TestAnInvitationThatFailed:
    def test_goes_by_the_next_way_that_is_open(self, invited):
        (one,) = invited(1, sent=False)
        member = one.family.members.get()
        first = Message.objects.get()
        failed(first)

        copies = Message.objects.exclude(pk=first.pk)
        ways = [w for w in ("WECHAT", "SMS", "EMAIL") if getattr(member, {"SMS": "phone"}.get(w, w.lower()))]
        assert [copy.channel for copy in copies] == [way for way in ways if way != first.channel][:1]

    def test_is_a_person_s_to_tell_when_no_way_is_left(self, event, mei, invited, signed_in):
        (one,) = invited(1, sent=False)
        while message := Message.objects.filter(state="DUE").first():
            failed(message)

        desk = signed_in(mei)
        page = desk.get(reverse("events:event", args=[event.pk]), headers=ENGLISH).content.decode()

        assert [heard.invitation for heard in telling.waiting(event, at=NOW)] == [one]
        assert reverse("events:tell", args=[one.pk]) in page
        assert "The number cannot be reached" in page
        assert "No answer yet" not in page
        listed = desk.get(reverse("events:list"), headers=ENGLISH).content.decode()
        assert "1 family still to be told by you" in listed

    def test_names_the_household_among_what_was_not_sent(self, mei, invited, signed_in):
        (one,) = invited(1, sent=False)
        while message := Message.objects.filter(state="DUE").first():
            failed(message)
        page = signed_in(mei).get(reverse("care:not-sent"), headers=ENGLISH).content.decode()

        assert reverse("families:detail", args=[one.family_id]) in page


class TestWhoIsStillToBeRung:
    def test_is_found_among_all_and_not_among_the_first(self, event, invited, monkeypatch):
        _reached, to_ring = invited(2)
        Invitation.objects.filter(pk=to_ring.pk).update(channel="CALL")
        Message.objects.filter(subject=to_ring.subject_id).delete()
        monkeypatch.setattr(queries, "SHOWN", 1)

        assert [guest.invitation for guest in queries.to_tell(event, at=NOW)] == [to_ring]


class TestMoving:
    def test_is_told_with_the_new_day_to_who_may_come_and_keeps_their_seats(self, event, mei, invited):
        install()
        silent, comes, stays = invited(3)
        actions.answer(comes, people=2, by=actor(mei), at=LATER)
        actions.answer(stays, people=0, by=actor(mei), at=LATER)
        starts_at = event.starts_at + timedelta(days=7)
        told = actions.move(event, starts_at=starts_at, place="净慈园", by=actor(mei), at=LATER)

        news = Message.objects.filter(wording="event.changed")
        assert told == 2
        assert {message.subject_id for message in news} == {silent.subject_id, comes.subject_id}
        assert "净慈园" in as_read(news[0])
        assert Invitation.objects.get(pk=comes.pk).people == 2

    def test_lets_an_invitation_that_has_not_left_say_the_new_day_by_itself(self, event, mei, invited):
        install()
        invited(1, sent=False)
        starts_at = event.starts_at + timedelta(days=7)
        told = actions.move(event, starts_at=starts_at, place="净慈园", by=actor(mei), at=LATER)

        assert told == 0
        assert "净慈园" in as_read(Message.objects.get())

    def test_is_told_once_each_time_it_is_moved(self, event, mei, invited):
        invited(1)
        for n in (1, 2):
            at = LATER + timedelta(days=n)
            starts_at = event.starts_at + timedelta(days=n)
            actions.move(event, starts_at=starts_at, place="净慈园", by=actor(mei), at=at)
            Message.objects.update(state="SENT", sent_at=at, begun_at=at)

        assert Message.objects.filter(wording="event.changed").count() == 2

    def test_is_told_to_whose_invitation_began_to_leave_while_it_waited(self, event, mei, invited):
        invited(1)
        Message.objects.update(begun_at=LATER + timedelta(seconds=2))

        assert actions.move(event, starts_at=event.starts_at, place="净慈园", by=actor(mei), at=LATER) == 1

    def test_is_told_each_time_within_one_second(self, event, mei, invited):
        invited(1)
        for place in ("净慈园", "安息园"):
            actions.move(event, starts_at=event.starts_at, place=place, by=actor(mei), at=LATER)
            Message.objects.filter(state="DUE").update(state="SENT", sent_at=LATER, begun_at=LATER)

        assert Message.objects.filter(wording="event.changed").count() == 2

    def test_comes_again_for_a_person_who_told_them_of_the_day_before(self, event, mei, invited):
        (one,) = invited(1)
        Invitation.objects.update(channel="CALL")
        for n in (1, 2):
            at = LATER + timedelta(days=n)
            starts_at = event.starts_at + timedelta(days=n)
            actions.move(event, starts_at=starts_at, place="净慈园", by=actor(mei), at=at)
            assert [theirs.invitation for theirs in telling.waiting(event, at=at)] == [one]
            actions.tell(one, Kind.CHANGED, by=actor(mei), at=at)

        assert not telling.waiting(event, at=at)

    def test_by_page_is_told_and_refused_where_nothing_changes(self, event, mei, invited, signed_in):
        invited(1)
        desk, address = signed_in(mei), reverse("events:move", args=[event.pk])
        here = timezone.localtime(event.starts_at)
        typed = {"on": here.date().isoformat(), "starts": f"{here:%H:%M}", "place": event.place}

        assert desk.post(address, typed).status_code == 422
        assert desk.post(address, {**typed, "place": "净慈园"}).status_code == 302
        assert Event.objects.get().place == "净慈园"
        assert Message.objects.filter(wording="event.changed").exists()


class TestReminding:
    def eve(self, event: Event) -> Any:
        """The night before the day before, when the calendar of the day is made."""
        return calendar.at(calendar.day_of(event.starts_at) - timedelta(days=1), time(3, 55))

    def test_is_once_the_day_before_and_of_who_said_yes(self, event, mei, invited):
        _silent, comes, stays = invited(3)
        actions.answer(comes, people=2, by=actor(mei), at=LATER)
        actions.answer(stays, people=0, by=actor(mei), at=LATER)
        made = [actions.remind(self.eve(event) - timedelta(days=n)) for n in (1, 0, 0)]

        message = Message.objects.get(wording="event.reminder")
        assert made == [0, 1, 0]
        assert message.subject_id == comes.subject_id
        assert message.due_at == calendar.at(calendar.day_of(self.eve(event)), time(11))

    def test_stops_with_the_event(self, event, mei, invited):
        (one,) = invited(1)
        actions.answer(one, people=2, by=actor(mei), at=LATER)
        actions.remind(self.eve(event))
        actions.call_off(event, by=actor(mei), at=self.eve(event))

        assert Message.objects.get(wording="event.reminder").state == "CANCELLED"

    def test_does_not_leave_to_who_does_not_come_after_all(self, event, mei, invited):
        install()
        (one,) = invited(1)
        actions.answer(one, people=2, by=actor(mei), at=LATER)
        actions.remind(self.eve(event))
        message = Message.objects.get(wording="event.reminder")
        actions.answer(one, people=0, by=actor(mei), at=self.eve(event) + timedelta(hours=2))

        assert answer_of(message, message.due_at) == ("CANCELLED", "event_changed")

    def test_is_a_person_s_to_do_where_no_machine_writes(self, event, mei, invited):
        (one,) = invited(1)
        Invitation.objects.update(channel="CALL")
        actions.answer(one, people=2, by=actor(mei), at=LATER)

        assert not telling.waiting(event, at=LATER)
        assert [theirs.invitation for theirs in telling.waiting(event, at=self.eve(event))] == [one]


class TestManyAtOnce:
    def test_are_held_together_before_they_are_reminded_or_thanked(self, event, mei, invited, monkeypatch):
        everybody = {one.subject_id for one in invited(3)}
        for one in Invitation.objects.select_related("event"):
            actions.answer(one, people=1, by=actor(mei), at=LATER)
        Invitation.objects.update(attended=1)
        held: list[set[Any]] = []
        monkeypatch.setattr(vault, "lock", lambda *ids: held.append(set(ids)))

        actions.remind(TestReminding().eve(event))
        assert held.pop(0) == everybody
        held.clear()
        actions.thank(event, by=actor(mei), at=event.starts_at + timedelta(days=1))
        assert held.pop(0) == everybody


class TestALetter:
    def test_carries_words_for_paper_and_never_the_script_of_a_call(self, invited):
        install()
        invited(1, sent=False)
        Invitation.objects.update(channel="LETTER")
        told = telling.opened(Invitation.objects.get(), Kind.EVENT, at=NOW)

        assert told is not None
        assert told.rendered is not None
        assert told.is_letter
        assert "尊敬的" in told.rendered.text
        assert "说：" not in told.rendered.text


class TestTheLinkInNewsOfAnotherDay:
    def test_leads_to_the_invitation(self, event, mei, invited):
        (one,) = invited(1)
        actions.move(event, starts_at=event.starts_at, place="净慈园", by=actor(mei), at=LATER)
        news = Message.objects.get(wording="event.changed")
        given = {"people": 1, "standing": Event.objects.get().standing}
        actions.answered_by_link(news.occasion, one.subject, **given, by=actor(mei), at=LATER)

        assert Invitation.objects.get().people == 1


class TestTheLinkOfAnEventThatIsCalledOff:
    def test_says_so_to_who_shows_the_second_fact(self, client, event, mei, invited):
        replies.register(replies.Replies(queries.describe, actions.answered_by_link))  # others try a room out
        (one,) = invited(1)
        actions.call_off(event, by=actor(mei), at=NOW)
        path = links.path(Purpose.REPLY, one, at=NOW, matter=f"event:{one.pk}")
        asked = client.get(path, headers=ENGLISH).content.decode()
        number = vault.open_one(one.family.members.get(), "phone")["phone"]
        client.post(path, {"last_four": str(number)[-4:]})
        shown = client.get(path, headers=ENGLISH)

        assert "called off" not in asked
        assert shown.status_code == 200
        assert "活动取消了" in shown.content.decode()
        assert 'name="coming"' not in shown.content.decode()
