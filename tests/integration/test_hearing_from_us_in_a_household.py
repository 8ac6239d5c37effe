"""Who of a household may still hear from us is one question, whoever asks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from foundation import vault
from foundation.access import Role
from notifications import recipients
from notifications.channel_names import Channel
from registry.families import actions
from registry.families.models import Member
from tests.conftest import sign_in_client
from tests.factories import plans
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory

pytestmark = pytest.mark.django_db
Silence = Callable[[Member], object]


def died(member: Member) -> None:
    actions.report_dead(member, by=SETTER_UP, at=timezone.now())


def wants_no_more(member: Member) -> None:
    actions.no_more(member, whole_plan=False, by=SETTER_UP, at=timezone.now())


def another_stopped_all(member: Member) -> None:
    other = MemberFactory(family=member.family, about={"kin": "CHILD"})
    actions.no_more(other, whole_plan=True, by=SETTER_UP, at=timezone.now())


def was_erased(member: Member) -> None:
    vault.erase(member.subject, by=SETTER_UP, at=timezone.now())


SILENCES = pytest.mark.parametrize("silence", [died, wants_no_more, another_stopped_all, was_erased])


@pytest.fixture
def member() -> Any:
    plans.install()
    return MemberFactory(family=FamilyFactory(branch=BranchFactory()))


class TestWhoMayHear:
    @SILENCES
    def test_is_answered_alike_of_one_and_of_many(self, member: Member, silence: Silence) -> None:
        reader = recipients.of([member.subject_id])[member.subject_id]
        assert member.may_hear
        assert recipients.stand_against([reader], Channel.LETTER) == {member.subject_id: ""}

        silence(member)

        now = Member.objects.select_related("subject", "family").get(pk=member.pk)
        reader = recipients.of([member.subject_id])[member.subject_id]
        why = recipients.stands_against(reader, Channel.LETTER)
        assert not now.may_hear
        assert not Member.objects.who_hear().filter(pk=member.pk).exists()
        assert why in {"dead", "gone", "no_more"}
        assert recipients.stand_against([reader], Channel.LETTER) == {member.subject_id: why}

    @SILENCES
    def test_decides_whom_pages_offer(self, client: Any, member: Member, silence: Silence) -> None:
        sign_in_client(client, StaffFactory(role=Role.FAMILY_CARE, branch=member.family.branch))
        pages = [reverse(name, args=[member.family_id]) for name in ("care:gift", "families:wishes")]
        assert all(str(member.pk) in client.get(page).content.decode() for page in pages)

        silence(member)

        assert [page for page in pages if str(member.pk) in client.get(page).content.decode()] == []
        household = client.get(reverse("families:detail", args=[member.family_id])).content.decode()
        assert reverse("link_desk:to-relative", args=[member.pk]) not in household
