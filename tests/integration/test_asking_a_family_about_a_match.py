"""What is written down of a donor's family: that there is nobody to ask, and a talk offered to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from foundation import moves, vault
from foundation.access import Branch, Role, Staff
from foundation.trail.models import TrailRow
from registry.cases import actions
from registry.cases.models import MatchCase, Talk, TalkKind, TalkState
from registry.cases.states import CaseState
from tests.factories.cases import CaseFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def county() -> Branch:
    return BranchFactory()


@pytest.fixture
def zhou(county: Branch) -> Staff:
    return StaffFactory(role=Role.CASEWORKER, branch=county)


@pytest.fixture
def case(county: Branch, zhou: Staff) -> MatchCase:
    return CaseFactory(state=CaseState.REMOBILISED, branch=county, owner=zhou)


def now(case: MatchCase) -> MatchCase:
    return MatchCase.objects.get(pk=case.pk)


class TestNobodyToAsk:
    def test_is_an_answer_too_and_opens_the_step_that_waits_for_one(
        self, signed_in: Any, case: MatchCase, zhou: Staff
    ) -> None:
        by = actor(zhou)
        before = moves.missing(case, "agree", by=by, at=NOW)

        signed_in(zhou).post(reverse("cases:family", args=[case.pk]), {"nobody": "1"})

        assert now(case).stance_at == NOW
        after = moves.missing(now(case), "agree", by=by, at=NOW)
        assert before is not None
        assert after is not None
        assert len(set(before) - set(after)) == 1
        assert not now(case).family_views.exists()
        assert TrailRow.objects.filter(verb="case.family_recorded").count() == 1

    def test_is_taken_of_no_match_that_has_ended_and_by_nobody_elsewhere(
        self, case: MatchCase, county: Branch, zhou: Staff
    ) -> None:
        far = StaffFactory(role=Role.CASEWORKER, branch=BranchFactory())
        with pytest.raises(moves.NotAllowed):
            actions.record_nobody(case, by=actor(far), at=NOW)
        over = CaseFactory(state=CaseState.CLOSED, branch=county)
        with pytest.raises(moves.Refused):
            actions.record_nobody(over, by=actor(zhou), at=NOW)
        assert now(case).stance_at is None


class TestATalkWithTheFamily:
    def test_is_offered_once_held_and_leaves_the_donor_s_own_talk_alone(
        self, signed_in: Any, case: MatchCase, zhou: Staff
    ) -> None:
        desk, offer = signed_in(zhou), reverse("cases:talk", args=[case.pk])
        said = {"kind": "FAMILY", "state": "OFFERED", "words": "母亲周六有空"}
        for _ in range(2):
            assert desk.post(offer, said).status_code == 302

        talk = Talk.objects.get()
        assert (talk.kind, talk.state) == (TalkKind.FAMILY, TalkState.OFFERED)
        assert vault.open_one(talk, "words")["words"] == "母亲周六有空"
        page = desk.get(reverse("cases:family", args=[case.pk]), headers=ENGLISH)
        assert page.context["talk"] == talk

        settled = {"state": "HELD", "held_at": "2026-11-20T09:30", "words": "母亲同意了"}
        desk.post(reverse("cases:talk-settle", args=[talk.pk]), settled)

        talk = Talk.objects.get()
        assert (talk.state, talk.held_at) == (TalkState.HELD, NOW - timedelta(minutes=30))
        assert now(case).talked_at is None, "only the information talk is waited for by the final consent"
        assert now(case).stance_at is None, "what they think is written down by itself"

    def test_that_is_not_wanted_may_be_offered_again(self, case: MatchCase, zhou: Staff) -> None:
        by = actor(zhou)
        first = actions.offer_talk(case, kind=TalkKind.FAMILY, by=by, at=NOW)
        actions.settle_talk(first, held=False, by=by, at=NOW)
        with pytest.raises(moves.Refused):
            actions.settle_talk(first, held=True, by=by, at=NOW)

        second = actions.offer_talk(case, kind=TalkKind.FAMILY, by=by, at=NOW)

        assert second.pk != first.pk
        assert sorted(Talk.objects.values_list("state", flat=True)) == ["DECLINED", "OFFERED"]
