"""A volunteer helps at more than one branch, or on more than one day; each ends what it has lent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from foundation.access import Role, RoleAt, Staff
from registry.donors import actions
from registry.donors.models import CallHelper, CallList, CallTask
from registry.donors.states import DonorState
from registry.drives.actions import helpers
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.factories.drives import DriveFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.on_the_telephone import AT, SignIn, afternoon, county
from tests.on_the_telephone import TODAY as FRIDAY

__all__ = ["afternoon", "county"]  # fixtures
pytestmark = pytest.mark.django_db
SATURDAY = FRIDAY + timedelta(days=1)


@pytest.fixture
def elsewhere() -> Any:
    return BranchFactory()


def of(branch: Any) -> Any:
    """Return the coordinator of a branch as an actor."""
    return actor(StaffFactory(role=Role.COORDINATOR, branch=branch), at=AT)


def a_list(branch: Any, by: Any, day: date = FRIDAY) -> CallList:
    CallTaskFactory(donor=DonorFactory(branch=branch, state=DonorState.TYPED), due_on=FRIDAY)
    facts = {"name": "名单", "purpose": "pre-listing", "people": 1}
    return actions.make_list(branch, **facts, on_date=day, by=by, at=AT)


def lent(staff: Staff, day: date = FRIDAY) -> set[Any]:
    """Return the branches at which a helper holds the role on a day."""
    return set(RoleAt.objects.on(day).filter(staff=staff).values_list("branch", flat=True))


class TestTwoBranchesOnOneDay:
    def test_end_each_their_own_login(self, county: Any, elsewhere: Any) -> None:
        by, there = of(county), of(elsewhere)
        first = actions.make_helper(a_list(county, by), name="李同学", by=by, at=AT).helper
        staff = first.staff
        staff.set_password("chosen in the morning")
        staff.save()
        second = actions.make_helper(a_list(elsewhere, there), name="", again=staff, by=there, at=AT).helper
        assert lent(staff) == {county.pk, elsewhere.pk}

        actions.end_helper(first, by=by, at=AT)
        assert lent(staff) == {elsewhere.pk}
        assert CallHelper.objects.get(pk=second.pk).ended_at is None

        actions.end_helper(second, by=there, at=AT)
        assert lent(staff) == set()

    def test_leave_the_other_s_person_on_the_screen(self, county: Any, elsewhere: Any) -> None:
        by, there = of(county), of(elsewhere)
        first = actions.make_helper(a_list(county, by), name="李同学", by=by, at=AT).helper
        other = a_list(elsewhere, there)
        until = AT + timedelta(minutes=20)
        CallTask.objects.filter(call_list=other).update(held_by=first.staff, held_until=until)

        actions.end_helper(first, by=by, at=AT)

        assert CallTask.objects.get(call_list=other).held_by == first.staff

    def test_keep_the_login_while_something_of_the_branch_is_theirs(self, county: Any) -> None:
        by = of(county)
        first = actions.make_helper(a_list(county, by), name="李同学", by=by, at=AT).helper
        drive = DriveFactory(branch=county, on_date=FRIDAY)
        second = helpers.make(drive, name="", again=first.staff, by=by, at=AT).helper

        actions.end_helper(first, by=by, at=AT)
        assert lent(first.staff) == {county.pk}

        helpers.end(second, by=by, at=AT)
        assert lent(first.staff) == set()


class TestTwoDays:
    def test_are_asked_for_one_before_the_other(self, county: Any) -> None:
        by = of(county)
        today = actions.make_helper(a_list(county, by), name="李同学", by=by, at=AT).helper
        saturday = a_list(county, by, SATURDAY)

        tomorrow = actions.make_helper(saturday, name="", again=today.staff, by=by, at=AT).helper
        assert lent(today.staff) == lent(today.staff, SATURDAY) == {county.pk}

        actions.end_helper(today, by=by, at=AT)
        assert lent(today.staff, SATURDAY) == {county.pk}
        actions.end_helper(tomorrow, by=by, at=AT)
        assert lent(today.staff, SATURDAY) == set()


class TestAList:
    def test_is_ended_by_a_caseworker_with_a_helper_on_it(self, county: Any, signed_in: SignIn) -> None:
        by = of(county)
        made = a_list(county, by)
        helper = actions.make_helper(made, name="李同学", by=by, at=AT).helper
        work = signed_in(StaffFactory(role=Role.CASEWORKER, branch=county.parent))

        work.post(reverse("donors:end-call-list", args=[made.pk]))

        assert CallList.objects.get().ended_at == AT
        assert CallHelper.objects.get().ended_at == AT
        assert lent(helper.staff) == set()
