"""Who works on matches sees what is theirs: no other match, no name for ever, no number without a reason."""

from __future__ import annotations

import pytest
from django.urls import reverse

from foundation.access import Role, named
from registry.cases.states import CaseState
from tests.factories.cases import CaseFactory
from tests.factories.foundation import BranchFactory, RoleAtFactory, StaffFactory

pytestmark = pytest.mark.django_db
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
