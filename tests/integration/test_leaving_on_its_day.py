"""A rite leaves on its day or not by itself, whatever kept it back: a line, a hold, a backup put back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from foundation.access import Role
from notifications import outbox
from notifications.care import unsent
from notifications.delivery import deliver
from notifications.outbox import Message, lacking
from registry.families.models import SilentDay
from tests.conftest import sign_in_client
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import SETTER_UP, StaffFactory
from tests.factories.messages import MessageFactory, approved_words
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # ten o'clock in China
EVENING = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
LATER = timedelta(days=10)


@pytest.fixture(autouse=True)
def mails(settings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "files", tmp_path / "mails"
    return tmp_path / "mails"


@pytest.fixture
def widow() -> Any:
    return MemberFactory(
        family=FamilyFactory(about={"died_on": date(2024, 5, 1), "gave_on": date(2024, 5, 1)})
    )


@pytest.fixture
def touchpoint(widow: Any) -> Any:
    approved_words("family.qingming")
    step = StepFactory(wording="family.qingming", channels=["EMAIL", "SMS"], beats_gap=True)
    plan = PlanFactory(family=widow.family)
    return TouchpointFactory(plan=plan, step=step, state="APPROVED", on_date=DAY)


@pytest.fixture
def rite(widow: Any, touchpoint: Any) -> Message:
    return MessageFactory(
        subject=widow.subject, touchpoint=touchpoint, bereaved=True, beats_gap=True, due_at=MORNING
    )


def stands(message: Message) -> tuple[str, str]:
    found = Message.objects.get(pk=message.pk)
    return found.state, found.why


class TestARite:
    def test_that_was_kept_back_over_its_day_is_left_to_a_person(self, rite, mails):
        outbox.hold_everything(by=SETTER_UP, at=MORNING)
        deliver(rite.pk, at=MORNING)
        outbox.release_everything(by=SETTER_UP, at=MORNING + LATER)

        deliver(rite.pk, at=MORNING + LATER)

        assert (stands(rite), mails.exists()) == (("HELD", "day_over"), False)

    def test_that_lacked_words_on_its_day_is_left_to_a_person_when_they_are_there(self, rite):
        Message.objects.update(state="HELD", why="no_wording")
        lacking.ask_again(Message.objects.all(), by=SETTER_UP, at=MORNING + LATER)

        deliver(rite.pk, at=MORNING + LATER)

        assert stands(rite) == ("HELD", "day_over")
        assert lacking.stopped(Message.objects.all()).get() == rite

    def test_leaves_until_the_evening_of_its_day(self, rite, mails):
        deliver(rite.pk, at=MORNING + timedelta(hours=9))

        assert (stands(rite), len(list(mails.iterdir()))) == (("SENT", ""), 1)

    @pytest.mark.parametrize(("hours", "leaves"), [(0, 0), (13, 23)], ids=["by day", "by night"])
    def test_is_let_go_late_by_who_knows_that_it_is_late(self, rite, widow, client, hours, leaves):
        deliver(rite.pk, at=MORNING + LATER)
        at = MORNING + LATER + timedelta(hours=hours)
        with time_machine.travel(at, tick=False):
            sign_in_client(client, StaffFactory(role=Role.FAMILY_CARE, branch=widow.family.branch))
            page = client.get(reverse("waiting:families"))
            client.post(reverse("waiting:family-message", args=[rite.pk]), {"word": "go"})

        assert str(unsent.reason_of("day_over").mend) in page.content.decode()
        assert Message.objects.get().due_at == at
        deliver(rite.pk, at=MORNING + LATER + timedelta(hours=leaves))
        assert stands(rite) == ("SENT", "")

    def test_goes_by_another_way_on_its_day_alone(self, rite, mails):
        Message.objects.update(state="CLAIMED", lease_until=MORNING, claimed_by="here")
        rite.claimed_by = "here"

        outbox.fail(rite, at=MORNING + LATER, why="rcpt_550")

        copy = Message.objects.get(channel="SMS")
        assert (copy.due_at, copy.not_before) == (MORNING, MORNING + LATER)

    @pytest.mark.parametrize(("days", "state"), [(0, "HELD"), (1, "SENT")], ids=["its own", "a later one"])
    def test_that_is_released_in_an_evening_leaves_in_the_morning_if_that_is_no_later_than_meant(
        self, rite, days, state
    ):
        Message.objects.update(due_at=EVENING + timedelta(days=days))

        deliver(rite.pk, at=MORNING + timedelta(days=days + 1))

        assert stands(rite)[0] == state


class TestAnotherWordToAFamily:
    @pytest.mark.parametrize(
        ("days", "silent", "state"), [(3, 0, "SENT"), (4, 0, "HELD"), (4, 1, "SENT"), (6, 1, "HELD")]
    )
    def test_may_be_some_days_late(self, widow, days, silent, state):
        approved_words()
        for day in range(silent):
            by = {"by_kind": "command", "by_id": "tests"}
            SilentDay.objects.create(family=widow.family, month=11, day=21 + day, **by)
        message = MessageFactory(subject=widow.subject, bereaved=True, due_at=MORNING)

        deliver(message.pk, at=MORNING + timedelta(days=days))

        assert stands(message) == (state, "day_over" if state == "HELD" else "")
