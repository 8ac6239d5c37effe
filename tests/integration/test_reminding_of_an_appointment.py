"""Who is expected at an office is reminded once, if they want it, and only while they are expected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from foundation import moves, vault
from foundation.access import Role
from notifications import recipients
from notifications.answers import actions as answers
from notifications.answers.models import Answer, Desk
from notifications.care import showing
from notifications.channel_names import Channel
from notifications.channels import Receipt
from notifications.delivery import deliver
from notifications.outbox.models import Message, MessageState
from notifications.plans import actions as plans
from notifications.programmes.models import Programme
from notifications.reminders import actions as reminders
from notifications.reminders.tasks import plan_missing
from registry.drives import actions as drives
from registry.drives import reminding
from registry.drives.actions import drafts
from registry.drives.models import Appointment
from tests import lines
from tests.factories import plans as plan_factories
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory, actor
from tests.factories.messages import MessageFactory
from tests.factories.wordings import install

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # Monday, ten o'clock in China
COMES = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)  # Friday, half past nine
DAY_BEFORE = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
PHONE = "+8613600000077"


@pytest.fixture
def phone() -> Iterator[list[str]]:
    """Return what arrives on the volunteer's phone."""
    texts = []

    def take(_message: Any, rendered: Any, address: str, _recipient: Any) -> Receipt:
        texts.append(f"{address} {rendered.text}")
        return Receipt("Q1")

    with lines.taken_by(take, Channel.SMS):
        yield texts


@pytest.fixture
def lin(db: None) -> Any:
    """Return a coordinator of a county, where programmes and words are in use."""
    plan_factories.install()
    install()
    return StaffFactory(role=Role.COORDINATOR, branch=BranchFactory(name="西湖区红十字会", phone="0571-1234"))


@pytest.fixture
def office(lin: Any) -> Any:
    return drives.office_of(lin.roles.get().branch, by=actor(lin), at=NOW)


@pytest.fixture
def book(office: Any, lin: Any) -> Any:
    def book(starts_at: datetime = COMES, *, at: datetime = NOW, remind: bool = True) -> Appointment:
        said = {"name": "王丽", "phone": PHONE, "starts_at": starts_at, "remind": remind}
        return drives.book(office, **said, by=actor(lin), at=at)

    return book


def sentence(one: Appointment, at: datetime = NOW) -> str:
    with translation.override("en"):
        return str(reminding.said([Appointment.objects.get(pk=one.pk)], at=at)[one.pk])


def nightly(at: datetime = DAY_BEFORE) -> None:
    plans.plan_due(at.date(), at=at - timedelta(hours=6))


def send_due(at: datetime) -> None:
    for pk in Message.objects.filter(state=MessageState.DUE, due_at__lte=at).values_list("pk", flat=True):
        deliver(pk, at=at)


class TestAReminder:
    def test_leaves_on_the_morning_before_and_the_page_says_so(self, book, phone) -> None:
        one = book()
        assert sentence(one) == "The reminder leaves: 2026-11-19"

        nightly()
        assert sentence(one) == "The reminder leaves: 2026-11-19 10:00"
        send_due(DAY_BEFORE)

        assert len(phone) == 1
        assert phone[0].startswith(
            f"{PHONE} 王丽您好，您预约了2026年11月20日（星期五）09:30，西湖区红十字会。"
        )
        assert phone[0].endswith("不来了请打0571-1234，不需要理由。退订回T")
        assert sentence(one).startswith("Reminded: 2026-11-19 10:00")
        message = Message.objects.get()
        assert (message.service, message.at_least_once, message.bereaved) == (True, True, False)

    def test_leaves_at_once_where_they_come_tomorrow(self, book, phone) -> None:
        book(at=DAY_BEFORE + timedelta(hours=5))
        send_due(DAY_BEFORE + timedelta(hours=5))

        assert len(phone) == 1

    def test_is_none_for_who_comes_today_or_does_not_want_it(self, book) -> None:
        assert sentence(book(NOW + timedelta(hours=3))) == "No reminder: they come too soon for one"
        unasked = book(remind=False)

        assert sentence(unasked) == "No reminder: they did not ask for one"
        assert (unasked.subject, unasked.phone_index) == (None, None)

    def test_goes_with_the_appointment(self, book, lin, phone) -> None:
        one = book()
        nightly()
        drives.cancel(one, by=actor(lin), at=DAY_BEFORE - timedelta(hours=1))
        send_due(DAY_BEFORE)

        assert phone == []
        assert Message.objects.get().state == MessageState.CANCELLED

    def test_marks_no_appointment_twice(self, book, lin) -> None:
        stale = book()
        drives.cancel(stale, by=actor(lin), at=NOW)
        for act in (drives.came, drives.cancel):
            with pytest.raises(moves.Refused):
                act(stale, by=actor(lin), at=NOW)

        one = Appointment.objects.get()
        assert (one.came_at, one.cancelled_at) == (None, NOW)

    def test_moves_with_the_appointment_though_the_first_was_sent(self, book, lin, phone) -> None:
        one = book()
        nightly()
        send_due(DAY_BEFORE)
        after = drives.move(one, starts_at=COMES + timedelta(days=7), by=actor(lin), at=DAY_BEFORE)
        later = DAY_BEFORE + timedelta(days=7)
        nightly(later)
        send_due(later)

        assert "11月27日" in phone[-1]
        assert len(phone) == 2
        assert vault.open_one(after, "name")["name"] == "王丽"

    @pytest.mark.parametrize("late", [timedelta(minutes=1), timedelta(days=1)])
    def test_of_what_has_begun_leaves_no_more(self, book, phone, late) -> None:
        book()
        nightly()
        send_due(COMES + late)

        message = Message.objects.get()
        assert (phone, message.state, message.why) == ([], MessageState.CANCELLED, "appointment_over")

    @pytest.mark.parametrize("hours", [12, 15], ids=["ten in the evening", "one o'clock"])
    def test_that_is_late_wakes_nobody_at_night(self, book, phone, hours) -> None:
        book()
        nightly()
        send_due(DAY_BEFORE + timedelta(hours=hours))
        assert phone == []

        message = Message.objects.get()
        assert (message.state, message.why) == (MessageState.DUE, "quiet_hours")
        assert message.not_before == COMES - timedelta(minutes=30)  # nine o'clock
        deliver(message.pk, at=message.not_before)
        assert len(phone) == 1

    def test_is_planned_for_those_booked_before_the_programme_was_in_use(self, book, lin) -> None:
        programme = Programme.objects.get(key="drive")
        Programme.objects.filter(pk=programme.pk).update(state="RETIRED")
        one = book()
        assert sentence(one) == "No reminder: the programme is not in use yet"

        Programme.objects.filter(pk=programme.pk).update(state="PUBLISHED")
        reminders.plan_all(at=NOW)

        assert sentence(one) == "The reminder leaves: 2026-11-19"

    def test_that_cannot_be_planned_keeps_no_other_waiting_and_is_tried_again_at_night(
        self, book, monkeypatch
    ) -> None:
        programme = Programme.objects.filter(key="drive")
        programme.update(state="RETIRED")
        first, second = sorted((book(), book()), key=lambda one: one.subject_id)
        programme.update(state="PUBLISHED")
        begin, refused = plans.begin, {first.subject_id}

        def fail_once(key: str, *, subject: Any, **more: Any) -> Any:
            if subject.pk in refused:
                refused.remove(subject.pk)
                raise OSError
            return begin(key, subject=subject, **more)

        monkeypatch.setattr(plans, "begin", fail_once)
        reminders.plan_all(at=NOW)
        assert [planned.subject_id for planned in plan_factories.Plan.objects.all()] == [second.subject_id]

        with time_machine.travel(NOW, tick=False):
            plan_missing()
        assert plan_factories.Plan.objects.filter(subject=first.subject_id).exists()
        assert "notifications.reminders.tasks.plan_missing" in settings.CELERY_BEAT_SCHEDULE


def reply(text: str, at: datetime = NOW) -> Answer | None:
    return answers.received("SMS", PHONE, text, provider_id=text, by=SETTER_UP, at=at)


class TestAnAnswer:
    def test_that_stops_is_honoured_also_for_another_time(self, book, lin, phone) -> None:
        one = book()
        reply("T")
        after = drives.move(one, starts_at=COMES + timedelta(days=1), by=actor(lin), at=NOW)
        nightly()
        nightly(DAY_BEFORE + timedelta(days=1))
        send_due(DAY_BEFORE + timedelta(days=1))

        assert phone == []
        assert sentence(after) == "No reminder: They asked us to stop"

    def test_is_read_at_the_branch_of_the_drive(self, book, lin, signed_in) -> None:
        one = book()
        answer = reply("我改天再来")

        assert (answer.desk, answer.branch_path) == (Desk.DONORS, lin.roles.get().branch.path)
        client, url = signed_in(lin), reverse("answers:of_donor", args=[answer.pk])
        page = client.get(url).content.decode()
        assert "我改天再来" in page
        assert reverse("drives:appointments", args=[one.drive_id]) in page

        client.post(url, {"meaning": "NO_MORE", "who": str(one.subject_id), "held": "cancel"})
        assert sentence(one) == "No reminder: They asked us to stop"

    def test_that_means_nothing_leaves_a_message_out_if_the_desk_says_so(self, book, lin, signed_in) -> None:
        one = book()
        MessageFactory(subject=one.subject, branch=lin.roles.get().branch)
        answer = reply("好")
        assert Message.objects.get().state == MessageState.HELD

        url = reverse("answers:of_donor", args=[answer.pk])
        signed_in(lin).post(url, {"meaning": "NOTHING", "held": "cancel"})

        message = Message.objects.get()
        assert (message.state, message.why) == (MessageState.CANCELLED, "answer_settled")


class TestTwoWeeksLater:
    def test_nothing_of_them_can_be_read(self, book, phone) -> None:
        one = book()
        nightly()
        send_due(DAY_BEFORE)
        subject = one.subject

        drafts.purge(by=SETTER_UP, at=COMES + timedelta(days=15))

        subject.refresh_from_db()
        assert not Appointment.objects.exists()
        assert subject.erased_at is not None
        assert str(vault.open_one(Message.objects.get(), "sent_to")["sent_to"]) != PHONE
        assert plan_factories.Plan.objects.get().state == "STOPPED"


class TestThePage:
    def test_books_reminds_and_moves(self, office, lin, signed_in) -> None:
        client = signed_in(lin)
        url = reverse("drives:appointments", args=[office.pk])
        soon = timezone.localdate() + timedelta(days=5)
        said = {"name": "王丽", "phone": "13600000077", "starts_at": f"{soon}T09:30", "remind": "on"}
        assert client.post(url, said).status_code == 302
        one = Appointment.objects.get()
        page = client.get(url).content.decode()
        assert page.count('name="starts_at"') == 2  # of a new one, and of this one at another time
        assert f'value="{soon}T09:30"' in page

        moved = reverse("drives:move_appointment", args=[office.pk, one.pk])
        assert client.post(moved, {"starts_at": f"{soon}T15:00"}).status_code == 302
        assert client.post(moved, {"starts_at": "whenever"}).status_code == 302

        assert [row.stands for row in Appointment.objects.order_by("starts_at")] == [False, True]
        assert one.subject.language == "zh-hans"


class TestWhoIsExpected:
    def test_is_called_by_their_name_wherever_a_message_is_shown(self, book) -> None:
        one = book()
        MessageFactory(subject=one.subject)

        assert recipients.name(recipients.of([one.subject_id])[one.subject_id]) == "王丽"
        assert [str(line.name) for line in showing.sent(Message.objects.all())] == ["王**"]
