"""Somebody takes a slip of a key back, after others have gone on with the same person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from foundation import moves, vault
from foundation.access import Role
from foundation.trail.models import TrailRow
from registry.donors import actions
from registry.donors.models import Call, CallKind, CallState, CallTask, Donor
from registry.donors.states import DonorState
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
BEFORE = AT - timedelta(days=4)
AFTER = AT + timedelta(minutes=3)
SOON = AT + timedelta(minutes=5)
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def afternoon() -> Any:
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture
def county() -> Any:
    return BranchFactory()


@pytest.fixture
def lin(county: Any) -> Any:
    return StaffFactory(role=Role.COORDINATOR, branch=county)


@pytest.fixture
def by(lin: Any) -> Any:
    return actor(lin, at=AT)


@pytest.fixture
def donor(county: Any) -> Donor:
    return DonorFactory(branch=county, state=DonorState.LISTED)


def ring(donor: Donor, by: Any, *, task: CallTask | None = None, **said: Any) -> Call:
    task = task or CallTaskFactory(donor=donor, kind=CallKind.OTHER)
    return actions.record_call(donor, kind=task.kind, task=task, by=by, at=AT, **said)


def now(donor: Donor) -> Donor:
    return Donor.objects.get(pk=donor.pk)


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


def test_a_contact_whom_a_colleague_took_off_meanwhile_is_written_of_no_more(donor: Donor, by: Any) -> None:
    donor.contacts.filter(order=1).delete()
    stance = {"stance": "SUPPORTS", "may_know": True, "by": by, "at": AT}
    acts: tuple[Callable[[], Any], ...] = (
        lambda: actions.record_contacts_number(donor, "1", "13900001234", by=by, at=AT),
        lambda: actions.record_stance(donor, order=1, **stance),
    )
    for act in acts:
        with pytest.raises(moves.Refused) as refused:
            act()
        assert len(refused.value.sentences) == 1


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


class TestWhoAnswersAtANumberThatWasLeft:
    @pytest.fixture
    def desk(self, lin: Any, signed_in: Callable[[Any], Client]) -> Client:
        return signed_in(lin)

    @pytest.fixture
    def unknown(self, county: Any, by: Any) -> Donor:
        """Return somebody whose birth date nobody knows, and who left a number."""
        donor = DonorFactory(branch=county, state=DonorState.LISTED)
        Donor.objects.filter(pk=donor.pk).update(born_on=None)
        actions.leave_number(donor, "13900001234", by=by, at=BEFORE)
        return donor

    def say(self, desk: Client, task: CallTask, **said: str) -> Any:
        told = {"number": "left", "result": "REACHED", **said}
        return desk.post(reverse("donors:call", args=[task.pk]), told)

    def test_says_the_end_of_their_document_where_no_birth_date_is_known(
        self, unknown: Donor, desk: Client
    ) -> None:
        task = CallTask.objects.get()
        desk.post(reverse("donors:open-call", args=[task.pk]))
        document = str(vault.open_one(unknown, "document")["document"])
        old = vault.open_one(unknown, "phone")["phone"]

        for wrong in ({}, {"said_document_end": "0000"}, {"said_born_on": "19990305"}):
            assert self.say(desk, task, **wrong).status_code == 422
        assert vault.open_one(now(unknown), "phone")["phone"] == old
        assert not Call.objects.exists()

        self.say(desk, task, said_document_end=document[-4:].lower())

        assert vault.open_one(now(unknown), "phone")["phone"] == "+8613900001234"

    @pytest.mark.parametrize("heard", [actions.Heard(), actions.Heard(new_phone="13900005678")])
    def test_is_believed_by_no_other_way_either(
        self, unknown: Donor, donor: Donor, by: Any, heard: actions.Heard
    ) -> None:
        actions.leave_number(donor, "13900001235", by=by, at=BEFORE)
        for task in CallTask.objects.all():
            with pytest.raises(moves.Refused):
                ring(task.donor, by, task=task, number="left", result="REACHED", heard=heard)
        assert not TrailRow.objects.filter(verb="donor.number_changed").exists()
