"""What was so at the release is asked again when a message leaves. Source: domain.md 7, "At send time"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from celery.schedules import crontab
from django.conf import settings
from django.db import IntegrityError, transaction

from consent import actions as consents
from consent.models import Consent
from consent.purposes import CORE, Purpose
from foundation.access import Role
from foundation.trail import Actor, ActorKind
from notifications import outbox
from notifications.channels import Receipt
from notifications.delivery import asking, deliver
from notifications.events import actions as events
from notifications.outbox import Message, stopping
from notifications.plans.models import Plan, Touchpoint
from registry.donors import actions as donors
from registry.donors import words
from registry.donors.models import Donor, Word
from registry.donors.queries.receipts import receipt_of
from registry.families.models import Giver
from tests import lines
from tests.factories.consent import sign
from tests.factories.donors import DonorFactory
from tests.factories.events import household, memorial
from tests.factories.families import MemberFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.factories.messages import MessageFactory, approved_words
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # ten o'clock in China
LATELY = date(2026, 11, 1)
BY = Actor(ActorKind.COMMAND, "tests")


@pytest.fixture
def mails() -> Iterator[list[str]]:
    """Take mails, and keep where each went."""
    kept: list[str] = []

    def send(_envelope: Any, _rendered: Any, address: str, _to: Any) -> Receipt:
        kept.append(address)
        return Receipt("Q1")

    approved_words()
    with lines.taken_by(send):
        yield kept


@pytest.fixture
def released(mails: list[str]) -> Message:
    """A word to one of a household, released for today, long after the hundredth day."""
    member = MemberFactory()
    Giver.objects.update(died_on=date(2026, 1, 1))
    step = StepFactory(channels=["EMAIL"], wording="tests.wording")
    touchpoint = TouchpointFactory(plan=PlanFactory(family=member.family), state="APPROVED", step=step)
    return MessageFactory(subject=member.subject, touchpoint=touchpoint, due_at=MORNING, bereaved=True)


@pytest.fixture
def volunteer(mails: list[str]) -> Donor:
    """Somebody who agreed to e-mails, and to a call."""
    donor = DonorFactory(state="LISTED", about={"email": "wang@example.org"})
    sign(donor.subject, given=[*CORE, Purpose.CONTACT_EMAIL, Purpose.CONTACT_PHONE])
    return donor


def state_of(message: Message) -> tuple[str, str]:
    found = Message.objects.get(pk=message.pk)
    return found.state, found.why


class TestTheOccasion:
    def test_leaves_while_all_is_as_it_was_released(self, released, mails):
        deliver(released.pk, at=MORNING)
        assert (state_of(released), len(mails)) == (("SENT", ""), 1)

    @pytest.mark.parametrize(
        ("spoil", "state", "why"),
        [
            (lambda: Plan.objects.update(state="PAUSED"), "HELD", "plan_paused"),
            (lambda: Plan.objects.update(state="STOPPED"), "CANCELLED", "plan_ended"),
            (lambda: Giver.objects.update(died_on=LATELY, gave_on=LATELY), "HELD", "before_hundred"),
            (lambda: Touchpoint.objects.update(state="SKIPPED", why="x"), "CANCELLED", "touchpoint_ended"),
            (lambda: Touchpoint.objects.update(state="DUE"), "HELD", "not_released"),
            (lambda: Touchpoint.objects.update(state="PLANNED"), "HELD", "not_released"),
            (lambda: Touchpoint.objects.update(state="HELD", held_reason="dispute"), "HELD", "not_released"),
        ],
        ids=["paused", "stopped", "died later", "left out", "put back", "planned anew", "held"],
    )
    def test_is_asked_whether_it_may_go_still(self, released, mails, spoil, state, why):
        spoil()
        deliver(released.pk, at=MORNING)
        assert (state_of(released), mails) == ((state, why), [])


class TestThePerson:
    def test_is_written_to_where_they_agreed(self, volunteer, mails):
        message = MessageFactory(subject=volunteer.subject, due_at=MORNING)
        deliver(message.pk, at=MORNING)
        assert (state_of(message), len(mails)) == (("SENT", ""), 1)

    def test_is_not_past_a_consent_that_was_taken_back(self, volunteer, mails):
        consent = Consent.objects.get(subject=volunteer.subject, purpose=Purpose.CONTACT_EMAIL)
        consents.withdraw(consent, by=BY, at=MORNING)
        message = MessageFactory(subject=volunteer.subject, due_at=MORNING)  # whoever put it there
        deliver(message.pk, at=MORNING)
        assert (state_of(message), mails) == (("CANCELLED", "no_consent"), [])

    def test_is_not_past_an_objection(self, volunteer, mails):
        Donor.objects.update(objected_at=MORNING)
        message = MessageFactory(subject=volunteer.subject, due_at=MORNING)
        deliver(message.pk, at=MORNING)
        assert (state_of(message), mails) == (("CANCELLED", "objected"), [])

    @pytest.mark.parametrize(
        ("zone", "night", "morning"),
        [
            ("Europe/London", "2027-03-28T00:30Z", "2027-03-28T08:00Z"),
            ("Europe/London", "2026-10-24T19:30Z", "2026-10-25T09:00Z"),
            ("America/New_York", "2027-03-14T04:30Z", "2027-03-14T13:00Z"),
            ("America/New_York", "2026-11-01T01:00Z", "2026-11-01T14:00Z"),
        ],
        ids=["an hour is lost", "an hour comes twice", "lost further west", "twice further west"],
    )
    def test_sleeps_through_the_night_in_which_clocks_change(self, mails, zone, night, morning):
        member, night, morning = MemberFactory(), *map(datetime.fromisoformat, (night, morning))
        type(member).objects.update(time_zone=zone)
        message = MessageFactory(subject=member.subject, due_at=night, bereaved=True)

        deliver(message.pk, at=night)
        assert (state_of(message), Message.objects.get().not_before) == (("DUE", "quiet_hours"), morning)
        deliver(message.pk, at=morning - timedelta(seconds=1))
        assert mails == []
        deliver(message.pk, at=morning)
        assert (state_of(message)[0], len(mails)) == ("SENT", 1)


class TestAnInvitation:
    @pytest.mark.parametrize("later", [timedelta(days=2), timedelta(days=2, hours=10)], ids=["day", "night"])
    def test_to_what_is_over_is_cancelled_and_waits_for_nobody(self, later):
        branch = BranchFactory()
        mei = StaffFactory(role=Role.FAMILY_CARE, branch=branch)
        event = memorial(branch, mei)
        events.invite(event, [household(branch)], by=actor(mei), at=event.starts_at - timedelta(days=21))

        answer = asking.ask(Message.objects.get(), at=event.starts_at + later)

        assert isinstance(answer, outbox.NotNow)
        assert (answer.state, answer.why) == ("CANCELLED", "event_over")


class TestTheOutbox:
    def test_sends_nothing_to_the_bereaved_at_least_once(self):
        said: dict[str, Any] = {"at_least_once": True, "at": MORNING, "due_at": MORNING, "channel": "EMAIL"}
        for bereaved in (True, False):
            member = MemberFactory()
            message = outbox.queue(
                subject=member.subject,
                branch_path=member.family.branch_path,
                wording="tests.wording",
                language="zh-hans",
                programme_key="tests",
                occasion="drive:1",
                bereaved=bereaved,
                **said,
            )
            assert message is not None
            assert Message.objects.get(pk=message.pk).at_least_once is not bereaved

    @pytest.mark.both_databases
    def test_takes_one_copy_of_a_touchpoint_and_person(self, released):
        about = {"subject": released.subject, "touchpoint": released.touchpoint, "due_at": MORNING}
        for state in ("DUE", "SENT", "UNKNOWN", "HELD", "CANCELLED"):
            Message.objects.update(state=state, sent_at=MORNING)
            with pytest.raises(IntegrityError), transaction.atomic():
                MessageFactory(**about)
        Message.objects.update(state="FAILED")
        assert MessageFactory(**about).pk
        assert MessageFactory(**{**about, "subject": MemberFactory().subject}).pk

    def test_is_swept_each_minute_by_the_timetable(self):
        entry = settings.CELERY_BEAT_SCHEDULE["notifications.tasks.sweep"]
        assert (entry["task"], entry["schedule"]) == ("notifications.tasks.sweep", crontab())


class Clock:
    """A clock that goes on while somebody waits by it."""

    def __init__(self) -> None:
        self.waited = 0.0

    def monotonic(self) -> float:
        return self.waited

    def sleep(self, seconds: float) -> None:
        self.waited += seconds


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
class TestAReceipt:
    @pytest.mark.parametrize(
        ("ends", "waits", "remains"),
        [(False, 10.0, stopping.HANDED_OVER), (True, 3.0, "")],
        ids=["it still leaves", "it had left"],
    )
    def test_names_what_was_handed_over_and_still_leaves_after_ten_seconds(
        self, volunteer, monkeypatch, ends, waits, remains
    ):
        leaving = MessageFactory(subject=volunteer.subject, due_at=MORNING, state="SENDING")
        waiting = MessageFactory(subject=volunteer.subject, due_at=MORNING)
        clock = Clock()
        slept = clock.sleep

        def sleep(seconds: float) -> None:
            slept(seconds)
            if ends and clock.waited >= waits:
                Message.objects.filter(pk=leaving.pk).update(state="SENT", sent_at=MORNING)

        monkeypatch.setattr(clock, "sleep", sleep)
        monkeypatch.setattr(stopping, "time", clock)

        facts = ("document_seen", "face_seen")
        receipt = donors.withdraw(volunteer, by=BY, at=MORNING, word=Word.STAFF_TWO_FACTS, facts=facts)
        donors.settle(receipt, deadline=MORNING + timedelta(seconds=10))

        line = receipt.lines.get(what=stopping.STOPPED)
        assert clock.waited == pytest.approx(waits, abs=0.2)
        assert (line.count, line.remains, state_of(waiting)) == (1, remains, ("CANCELLED", "withdrawn"))
        said = {str(one["remains"]) for one in receipt_of(receipt)["lines"]}
        assert (str(words.of(stopping.HANDED_OVER)) in said) is not ends
