"""Who is due stands on the lists of calls, and whoever rings gets one person after another."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from consent.purposes import CORE
from foundation import vault
from foundation.access import Role, task_actor
from registry.donors import actions
from registry.donors.models import Call, CallKind, CallTask, Donor
from registry.donors.reasons import Reason
from registry.donors.states import DonorState
from tests.factories import consent as consents
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.factories.foundation import StaffFactory
from tests.on_the_telephone import (
    AT,
    YES,
    SignIn,
    afternoon,
    by,
    county,
    desk,
    due,
    go,
    lin,
    on_screen,
    typed_donor,
)

__all__ = ["afternoon", "by", "county", "desk", "lin"]  # fixtures
pytestmark = pytest.mark.django_db
TASK = task_actor("tests")


class TestTheLists:
    def test_stand_as_plain_words_with_counts(self, county: Any, desk: Client) -> None:
        due(county, 3)
        CallTaskFactory(donor=DonorFactory(branch=county, objected_at=AT), kind=CallKind.OBJECTION)

        html = desk.get(reverse("donors:calls"), {"about": "pre-listing"}).content.decode()

        with translation.override("zh-hans"):
            words = translation.gettext("Somebody objects")
        assert f"{words} <b>1</b>" in html
        assert html.count('<span class="veil">') == 3

    def test_ask_the_same_number_of_questions_however_many_people(
        self, county: Any, desk: Client, django_assert_max_num_queries: Any
    ) -> None:
        due(county, 15)
        with django_assert_max_num_queries(30):
            desk.get(reverse("donors:calls"))

    def test_let_those_fall_off_whose_reason_no_longer_holds(self, county: Any, by: Any) -> None:
        """Source: dimagi/commcare-hq#32671, an alert that went on after its condition turned false."""
        donor = typed_donor(county)
        task = CallTaskFactory(donor=donor)
        assert CallTask.objects.due(AT).count() == 1

        actions.hold(donor, until=date(2027, 3, 1), reason=Reason.PR_WORK_STUDY, by=by, at=AT)
        assert CallTask.objects.get(pk=task.pk).state == "CANCELLED"

    def test_do_not_even_show_them_before_the_night(self, county: Any, desk: Client) -> None:
        [task] = due(county, 1)
        Donor.objects.filter(pk=task.donor_id).update(objected_at=AT)
        other = CallTaskFactory(donor=task.donor, kind=CallKind.CONTACT_CHECK)
        shown = desk.get(reverse("donors:calls")).content.decode()

        assert str(task.pk) in shown
        assert str(other.pk) not in shown
        assert actions.drop_what_is_over(by=TASK, at=AT) == 1
        assert actions.drop_what_is_over(by=TASK, at=AT) == 0
        assert CallTask.objects.get(pk=other.pk).state == "CANCELLED"

    def test_are_not_offered_to_be_rung_once_the_reason_is_gone(self, county: Any, desk: Client) -> None:
        [task] = due(county, 1)
        vault.report_dead(Donor.objects.get(pk=task.donor_id).subject, by=TASK, at=AT)

        go(desk, "open-call", task.pk)

        assert CallTask.objects.get(pk=task.pk).held_by is None

    def test_remind_on_the_fifth_day_of_thinking_it_over(self, county: Any) -> None:
        made = {
            days: DonorFactory(branch=county, registered_at=AT - timedelta(days=days)) for days in (3, 5, 8)
        }
        for donor in made.values():
            consents.sign(donor.subject)
        made[4] = DonorFactory(branch=county, registered_at=AT - timedelta(days=6))  # said no to calls

        assert actions.remind_while_thinking(by=TASK, at=AT) == 1
        assert actions.remind_while_thinking(by=TASK, at=AT) == 0
        assert CallTask.objects.get().donor == made[5]

    def test_ask_for_numbers_that_nobody_verified_for_two_years_or_ever(self, county: Any) -> None:
        old, fresh, never, silent = (
            DonorFactory(branch=county, state=DonorState.LISTED, contact_verified_on=on, **more)
            for on, more in (
                (date(2024, 11, 20), {}),
                (date(2024, 11, 21), {}),
                (None, {"legacy": True}),
                (None, {"contact_choice": "ONLY_IF_MATCHED"}),
            )
        )
        for donor in (old, fresh, never, silent):
            consents.sign(donor.subject)

        actions.check_old_numbers(by=TASK, at=AT)

        asked = CallTask.objects.filter(kind=CallKind.CONTACT_CHECK).values_list("donor", flat=True)
        assert set(asked) == {old.pk, never.pk}


class TestTheNextPerson:
    def test_comes_straight_after_the_result(self, county: Any, desk: Client) -> None:
        first, second = due(county, 2)
        task = on_screen(desk)
        assert task == first

        answer = go(desk, "call", task.pk, number="donor", result="NO_ANSWER")

        assert str(second.pk) in answer.url
        assert CallTask.objects.get(pk=second.pk).held_by is not None
        assert CallTask.objects.get(pk=first.pk).held_by is None
        assert CallTask.objects.get(pk=first.pk).due_on == date(2026, 11, 23)

    def test_asks_the_same_number_of_questions_however_many_wait(
        self, county: Any, desk: Client, django_assert_max_num_queries: Any
    ) -> None:
        due(county, 30)
        task = on_screen(desk)
        with django_assert_max_num_queries(64):
            onward = go(desk, "call", task.pk, number="donor", result="NO_ANSWER")
            desk.get(onward.url)

    def test_is_never_given_to_two_callers(self, county: Any, desk: Client, signed_in: SignIn) -> None:
        due(county, 2)
        colleague = signed_in(StaffFactory(role=Role.COORDINATOR, branch=county))

        assert on_screen(desk) != on_screen(colleague)
        third = signed_in(StaffFactory(role=Role.COORDINATOR, branch=county))
        assert CallTask.objects.filter(held_by__isnull=False).values("held_by").distinct().count() == 2
        assert "/donors/calls/done/" in go(third, "next-call").url

    def test_is_one_person_also_where_two_calls_are_open(
        self, county: Any, desk: Client, signed_in: SignIn
    ) -> None:
        donor = typed_donor(county)
        CallTaskFactory(donor=donor)
        CallTaskFactory(donor=donor, kind=CallKind.OTHER)
        on_screen(desk)

        colleague = signed_in(StaffFactory(role=Role.COORDINATOR, branch=county))

        assert "/donors/calls/done/" in go(colleague, "next-call").url

    def test_comes_free_when_the_caller_went_away(
        self, county: Any, desk: Client, signed_in: SignIn, afternoon: Any
    ) -> None:
        due(county, 1)
        task = on_screen(desk)
        afternoon.shift(timedelta(minutes=21))

        assert on_screen(signed_in(StaffFactory(role=Role.COORDINATOR, branch=county))) == task
        answer = go(desk, "call", task.pk, number="donor", result="REACHED", **YES)

        assert not Call.objects.exists()
        assert answer.status_code == 409

    def test_stands_behind_the_others_once_skipped(self, county: Any, desk: Client) -> None:
        first, second = due(county, 2)
        go(desk, "skip-call", on_screen(desk).pk)

        assert on_screen(desk) == second
        go(desk, "skip-call", second.pk)
        assert on_screen(desk) == first

    def test_is_counted(self, county: Any, desk: Client) -> None:
        due(county, 4)
        task = on_screen(desk)
        go(desk, "call", task.pk, number="donor", result="NO_ANSWER")

        html = desk.get(reverse("donors:call", args=[on_screen(desk).pk])).content.decode()

        assert 'value="1" max="4"' in html


def test_contact_by_telephone_is_asked_before_anybody_is_rung(county: Any) -> None:
    donor = DonorFactory(branch=county, state=DonorState.LISTED, contact_verified_on=None, legacy=True)
    consents.sign(donor.subject, given=sorted(CORE))

    assert actions.check_old_numbers(by=TASK, at=AT) == 0
