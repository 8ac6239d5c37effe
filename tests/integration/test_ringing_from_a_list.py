"""A coordinator makes a list of calls, and a helper rings from it and sees nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from foundation import vault
from foundation.access import Role, RoleAt, Staff, open_work, task_actor
from registry.donors import actions
from registry.donors.models import Call, CallHelper, CallList, CallTask, Donor
from registry.donors.reasons import Reason
from registry.donors.states import DonorState
from tests.factories.foundation import StaffFactory
from tests.on_the_telephone import (
    AT,
    TODAY,
    SignIn,
    a_list,
    afternoon,
    by,
    county,
    desk,
    due,
    go,
    helper_of,
    lin,
    on_screen,
    sentences,
)

__all__ = ["afternoon", "by", "county", "desk", "lin"]  # fixtures
pytestmark = pytest.mark.django_db
TASK = task_actor("tests")


class TestAList:
    def test_holds_the_first_who_are_due_and_nobody_twice(self, county: Any, by: Any) -> None:
        tasks = due(county, 5)
        first, second = a_list(county, by, people=3), a_list(county, by, people=3)

        assert set(first.tasks.all()) == set(tasks[:3])
        assert set(second.tasks.all()) == set(tasks[3:])
        assert (first.people, second.people) == (3, 2)
        assert "Nobody" in sentences(lambda: a_list(county, by)) or translation.get_language() != "en"

    def test_is_made_on_a_page_and_shows_how_far_it_is(self, county: Any, desk: Client) -> None:
        due(county, 2)
        told = {"purpose": "pre-listing", "branch": county.pk, "on_date": "2026-11-20", "people": "40"}
        answer = go(desk, "new-call-list", **told)
        assert answer.status_code == 302, answer.context["form"].errors
        made = CallList.objects.get()
        go(desk, "call", on_screen(desk, str(made.pk)).pk, number="donor", result="NO_ANSWER")

        html = desk.get(reverse("donors:call-list", args=[made.pk])).content.decode()

        assert 'value="1" max="2"' in html

    def test_gives_back_who_was_not_rung_and_ends_with_its_day(
        self, county: Any, by: Any, afternoon: Any
    ) -> None:
        due(county, 2)
        made = a_list(county, by)
        helper = helper_of(made, by)
        assert actions.end_past_lists(by=TASK, at=AT) == 0

        assert actions.end_past_lists(by=TASK, at=AT + timedelta(days=1)) == 1

        assert not CallTask.objects.filter(call_list=made).exists()
        assert CallHelper.objects.get(staff=helper).ended_at is not None

    def test_is_not_for_strangers(self, county: Any, by: Any, signed_in: SignIn) -> None:
        due(county, 1)
        made = a_list(county, by)
        stranger = signed_in(StaffFactory(role=Role.COORDINATOR))
        assert stranger.get(reverse("donors:call-list", args=[made.pk])).status_code == 404

    def test_leaves_it_when_the_call_is_handed_over(self, county: Any, by: Any, lin: Staff) -> None:
        [task] = due(county, 1)
        a_list(county, by)
        CallTask.objects.update(owner=lin)
        taker = StaffFactory(role=Role.COORDINATOR, branch=county)
        [(kind, [item])] = open_work.of(lin.pk)

        kind.hand_over([item.id], taker.pk, by, AT)

        task = CallTask.objects.get()
        assert (task.owner, task.call_list) == (taker, None)


class TestAHelper:
    @pytest.fixture
    def made(self, county: Any, by: Any) -> CallList:
        due(county, 3)
        return a_list(county, by)

    @pytest.fixture
    def helper(self, made: CallList, by: Any, signed_in: SignIn) -> Client:
        return signed_in(helper_of(made, by))

    def test_begins_at_the_list_and_rings_one_after_another(self, made: CallList, helper: Client) -> None:
        assert helper.get(reverse("donors:calls")).url == reverse("donors:calling")
        assert str(made.pk) in helper.get(reverse("donors:calling")).content.decode()
        for _ in range(3):
            task = on_screen(helper, str(made.pk))
            page = helper.get(reverse("donors:call", args=[task.pk]))
            assert page.status_code == 200
            assert "tel:" in page.content.decode()
            go(helper, "call", task.pk, number="donor", result="NO_ANSWER", **{"in": str(made.pk)})

        assert "/donors/calls/done/" in go(helper, "next-call", **{"in": str(made.pk)}).url
        assert Call.objects.count() == 3

    def test_sees_nobody_but_the_person_on_the_screen(self, made: CallList, helper: Client) -> None:
        task = on_screen(helper, str(made.pk))
        other = made.tasks.exclude(pk=task.pk).first()
        assert other is not None

        assert helper.get(reverse("donors:call", args=[other.pk])).status_code == 404
        assert go(helper, "open-call", other.pk).status_code == 404
        assert helper.get(reverse("donors:call-list", args=[made.pk])).status_code == 404
        assert helper.get(reverse("donors:detail", args=[task.donor_id])).status_code in {403, 404}
        assert helper.get(reverse("donors:list")).status_code == 403
        assert go(helper, "record-call", task.donor_id).status_code == 404
        assert "/search" not in helper.get(reverse("donors:call", args=[task.pk])).content.decode()

        go(helper, "call", task.pk, number="donor", result="NO_ANSWER", **{"in": str(made.pk)})
        assert helper.get(reverse("donors:call", args=[task.pk])).status_code == 404

    def test_does_not_reach_another_list(self, made: CallList, helper: Client, county: Any, by: Any) -> None:
        due(county, 1)
        other = a_list(county, by)
        assert go(helper, "next-call", **{"in": str(other.pk)}).url == reverse("donors:calls")
        assert go(helper, "next-call", **{"in": ""}).url.startswith(reverse("donors:calls-done"))
        assert not CallTask.objects.filter(call_list=other, held_by__isnull=False).exists()

    def test_records_that_somebody_withdraws(self, made: CallList, helper: Client) -> None:
        task = on_screen(helper, str(made.pk))
        donor = task.donor
        known = vault.open_one(donor, "phone")["phone"]
        assert isinstance(known, str)
        facts = {"born_on": "1999-03-05", "phone_end": known[-4:], "samples": "later"}

        wrong = go(helper, "call-stop", task.pk, what="withdraw", **{**facts, "born_on": "1990-01-01"})
        assert wrong.status_code == 422
        go(helper, "call-stop", task.pk, what="withdraw", **facts)

        assert Donor.objects.get(pk=donor.pk).state == DonorState.WITHDRAWN

    @pytest.mark.parametrize(("what", "column"), [("object", "objected_at"), ("dead", "death_reported_at")])
    def test_records_what_stops_it(self, made: CallList, helper: Client, what: str, column: str) -> None:
        task = on_screen(helper, str(made.pk))
        go(helper, "call-stop", task.pk, what=what)
        assert getattr(Donor.objects.get(pk=task.donor_id), column) is not None

    def test_pauses_nobody_who_is_not_paused(self, made: CallList, helper: Client) -> None:
        task = on_screen(helper, str(made.pk))
        typed = {"pause-until": "2027-03-01", "pause-reason": Reason.PR_WORK_STUDY}
        go(helper, "call-stop", task.pk, what="pause", **typed)
        assert Donor.objects.get(pk=task.donor_id).state == DonorState.TYPED

    def test_takes_back_a_slip(self, made: CallList, helper: Client) -> None:
        task = on_screen(helper, str(made.pk))
        go(helper, "call", task.pk, number="donor", result="NO_ANSWER", **{"in": str(made.pk)})
        answer = go(helper, "undo-call", Call.objects.get().pk, **{"in": str(made.pk)})
        assert str(task.pk) in answer.url

    def test_gives_hours_that_are_counted_and_can_be_set_right(
        self, made: CallList, helper: Client, desk: Client, afternoon: Any
    ) -> None:
        for _ in range(3):
            task = on_screen(helper, str(made.pk))
            afternoon.shift(timedelta(minutes=30))
            go(helper, "call", task.pk, number="donor", result="NO_ANSWER", **{"in": str(made.pk)})
        one = CallHelper.objects.get()
        assert (one.counted_minutes, one.hours) == (90, "1.5")

        go(desk, "caller-hours", made.pk, one.pk, minutes="120")

        sheet = desk.get(reverse("donors:call-hours", args=[made.pk])).content.decode()
        assert "2.0" in sheet
        assert "李同学" in sheet

    def test_ends_with_the_list_or_when_the_coordinator_says_so(
        self, made: CallList, helper: Client, desk: Client
    ) -> None:
        on_screen(helper, str(made.pk))
        one = CallHelper.objects.get()

        go(desk, "end-caller", made.pk, one.pk)

        assert not RoleAt.objects.on(TODAY).filter(staff=one.staff).exists()
        assert helper.get(reverse("donors:calling")).status_code in {302, 403}
        assert not CallTask.objects.filter(held_by=one.staff).exists()

    def test_is_named_by_who_manages_drives_alone(
        self, made: CallList, county: Any, signed_in: SignIn
    ) -> None:
        work = signed_in(StaffFactory(role=Role.CASEWORKER, branch=county.parent))
        assert go(work, "caller", made.pk, name="赵同学").status_code == 403

    def test_stands_on_today_and_has_no_list_there(self, made: CallList, helper: Client) -> None:
        html = helper.get("/").content.decode()
        assert "周五下午" in html
        assert "veil" not in html
