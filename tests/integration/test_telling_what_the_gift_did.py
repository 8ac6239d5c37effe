"""A family asks what the gift did: it is told how many people were helped, once a person releases it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from foundation import calendar, moves, vault
from foundation.access import Role
from foundation.trail.models import TrailRow
from notifications.channels import post
from notifications.plans import actions as plans
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import TouchpointState
from tests.conftest import sign_in_client
from tests.factories import plans as programmes
from tests.factories import wordings
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def member() -> Any:
    programmes.install()
    wordings.install()
    died_on = timezone.localdate() - timedelta(days=400)
    family = FamilyFactory(branch=BranchFactory(), about={"died_on": died_on, "gave_on": died_on})
    return MemberFactory(family=family)


@pytest.fixture
def mei(client: Any, member: Any) -> Any:
    staff = StaffFactory(role=Role.FAMILY_CARE, branch=member.family.branch)
    sign_in_client(client, staff)
    return staff


def asked(client: Any, member: Any, **said: Any) -> Any:
    today = timezone.localdate().isoformat()
    typed = {"member": str(member.pk), "on": today, "helped": "3", "channel": "LETTER", **said}
    return client.post(reverse("care:gift", args=[member.family_id]), typed, headers=ENGLISH)


def told() -> list[Touchpoint]:
    return list(Touchpoint.objects.filter(key="gift_told"))


class TestWhatTheGiftDid:
    def test_is_planned_for_nobody_who_did_not_ask(self, member):
        assert Plan.objects.get().touchpoints.exists()
        assert told() == []

    def test_is_told_by_a_letter_that_somebody_releases(self, client, mei, member):
        page = client.get(reverse("families:detail", args=[member.family_id]), headers=ENGLISH)
        assert reverse("care:gift", args=[member.family_id]) in page.content.decode()

        asked(client, member, words="孩子想知道")

        (touchpoint,) = told()
        assert touchpoint.state == TouchpointState.PLANNED
        plans.replan(touchpoint.plan, at=timezone.now())  # no fact made it, and none takes it away
        client.post(reverse("care:approve", args=[touchpoint.pk]), {"channel": "LETTER"})
        (touchpoint,) = told()
        assert touchpoint.state == TouchpointState.APPROVED
        letter = post.letter_of(touchpoint, at=timezone.now())
        assert letter.rendered is not None
        assert "帮助了3个人" in letter.rendered.text
        assert "3" in client.get(reverse("care:touchpoint", args=[touchpoint.pk])).content.decode()

    def test_keeps_who_asked_and_when(self, client, mei, member):
        asked(client, member, words="孩子想知道")

        line = member.family.history.get(about="NOTE")
        words = vault.open_one(line, "words")["words"]
        assert line.member_id == member.pk
        assert timezone.localdate().isoformat() in words
        assert "孩子想知道" in words
        row = TrailRow.objects.get(verb="touchpoint.asked_for")
        assert b'"helped":3' in bytes(row.body).replace(b" ", b"")

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"helped": "0"}, "greater than or equal to 1"),
            ({"on": "2999-01-01"}, "A day in the future cannot be right."),
            ({"channel": "SMS"}, "Select a valid choice"),
        ],
    )
    def test_is_not_told_where_that_would_be_wrong(self, client, mei, member, said, sentence):
        answer = asked(client, member, **said)

        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert told() == []

    def test_is_told_once_at_a_time(self, client, mei, member):
        asked(client, member)

        answer = asked(client, member, helped="4")

        assert "They are being told already." in answer.content.decode()
        assert len(told()) == 1

    def test_is_written_down_by_nobody_without_the_right(self, member):
        plan, on = Plan.objects.get(), calendar.day_of(timezone.now())
        lin = actor(StaffFactory(role=Role.AUDITOR, branch=member.family.branch))

        with pytest.raises(moves.NotAllowed):
            plans.answer_about_gift(plan, helped=3, channel="LETTER", on=on, by=lin, at=timezone.now())

    def test_never_says_on_paper_that_nobody_was_helped(self, member, mei):
        plan, by = Plan.objects.get(), actor(mei)

        with pytest.raises(moves.Refused):
            plans.answer_about_gift(
                plan, helped=0, channel="LETTER", on=date(2026, 1, 1), by=by, at=timezone.now()
            )
