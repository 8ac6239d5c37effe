"""Two of a household with one telephone or one mailbox: no second condolence comes there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from foundation import vault
from foundation.access import Role
from notifications import outbox
from notifications.delivery import deliver
from notifications.outbox import Message
from notifications.plans import actions, sendings
from tests.conftest import sign_in_client
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import StaffFactory, actor
from tests.factories.messages import approved_words
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # ten o'clock in China
SHARED = "+8613800138000"


@pytest.fixture(autouse=True)
def lines(settings, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "files", tmp_path / "mails"
    return tmp_path / "mails"


@pytest.fixture
def household() -> list[Any]:
    """A widow and her son with one mailbox, a daughter with her own; the son has a telephone."""
    family = FamilyFactory(about={"died_on": date(2024, 5, 1), "gave_on": date(2024, 5, 1)})
    widow = MemberFactory(
        family=family, about={"email": "home@example.org", "phone": SHARED, "name": "王秀英"}
    )
    son = MemberFactory(family=family, about={"email": "Home@Example.org", "phone": SHARED, "name": "李明"})
    daughter = MemberFactory(family=family, about={"email": "her@example.org", "phone": "+8613900139000"})
    return [widow, son, daughter]


def refuse(mail: Message) -> None:
    """Let the mail server refuse a copy that was handed to it: no such mailbox."""
    key = mail.subject.key_id
    assert key is not None
    mail.save(update_fields=vault.seal(mail, key=key, sent_to="home@example.org", words="words"))
    Message.objects.filter(pk=mail.pk).update(state="SENDING", claimed_by="here", lease_until=MORNING)
    mail.claimed_by = "here"
    outbox.fail(mail, at=MORNING + timedelta(minutes=1), why="rcpt_550")


@pytest.fixture
def alone(household: list[Any]) -> Any:
    """Another son, who has no mailbox, and answers his mother's telephone."""
    return MemberFactory(family=household[0].family, about={"email": "", "phone": SHARED})


@pytest.fixture
def touchpoint(household: list[Any]) -> Any:
    approved_words("family.qingming")
    step = StepFactory(wording="family.qingming", channels=["EMAIL", "SMS"], beats_gap=True)
    plan = PlanFactory(family=household[0].family)
    return TouchpointFactory(plan=plan, step=step, state="DUE", on_date=MORNING.date())


@pytest.fixture
def mei(household: list[Any]) -> Any:
    return StaffFactory(role=Role.FAMILY_CARE, branch=household[0].family.branch)


def copies() -> set[tuple[Any, str, str]]:
    return set(Message.objects.values_list("subject", "channel", "state"))


class TestOneCopyAnAddress:
    def test_reaches_everybody_who_shares_it(self, touchpoint, household, mei, lines):
        widow, son, daughter = (one.subject_id for one in household)
        actions.approve(touchpoint, by=actor(mei), at=MORNING)
        assert copies() == {(widow, "EMAIL", "DUE"), (daughter, "EMAIL", "DUE")}

        for message in Message.objects.all():
            deliver(message.pk, at=MORNING)

        assert len(list(lines.iterdir())) == 2
        had = sendings.reached(touchpoint)
        assert had[son] == had[widow]
        assert sendings.reached_all(touchpoint)

    def test_is_said_before_it_is_released(self, touchpoint, mei, client):
        with time_machine.travel(MORNING, tick=False):
            sign_in_client(client, mei)
            page = client.get(
                reverse("care:touchpoint", args=[touchpoint.pk]), headers={"accept-language": "en"}
            ).content.decode()

        assert page.count("one copy goes there") == 1

    def test_is_kept_where_one_of_them_is_tried_by_another_way(self, household, alone, touchpoint, mei):
        widow = household[0]
        actions.approve(touchpoint, by=actor(mei), at=MORNING)
        mail = Message.objects.get(subject=widow.subject)
        Message.objects.filter(pk=mail.pk).update(state="CLAIMED", claimed_by="here", lease_until=MORNING)
        mail.claimed_by = "here"

        outbox.fail(mail, at=MORNING + timedelta(minutes=1), why="rcpt_550")

        by_telephone = Message.objects.filter(channel="SMS").values_list("subject", flat=True)
        assert list(by_telephone) == [alone.subject_id]

    def test_is_nobodys_where_the_address_took_none(self, household, touchpoint, mei):
        widow, son, _daughter = household
        son.save(update_fields=vault.seal(son, phone=None))
        actions.approve(touchpoint, by=actor(mei), at=MORNING)
        refuse(Message.objects.get(subject=widow.subject))

        by_telephone = Message.objects.get(channel="SMS")
        Message.objects.filter(pk=by_telephone.pk).update(state="SENT", sent_at=MORNING)

        assert widow.subject_id in sendings.reached(touchpoint)
        assert son.subject in [one.subject for one in sendings.still_to_reach(touchpoint)]

    def test_is_followed_by_one_of_their_own_where_it_failed(self, household, touchpoint, mei):
        widow, son, _daughter = household
        son.save(update_fields=vault.seal(son, phone="+8613700137000"))
        actions.approve(touchpoint, by=actor(mei), at=MORNING)

        refuse(Message.objects.get(subject=widow.subject))

        by_telephone = Message.objects.filter(channel="SMS", state="DUE")
        assert set(by_telephone.values_list("subject", flat=True)) == {widow.subject_id, son.subject_id}
        assert Message.objects.filter(subject=son.subject).count() == 1  # never where hers came back from

    def test_waits_for_who_is_busy_until_the_refusal_is_committed(
        self, household, touchpoint, mei, monkeypatch, django_capture_on_commit_callbacks
    ):
        widow, son, _daughter = household
        son.save(update_fields=vault.seal(son, phone="+8613700137000"))
        actions.approve(touchpoint, by=actor(mei), at=MORNING)
        monkeypatch.setattr(vault, "lock_if_free", lambda _pk: False)

        with django_capture_on_commit_callbacks(execute=True):
            refuse(Message.objects.get(subject=widow.subject))
            assert not Message.objects.filter(subject=son.subject).exists()

        assert Message.objects.get(subject=son.subject).channel == "SMS"
