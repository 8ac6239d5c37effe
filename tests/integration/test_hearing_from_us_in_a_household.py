"""Who of a household may still hear from us is one question, whoever asks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from consent import actions as consents
from consent.evidence import NewEvidence
from consent.states import EvidenceKind
from foundation import vault
from foundation.access import Role
from notifications import recipients
from notifications.care import unsent
from notifications.channel_names import Channel
from notifications.channels import post
from registry.families import actions
from registry.families.models import Member
from tests.conftest import sign_in_client
from tests.factories import consent as texts
from tests.factories import plans
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import SETTER_UP, BranchFactory, StaffFactory, actor
from tests.factories.wordings import WordingFactory

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


def signs(member: Member, *ways: str, kind: EvidenceKind = EvidenceKind.PAPER) -> list[Any]:
    texts.text()
    proof = NewEvidence(kind, witness="" if kind == EvidenceKind.PAPER else "方敏")
    return actions.record_reach(
        member, ways, evidence=proof, language="zh-hans", by=SETTER_UP, at=timezone.now()
    )


class TestWhoSignedOnPaper:
    """What they signed waits for its scan: they did not say no, and nobody is written to past them."""

    @pytest.fixture
    def letter(self, member: Member) -> Any:
        WordingFactory(key="family.letter", texts={Channel.LETTER: "{{ name }}"})
        step = plans.StepFactory(channels=["LETTER"], wording="family.letter")
        plan = plans.PlanFactory(family=member.family)
        return plans.TouchpointFactory(plan=plan, step=step, on_date=timezone.localdate(), state="APPROVED")

    def test_is_waited_for_and_did_not_decline(self, member: Member) -> None:
        signs(member, "contact_post")

        reader = recipients.of([member.subject_id])[member.subject_id]
        assert recipients.stands_against(reader, Channel.LETTER) == "scan_missing"
        assert recipients.stands_against(reader, Channel.SMS) == "no_consent"
        assert recipients.stand_against([reader], Channel.LETTER) == {member.subject_id: "scan_missing"}
        assert "扫描件" in str(unsent.reason_of("scan_missing").words)

    def test_is_not_passed_over_for_who_was_never_asked(self, member: Member, letter: Any) -> None:
        MemberFactory(family=member.family, about={"kin": "CHILD"})
        assert post.letter_of(letter, at=timezone.now()).to is not None

        signed = signs(member, "contact_post", kind=EvidenceKind.WITNESSED_WORD)
        assert post.letter_of(letter, at=timezone.now()).why == "scan_missing"

        zhou = actor(StaffFactory(role=Role.REGISTRY_MANAGER, branch=member.family.branch))
        consents.verify(signed, by=zhou, at=timezone.now())
        to = post.letter_of(letter, at=timezone.now()).to
        assert to is not None
        assert to.subject.pk == member.subject_id

    def test_stands_so_on_the_page_of_the_family(self, client: Any, member: Member) -> None:
        signs(member, "contact_post")
        MemberFactory(family=member.family, about={"kin": "CHILD"})
        sign_in_client(client, StaffFactory(role=Role.FAMILY_CARE, branch=member.family.branch))
        page = client.get(
            reverse("families:detail", args=[member.family_id]), headers={"accept-language": "en"}
        ).content.decode()

        assert "Signed, waits for its scan" in page
        assert "not asked yet" in page
