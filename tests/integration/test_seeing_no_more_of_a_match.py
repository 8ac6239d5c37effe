"""Who works on matches sees what is theirs: no other match, no name for ever, no number without a reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from foundation.access import Role, named
from registry.cases.states import CaseState
from registry.donors import actions as donors
from registry.donors.models import Word
from tests.factories.cases import CaseFactory
from tests.factories.foundation import BranchFactory, RoleAtFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def county():
    return BranchFactory()


@pytest.fixture
def zhou(county):
    return StaffFactory(role=Role.CASEWORKER, branch=county)


class TestACoordinatorWhoAccompaniesADonor:
    def test_sees_that_match_and_no_other_beyond_contact(self, signed_in, county):
        lin = StaffFactory(role=Role.COORDINATOR, branch=county)
        RoleAtFactory(staff=lin, role=Role.COMPANION, branch=county)
        mine, far = (CaseFactory(state=CaseState.HR_LAB, branch=county) for _ in range(2))
        near = CaseFactory(state=CaseState.CONTACTING, branch=county)
        named.add(lin, mine)
        client = signed_in(lin)

        seen = [client.get(reverse("cases:detail", args=[one.pk])).status_code for one in (mine, near, far)]

        assert seen == [200, 200, 404]


class TestTheReceipt:
    def test_names_the_people_of_a_match_to_nobody_who_may_not_see_it(self, signed_in, county, zhou):
        lin = StaffFactory(role=Role.COORDINATOR, branch=county)
        case = CaseFactory(state=CaseState.CONDITIONING, branch=county, owner=zhou)
        donors.withdraw(
            case.donor, by=actor(lin), at=NOW, word=Word.STAFF_TWO_FACTS,
            facts=["document", "phone"], reason="PR_FEAR_HEALTH",
        )  # fmt: skip
        url, page = reverse("donors:receipt", args=[case.donor_id]), reverse("cases:detail", args=[case.pk])

        theirs = signed_in(lin).get(url, headers=ENGLISH).content.decode()
        ours = signed_in(zhou).get(url, headers=ENGLISH).content.decode()

        assert case.pk.hex[-6:].upper() in theirs
        assert (page in theirs, "Called:" in theirs) == (False, False)
        assert (page in ours, f"Called: {zhou} 11-20" in ours) == (True, True)


class TestAColleaguesNumbers:
    def test_open_for_a_reason_and_stay_so_on_that_page_alone(self, signed_in, county, zhou):
        others = StaffFactory(role=Role.CASEWORKER, branch=county)
        case, another = (CaseFactory(branch=county, owner=others) for _ in range(2))
        url = reverse("cases:attempt", args=[case.pk])
        client = signed_in(zhou)

        for said in ({"open": "1"}, {"result": ""}, {"result": "", "mark": "1"}):
            assert "tel:" not in client.post(url, said).content.decode()
        opened = client.post(url, {"open": "1", "reason": "reach"})
        assert "tel:" in opened.content.decode()
        kept = {"result": "", "mark": opened.context["mark"]}
        assert "tel:" in client.post(url, kept).content.decode()
        assert "tel:" not in client.post(reverse("cases:attempt", args=[another.pk]), kept).content.decode()


class TestThePackToTakeAlong:
    def test_names_the_donor_for_a_reason_to_who_has_another_work_and_to_nobody_at_the_end(
        self, signed_in, county, zhou
    ):
        others = StaffFactory(role=Role.CASEWORKER, branch=county)
        case = CaseFactory(state=CaseState.WORKUP, branch=county, owner=others)
        ended = CaseFactory(state=CaseState.CLOSED, branch=county, owner=zhou)
        url, client = reverse("cases:journey-pack", args=[case.pk]), signed_in(zhou)

        answers = [client.get(url), client.post(url), client.post(url, {"reason": "hospital"})]

        assert [answer.status_code for answer in answers] == [302, 302, 200]
        assert url in client.get(reverse("cases:journey", args=[case.pk])).content.decode()
        assert signed_in(others).get(url).status_code == 200
        assert signed_in(zhou).get(reverse("cases:journey-pack", args=[ended.pk])).status_code == 404
