"""Somebody who is reached says what they want: to go on, to pause, to hear less, to leave."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foundation import moves
from foundation.access import Staff, task_actor
from foundation.trail.models import TrailRow
from registry.donors import actions
from registry.donors.models import Call, CallKind, CallTask, Donor
from registry.donors.reasons import Reason
from registry.donors.states import DonorState
from registry.donors.views.common import short
from tests.factories import consent as consents
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.on_the_telephone import (
    AT,
    TODAY,
    YES,
    SignIn,
    a_list,
    afternoon,
    by,
    caseworker,
    county,
    desk,
    donor,
    due,
    go,
    helper_of,
    lin,
    now,
    on_screen,
    paused,
    ring,
)

__all__ = ["afternoon", "by", "caseworker", "county", "desk", "donor", "lin"]  # fixtures
pytestmark = pytest.mark.django_db
TASK = task_actor("tests")


class TestWhatTheySay:
    def test_lifts_an_objection_by_the_donors_own_word(self, county: Any, desk: Client, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        actions.object_to(donor, by=by, at=AT - timedelta(days=4))
        task = on_screen(desk)
        silent = go(desk, "call", task.pk, number="donor", result="REACHED")
        assert silent.status_code == 422

        go(desk, "call", task.pk, number="donor", result="REACHED", own_word="stay")

        assert Donor.objects.get().objected_at is None

    def test_ends_a_pause_that_is_over_as_they_wish(self, county: Any, desk: Client) -> None:
        donor = DonorFactory(
            branch=county, state=DonorState.ON_HOLD, hold_until=TODAY, return_to=DonorState.REGISTERED,
            listed_on=None,
        )  # fmt: skip
        consents.sign(donor.subject)
        CallTaskFactory(donor=donor, kind=CallKind.HOLD_ENDED)

        go(desk, "call", on_screen(desk).pk, number="donor", result="REACHED", after_pause="go_on")

        assert Donor.objects.get().state == DonorState.REGISTERED

    def test_pauses_longer_until_the_day_they_say(self, county: Any, desk: Client) -> None:
        donor = paused(county)
        task = on_screen(desk)
        asked = go(desk, "call", task.pk, number="donor", result="REACHED", after_pause="longer")
        assert asked.status_code == 422
        assert not Call.objects.exists()

        go(desk, "call", task.pk, number="donor", result="REACHED", after_pause="longer", pause="6")

        now = Donor.objects.get(pk=donor.pk)
        assert (now.state, now.hold_until, now.hold_reason) == (
            DonorState.ON_HOLD, date(2027, 5, 20), donor.hold_reason,
        )  # fmt: skip
        step = moves.steps_of(now).last()
        assert step is not None
        assert (step.move, step.by_kind) == ("change_hold", "staff")
        assert any(b"donor.hold_changed" in bytes(row.body) for row in TrailRow.objects.all())
        assert not CallTask.objects.open().exists()
        assert actions.call_where_a_pause_ended(by=TASK, at=AT + timedelta(days=30)) == 0
        assert actions.call_where_a_pause_ended(by=TASK, at=AT + timedelta(days=182)) == 1

    @pytest.mark.parametrize("day", ["2026-11-20", "2028-11-21", "", "never"])
    def test_pauses_nobody_until_a_day_that_is_none(self, county: Any, desk: Client, day: str) -> None:
        donor = paused(county)
        typed = {"after_pause": "longer", "pause": "day", "pause_on": day}

        answer = go(desk, "call", on_screen(desk).pk, number="donor", result="REACHED", **typed)

        assert answer.status_code == 422
        assert Donor.objects.get(pk=donor.pk).hold_until == TODAY

    def test_narrows_an_objection_to_only_if_they_match(self, county: Any, desk: Client, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        actions.object_to(donor, by=by, at=AT - timedelta(days=4))
        check = CallTaskFactory(donor=donor, kind=CallKind.CONTACT_CHECK)
        task = on_screen(desk)

        go(desk, "call", task.pk, number="donor", result="REACHED", own_word="only_if_matched")

        now = Donor.objects.get()
        assert (now.objected_at, now.contact_choice) == (None, "ONLY_IF_MATCHED")
        assert Donor.objects.searchable().exists()
        assert not CallTask.objects.open().exists(), "nobody rings them for anything else"
        assert CallTask.objects.get(pk=check.pk).state == "CANCELLED"
        assert any(b"donor.contact_chosen" in bytes(row.body) for row in TrailRow.objects.all())

    def test_asks_again_who_is_objected_for_and_is_not_sure(self, county: Any, desk: Client, by: Any) -> None:
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        actions.object_to(donor, by=by, at=AT - timedelta(days=4))

        go(desk, "call", on_screen(desk).pk, number="donor", result="REACHED", own_word="unsure")

        assert Donor.objects.get().objected_at is not None
        assert CallTask.objects.open().get().due_on == TODAY + timedelta(days=14)

    def test_does_as_they_said_for_a_helper_too(self, county: Any, by: Any, signed_in: SignIn) -> None:
        objected = DonorFactory(branch=county, state=DonorState.LISTED)
        actions.object_to(objected, by=by, at=AT - timedelta(days=4))
        pausing = paused(county)
        for purpose, person, said in (
            ("objections", objected, {"own_word": "only_if_matched"}),
            ("pauses-over", pausing, {"after_pause": "longer", "pause": "3"}),
        ):
            made = a_list(county, by, purpose=purpose)
            key = str(made.pk)
            helper = signed_in(helper_of(made, by))
            task = on_screen(helper, key)
            assert task.donor_id == person.pk
            go(helper, "call", task.pk, number="donor", result="REACHED", **said, **{"in": key})

        assert Donor.objects.get(pk=objected.pk).contact_choice == "ONLY_IF_MATCHED"
        assert Donor.objects.get(pk=pausing.pk).hold_until == date(2027, 2, 20)

    @pytest.mark.parametrize("said", ["after_pause", "own_word"])
    def test_leads_who_wants_to_leave_to_the_withdrawal(
        self, county: Any, desk: Client, by: Any, said: str
    ) -> None:
        donor = DonorFactory(branch=county, state=DonorState.ON_HOLD, hold_until=TODAY)
        if said == "own_word":
            actions.object_to(donor, by=by, at=AT - timedelta(days=4))
        else:
            CallTaskFactory(donor=donor, kind=CallKind.HOLD_ENDED)
        task = on_screen(desk)

        answer = go(desk, "call", task.pk, number="donor", result="REACHED", **{said: "leave"})

        assert answer.url.startswith(reverse("donors:call-stop", args=[task.pk]))
        assert desk.get(answer.url).status_code == 200
        assert CallTask.objects.open().filter(pk=task.pk).exists(), "nothing is closed before it stopped"

    def test_leads_to_the_withdrawal_also_where_it_stood_on_no_list(self, county: Any, desk: Client) -> None:
        donor = paused(county)
        facts = {"kind": CallKind.HOLD_ENDED, "number": "donor", "result": "REACHED", "after_pause": "leave"}

        answer = go(desk, "record-call", donor.pk, **facts)

        assert answer.url == reverse("donors:withdraw", args=[donor.pk])
        assert desk.get(answer.url).status_code == 200
        assert not Call.objects.exists()
        assert CallTask.objects.open().exists(), "nothing is closed before it stopped"

    def test_says_who_wants_to_go_on_and_stays_paused(self, county: Any, desk: Client) -> None:
        donor = DonorFactory(branch=county, state=DonorState.ON_HOLD, hold_until=TODAY)
        CallTaskFactory(donor=donor, kind=CallKind.HOLD_ENDED)
        desk.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

        answer = go(desk, "call", on_screen(desk).pk, number="donor", result="REACHED", after_pause="go_on")

        assert Donor.objects.get().state == DonorState.ON_HOLD
        shown = desk.get(answer.url).content.decode()
        assert f"{short(donor)} wants to go on, and stays paused" in shown


class TestWhoWouldNotGoOn:
    """A listed donor who says "no" is offered to no patient; a colleague talks with them."""

    @pytest.mark.parametrize("kind", ["PRE_LISTING", "CONTACT_CHECK", "OUT_OF_CONTACT"])
    def test_is_in_no_search_any_more(self, donor: Donor, desk: Client, kind: str) -> None:
        no = YES | {"would_go_on": "no", "number": "donor", "result": "REACHED", "kind": kind}
        desk.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

        answer = go(desk, "record-call", donor.pk, **no)

        paused = now(donor)
        assert not Donor.objects.searchable().exists()
        assert (paused.state, paused.return_to, paused.hold_reason) == ("ON_HOLD", "LISTED", "PR_NOT_STATED")
        asked = CallTask.objects.open().get()
        assert (asked.kind, asked.due_on) == (CallKind.WAVERS, date(2026, 11, 23))
        assert f"{short(donor)} would not go on: paused" in desk.get(answer.url).content.decode()

    def test_is_heard_by_a_helper_too(self, donor: Donor, county: Any, by: Any, signed_in: SignIn) -> None:
        CallTaskFactory(donor=donor, kind=CallKind.CONTACT_CHECK)
        made = a_list(county, by, purpose="unverified")
        helper = signed_in(helper_of(made, by))
        task = on_screen(helper, str(made.pk))

        go(
            helper,
            "call",
            task.pk,
            number="donor",
            result="REACHED",
            would_go_on="no",
            **{"in": str(made.pk)},
        )

        assert now(donor).state == DonorState.ON_HOLD
        assert CallTask.objects.open().get().kind == CallKind.WAVERS

    def test_stays_where_they_are_by_a_relative_s_word_or_a_doubt(self, donor: Donor, by: Any) -> None:
        ring(donor, by, result="REACHED", number="1", answers={"would_go_on": "no"})
        task = CallTask.objects.get()
        ring(donor, by, task=task, result="REACHED", answers={"would_go_on": "unsure"})

        assert Donor.objects.searchable().get() == donor

    @pytest.mark.parametrize(
        ("said", "becomes"),
        [
            ({"after_no": "only_if_matched"}, ("LISTED", "ONLY_IF_MATCHED", None)),
            ({"after_no": "longer", "pause": "6"}, ("ON_HOLD", "NORMAL", date(2027, 5, 20))),
            ({"after_no": "go_on"}, ("LISTED", "NORMAL", None)),
        ],
    )
    def test_chooses_among_three(
        self, donor: Donor, caseworker: Any, signed_in: SignIn, said: Any, becomes: Any
    ) -> None:
        consents.sign(donor.subject)
        Donor.objects.update(legacy=True)  # whose typing and call stand in the records before
        ring(donor, caseworker, result="REACHED", answers={"would_go_on": "no"})
        desk = signed_in(Staff.objects.get(pk=caseworker.id))
        task = CallTask.objects.open().get(kind=CallKind.WAVERS)
        go(desk, "open-call", task.pk)
        assert go(desk, "call", task.pk, number="donor", result="REACHED").status_code == 422

        go(desk, "call", task.pk, number="donor", result="REACHED", **said)

        told = now(donor)
        assert (told.state, told.contact_choice, told.hold_until) == becomes
        assert not CallTask.objects.open().filter(kind=CallKind.WAVERS).exists()

    def test_leads_to_the_withdrawal_who_wants_to_leave(self, donor: Donor, by: Any, desk: Client) -> None:
        ring(donor, by, result="REACHED", answers={"would_go_on": "no"})
        task = CallTask.objects.open().get(kind=CallKind.WAVERS)
        go(desk, "open-call", task.pk)

        answer = go(desk, "call", task.pk, number="donor", result="REACHED", after_no="leave")

        assert answer.url.startswith(reverse("donors:call-stop", args=[task.pk]))


class TestTheThreeChoices:
    def test_are_offered_to_whoever_wavers(self, county: Any, desk: Client) -> None:
        due(county, 1)
        html = desk.get(reverse("donors:call-stop", args=[on_screen(desk).pk])).content.decode()
        for what in ("only-if-matched", "pause", "withdraw"):
            assert f'name="what" value="{what}"' in html

    def test_pause_until_a_day(self, county: Any, desk: Client) -> None:
        due(county, 1)
        task = on_screen(desk)
        wrong = {"pause-until": "2026-11-20", "pause-reason": Reason.PR_WORK_STUDY}
        refused = go(desk, "call-stop", task.pk, what="pause", **wrong)
        assert refused.status_code == 422
        assert 'id="error-summary"' in refused.content.decode()

        go(desk, "call-stop", task.pk, what="pause", **{**wrong, "pause-until": "2027-03-01"})

        now = Donor.objects.get()
        assert (now.state, now.hold_until) == (DonorState.ON_HOLD, date(2027, 3, 1))
        assert not CallTask.objects.open().exists()
