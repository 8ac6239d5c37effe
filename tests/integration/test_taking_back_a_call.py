"""Somebody takes a slip of a key back, before or after others have gone on with the same person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foundation import moves, vault
from foundation.access import Role
from registry.cases import actions as matches
from registry.cases.models import MatchCase
from registry.donors import actions
from registry.donors.models import Call, CallKind, CallState, CallTask, Donor, Word
from registry.donors.states import DonorState
from tests.factories.cases import CaseFactory
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.factories.foundation import StaffFactory, actor
from tests.on_the_telephone import (
    AT,
    TODAY,
    YES,
    SignIn,
    afternoon,
    by,
    county,
    desk,
    donor,
    due,
    go,
    lin,
    now,
    on_screen,
    paused,
    ring,
)

__all__ = ["afternoon", "by", "county", "desk", "donor", "lin"]  # fixtures
pytestmark = pytest.mark.django_db
BEFORE = AT - timedelta(days=4)
AFTER = AT + timedelta(minutes=3)
SOON = AT + timedelta(minutes=5)


class TestASlipOfAKey:
    def test_is_taken_back_and_counts_for_nothing(self, county: Any, desk: Client) -> None:
        due(county, 2)
        task = on_screen(desk)
        go(desk, "call", task.pk, number="donor", result="REACHED", **YES)
        assert CallTask.objects.get(pk=task.pk).state == "DONE"

        answer = go(desk, "undo-call", Call.objects.get().pk)

        assert str(task.pk) in answer.url
        now = CallTask.objects.get(pk=task.pk)
        assert (now.state, now.attempts, now.result) == ("OPEN", 0, "")
        assert Call.objects.get().undone_at == AT
        assert Donor.objects.get(pk=task.donor_id).contact_verified_on is None
        assert not Call.objects.standing().exists()

    def test_gives_the_old_end_of_a_pause_back(self, county: Any, desk: Client, afternoon: Any) -> None:
        donor = paused(county)
        longer = {"after_pause": "longer", "pause": "12"}
        go(desk, "call", on_screen(desk).pk, number="donor", result="REACHED", **longer)
        afternoon.shift(timedelta(minutes=1))  # two steps of one frozen moment stand in no order

        go(desk, "undo-call", Call.objects.get().pk)

        now = Donor.objects.get(pk=donor.pk)
        assert now.hold_until == TODAY
        step = moves.steps_of(now).last()
        assert step is not None
        assert (step.move, step.reason) == ("mark_as_error", "change_hold")
        assert CallTask.objects.open().get().kind == CallKind.HOLD_ENDED

    def test_lifts_the_pause_of_who_would_not_go_on(self, donor: Donor, desk: Client, afternoon: Any) -> None:
        CallTaskFactory(donor=donor, kind=CallKind.CONTACT_CHECK)
        go(desk, "call", on_screen(desk).pk, number="donor", result="REACHED", would_go_on="no")
        assert now(donor).state == DonorState.ON_HOLD
        afternoon.shift(timedelta(minutes=1))

        go(desk, "undo-call", Call.objects.get().pk)

        listed = Donor.objects.searchable().get()
        assert (listed.return_to, listed.hold_until, listed.hold_reason) == ("", None, "")
        assert [step.move for step in moves.steps_of(listed)] == ["hold", "mark_as_error"]
        assert CallTask.objects.open().get().kind == CallKind.CONTACT_CHECK

    def test_lifts_no_pause_that_somebody_changed_since(
        self, donor: Donor, desk: Client, by: Any, afternoon: Any
    ) -> None:
        CallTaskFactory(donor=donor, kind=CallKind.CONTACT_CHECK)
        go(desk, "call", on_screen(desk).pk, number="donor", result="REACHED", would_go_on="no")
        afternoon.shift(timedelta(minutes=1))
        until = TODAY + timedelta(days=200)
        actions.change_hold(now(donor), until=until, reason="PR_AMBIVALENT", by=by, at=AFTER)

        go(desk, "undo-call", Call.objects.get().pk)

        assert (now(donor).state, now(donor).hold_until) == ("ON_HOLD", until)

    def test_gives_back_the_objection_and_the_calls_it_silenced(
        self, county: Any, desk: Client, by: Any
    ) -> None:
        donor = DonorFactory(branch=county, state=DonorState.REGISTERED)
        CallTaskFactory(donor=donor, kind=CallKind.COOLING_OFF, due_on=TODAY + timedelta(days=2))
        actions.object_to(donor, by=by, at=AT - timedelta(days=4))
        CallTask.objects.filter(kind=CallKind.COOLING_OFF).update(state="OPEN", ended_at=None)
        go(desk, "call", on_screen(desk).pk, number="donor", result="REACHED", own_word="only_if_matched")
        assert not CallTask.objects.open().exists()

        go(desk, "undo-call", Call.objects.get().pk)

        now = Donor.objects.get()
        assert (now.objected_at, now.contact_choice) == (AT - timedelta(days=4), "NORMAL")
        assert CallTask.objects.open().count() == 2

    def test_leaves_an_objection_that_was_made_since(self, county: Any, desk: Client, by: Any) -> None:
        due(county, 1)
        go(desk, "call", on_screen(desk).pk, number="donor", result="NO_ANSWER")
        actions.object_to(Donor.objects.get(), by=by, at=AT)
        actions.choose_contact(Donor.objects.get(), choice="ONLY_IF_MATCHED", by=by, at=AT)

        go(desk, "undo-call", Call.objects.get().pk)

        now = Donor.objects.get()
        assert (now.objected_at, now.contact_choice) == (AT, "ONLY_IF_MATCHED")

    def test_closes_what_it_had_opened(self, county: Any, desk: Client) -> None:
        due(county, 1)
        task = on_screen(desk)
        go(desk, "call", task.pk, number="donor", result="REACHED", **{**YES, "would_go_on": "unsure"})
        assert CallTask.objects.open().count() == 1

        go(desk, "undo-call", Call.objects.get().pk)

        assert [each.pk for each in CallTask.objects.open()] == [task.pk]

    def test_is_ones_own_and_soon(self, county: Any, desk: Client, signed_in: SignIn, afternoon: Any) -> None:
        due(county, 1)
        go(desk, "call", on_screen(desk).pk, number="donor", result="NO_ANSWER")
        call = Call.objects.get()
        colleague = signed_in(StaffFactory(role=Role.COORDINATOR, branch=county))
        assert go(colleague, "undo-call", call.pk).status_code == 404

        afternoon.shift(timedelta(minutes=11))
        go(desk, "undo-call", call.pk)

        assert Call.objects.get().undone_at is None

    def test_does_not_bring_back_who_withdrew_since(self, county: Any, desk: Client, by: Any) -> None:
        due(county, 1)
        task = on_screen(desk)
        go(desk, "call", task.pk, number="donor", result="NO_ANSWER")
        facts = ("document_seen", "face_seen")
        actions.withdraw(task.donor, by=by, at=AT, word=Word.STAFF_TWO_FACTS, facts=facts)

        go(desk, "undo-call", Call.objects.get().pk)

        assert not CallTask.objects.open().exists()


class TestACallAboutAMatch:
    @pytest.fixture
    def case(self, county: Any) -> MatchCase:
        """A match whose donor nobody has tried to reach yet."""
        return CaseFactory(branch=county, opened_at=BEFORE)

    def ring(self, case: MatchCase, by: Any, *, at: datetime, answer: str = "go_on") -> Call:
        matches.call(case, result="REACHED", answers={"after_match": answer}, by=by, at=at)
        return Call.objects.standing().get(at=at)

    def facts(self, case: MatchCase) -> tuple[Any, ...]:
        case = MatchCase.objects.get(pk=case.pk)
        return (case.state, case.first_tried_at, case.reached_at, case.last_reached_at, case.due_what)

    def test_takes_the_attempt_and_the_steps_along(self, case: MatchCase, by: Any) -> None:
        slip = self.ring(case, by, at=AT)
        assert self.facts(case) == ("REMOBILISED", AT, AT, AT, "RESERVATION")

        actions.undo_call(slip, by=by, at=SOON)

        assert not case.attempts.exists()
        assert self.facts(case) == ("NOTIFIED", None, None, None, "CONTACT")
        assert moves.steps_of(case).last().move == "mark_as_error"  # type: ignore[union-attr]

    def test_leaves_what_was_said_before(self, case: MatchCase, by: Any) -> None:
        self.ring(case, by, at=BEFORE)
        slip = self.ring(case, by, at=AT, answer="unsure")
        assert self.facts(case)[3] is None

        actions.undo_call(slip, by=by, at=SOON)

        assert self.facts(case) == ("REMOBILISED", BEFORE, BEFORE, BEFORE, "RESERVATION")
        assert case.attempts.get().at == BEFORE

    def test_stays_where_the_match_went_on_by_it(self, case: MatchCase, by: Any) -> None:
        slip = self.ring(case, by, at=AT)
        further = MatchCase.objects.get(pk=case.pk)
        moves.put_back(further, "HR_AGREED", move="agree", by=by, at=AFTER, reason="")

        with pytest.raises(moves.Refused) as refused:
            actions.undo_call(slip, by=by, at=SOON)

        assert refused.value.sentences
        assert self.facts(case)[:2] == ("HR_AGREED", AT)
        assert Call.objects.get().undone_at is None


class TestWhatOthersDidSince:
    def test_stays_where_somebody_objected(self, donor: Donor, by: Any) -> None:
        slip = ring(donor, by, result="NO_ANSWER")
        actions.object_to(donor, by=by, at=AFTER)

        actions.undo_call(slip, by=by, at=SOON)

        assert now(donor).objected_at == AFTER
        assert CallTask.objects.open().filter(kind=CallKind.OBJECTION).exists()

    def test_stays_where_the_slip_itself_lifted_an_objection_before(self, donor: Donor, by: Any) -> None:
        actions.object_to(donor, by=by, at=BEFORE)
        task = CallTask.objects.get()
        slip = ring(donor, by, task=task, result="REACHED", answers={"own_word": "stay"})
        assert now(donor).objected_at is None
        actions.object_to(donor, by=by, at=AFTER)

        assert actions.undo_call(slip, by=by, at=SOON) is None

        assert now(donor).objected_at == AFTER
        standing = CallTask.objects.open().get(kind=CallKind.OBJECTION)
        assert standing.pk != task.pk

    def test_stays_where_a_number_was_found_to_be_right(self, donor: Donor, by: Any) -> None:
        slip = ring(donor, by, result="NOT_THE_PERSON")
        Donor.objects.filter(pk=donor.pk).update(phone_wrong_on=None, contact_verified_on=TODAY)

        actions.undo_call(slip, by=by, at=SOON)

        assert (now(donor).phone_wrong_on, now(donor).contact_verified_on) == (None, TODAY)

    def test_is_undone_with_the_slip_where_nobody_did_anything(self, donor: Donor, by: Any) -> None:
        check = CallTaskFactory(donor=donor, kind=CallKind.CONTACT_CHECK)
        slip = ring(donor, by, result="REACHED")
        assert CallTask.objects.get(pk=check.pk).state == CallState.CANCELLED

        task = actions.undo_call(slip, by=by, at=SOON)

        assert task is not None
        assert (task.state, str(task.held_by_id)) == (CallState.OPEN, by.id)
        assert CallTask.objects.get(pk=check.pk).state == CallState.OPEN
        assert now(donor).contact_verified_on is None

    def test_gives_the_call_back_to_everybody_that_was_kept_for_oneself(self, donor: Donor, by: Any) -> None:
        heard = actions.Heard(later=AT + timedelta(hours=1), mine=True)
        slip = ring(donor, by, result="LATER", heard=heard)
        assert CallTask.objects.get().owner_id is not None

        actions.undo_call(slip, by=by, at=SOON)

        assert CallTask.objects.get().owner_id is None

    def test_takes_back_when_a_narrower_choice_was_made(self, donor: Donor, by: Any) -> None:
        """A parting of two records asks when it was."""
        actions.object_to(donor, by=by, at=BEFORE)
        said = {"result": "REACHED", "answers": {"own_word": "only_if_matched"}}
        slip = ring(donor, by, task=CallTask.objects.get(), **said)
        assert now(donor).contact_chosen_at == AT

        actions.undo_call(slip, by=by, at=SOON)

        assert (now(donor).contact_choice, now(donor).contact_chosen_at) == ("NORMAL", None)

    def test_leaves_the_person_to_who_rings_them_now(self, donor: Donor, by: Any, county: Any) -> None:
        other = CallTaskFactory(donor=donor, kind=CallKind.CONTACT_CHECK)
        slip = ring(donor, by, result="NO_ANSWER")
        colleague = actor(StaffFactory(role=Role.COORDINATOR, branch=county), at=AT)
        assert actions.take(other, by=colleague, at=AFTER)

        assert actions.undo_call(slip, by=by, at=SOON) is None

        held = CallTask.objects.exclude(held_by=None).get()
        assert held.pk == other.pk


class TestAnotherCallOfTheKind:
    def test_stands_where_it_was_asked_for_since(self, donor: Donor, by: Any) -> None:
        slip = ring(donor, by, result="REACHED")
        standing = actions.plan_call(donor, kind=CallKind.OTHER, due_on=TODAY, by=by, at=AFTER)

        assert actions.undo_call(slip, by=by, at=SOON) is None

        assert CallTask.objects.open().get() == standing
        assert slip.task is not None
        assert CallTask.objects.get(pk=slip.task.pk).state == CallState.CANCELLED
        assert not Call.objects.standing().exists()

    def test_stands_where_the_slip_had_made_one_needless(self, donor: Donor, by: Any) -> None:
        CallTaskFactory(donor=donor, kind=CallKind.CONTACT_CHECK)
        slip = ring(donor, by, result="REACHED")
        standing = actions.open_task(donor, CallKind.CONTACT_CHECK, due_on=TODAY, at=AFTER)

        actions.undo_call(slip, by=by, at=SOON)

        assert CallTask.objects.open().get(kind=CallKind.CONTACT_CHECK) == standing


def test_the_page_says_that_it_is_taken_back_where_no_call_is_needed_any_more(
    donor: Donor, by: Any, lin: Any, signed_in: Callable[[Any], Client]
) -> None:
    slip = ring(donor, by, result="REACHED")
    actions.plan_call(donor, kind=CallKind.OTHER, due_on=TODAY, by=by, at=AFTER)
    browser = signed_in(lin)

    answer = browser.post(
        reverse("donors:undo-call", args=[slip.pk]), follow=True, headers={"accept-language": "en"}
    )

    assert not Call.objects.standing().exists()
    assert answer.redirect_chain == [(reverse("donors:calls"), 302)]
    assert "Taken back: it counts for nothing." in answer.content.decode()


class TestANumber:
    def test_that_came_with_a_call_keeps_the_call(self, donor: Donor, by: Any) -> None:
        """The mark of the old number must not come back onto the new one."""
        Donor.objects.filter(pk=donor.pk).update(phone_wrong_on=TODAY)
        heard = actions.Heard(new_phone="13900001234")
        call = ring(donor, by, result="REACHED", number="1", heard=heard)

        assert actions.last_of(by, at=SOON) is None
        with pytest.raises(moves.Refused):
            actions.undo_call(call, by=by, at=SOON)

        assert vault.open_one(now(donor), "phone")["phone"] == "+8613900001234"
        assert now(donor).phone_wrong_on is None
        assert Call.objects.standing().exists()

    def test_of_a_relative_keeps_it_too(self, donor: Donor, by: Any) -> None:
        call = ring(donor, by, result="REACHED", heard=actions.Heard(new_phone="0574-87654321", whose="1"))
        with pytest.raises(moves.Refused):
            actions.undo_call(call, by=by, at=SOON)

    def test_that_was_left_and_struck_out_keeps_it_too(self, donor: Donor, by: Any) -> None:
        task = actions.leave_number(donor, "13900001234", by=by, at=BEFORE)
        call = ring(donor, by, task=task, number="left", result="NO_SUCH_NUMBER")
        with pytest.raises(moves.Refused):
            actions.undo_call(call, by=by, at=SOON)
