"""A donor withdraws: at once, completely, and with a receipt."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from consent import actions as consents
from consent.models import Consent
from consent.purposes import Purpose
from foundation import approvals, moves, vault
from foundation.access import Role
from foundation.moves import stops
from foundation.trail import Actor, ActorKind
from foundation.vault import Subject
from registry import signals
from registry.donors import actions
from registry.donors.models import CallState, CallTask, Donor, Withdrawal, WithdrawalLine, Word
from registry.donors.states import STILL_TO_WITHDRAW, DonorState
from tests.factories.consent import sign
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.factories.foundation import StaffFactory, actor

pytestmark = pytest.mark.django_db
TWO = ("birth_date", "document_end")


@pytest.fixture
def donor() -> Donor:
    return DonorFactory(state=DonorState.LISTED)


@pytest.fixture
def coordinator(donor: Donor) -> Any:
    return actor(StaffFactory(role=Role.COORDINATOR, branch=donor.service_branch))


class TestWithdraw:
    def test_takes_the_donor_out_of_every_search(self, donor: Donor, coordinator: Any, now: Any) -> None:
        actions.withdraw(donor, by=coordinator, at=now, word=Word.STAFF_TWO_FACTS, facts=TWO)

        assert Donor.objects.get().state == DonorState.WITHDRAWN
        assert not Donor.objects.searchable().exists()

    @pytest.mark.parametrize("state", STILL_TO_WITHDRAW)
    def test_is_possible_from_every_state(self, state: DonorState, now: Any) -> None:
        donor = DonorFactory(state=state)
        by = actor(StaffFactory(role=Role.MEDICAL_REVIEWER, branch=donor.service_branch))

        actions.withdraw(donor, by=by, at=now, word=Word.STAFF_TWO_FACTS, facts=TWO)

        assert Donor.objects.get().state == DonorState.WITHDRAWN

    def test_closes_calls_and_the_record(self, donor: Donor, coordinator: Any, now: Any) -> None:
        CallTaskFactory(donor=donor)

        receipt = actions.withdraw(donor, by=coordinator, at=now, word=Word.STAFF_TWO_FACTS, facts=TWO)

        assert CallTask.objects.get().state == CallState.CANCELLED
        assert Subject.objects.get().restricted_at == now
        assert receipt.lines.filter(ok=True, what="donors.calls", count=1).exists()

    def test_needs_two_facts_where_staff_record_it(self, donor: Donor, coordinator: Any, now: Any) -> None:
        with pytest.raises(moves.Refused) as refusal:
            actions.withdraw(donor, by=coordinator, at=now, word=Word.STAFF_TWO_FACTS, facts=("birth_date",))

        with translation.override("en"):
            assert "two facts" in str(refusal.value.sentences[0])

    def test_twice_gives_the_same_receipt(self, donor: Donor, coordinator: Any, now: Any) -> None:
        first = actions.withdraw(donor, by=coordinator, at=now, word=Word.STAFF_TWO_FACTS, facts=TWO)
        second = actions.withdraw(
            donor, by=coordinator, at=now + timedelta(hours=1), word=Word.STAFF_TWO_FACTS, facts=TWO
        )

        assert first == second

    def test_is_somebody_elses_at_another_branch(self, donor: Donor, now: Any) -> None:
        stranger = actor(StaffFactory(role=Role.COORDINATOR))

        with pytest.raises(moves.NotAllowed):
            actions.withdraw(donor, by=stranger, at=now, word=Word.STAFF_TWO_FACTS, facts=TWO)


class TestAStopThatFails:
    @pytest.fixture
    def broken_room(self) -> Iterator[list[bool]]:
        broken = FAILS
        broken[0] = True
        signals.donor_withdrawn.connect(fails_while, dispatch_uid="a broken room")
        yield broken
        signals.donor_withdrawn.disconnect(dispatch_uid="a broken room")

    def test_never_holds_the_withdrawal_back(
        self, donor: Donor, coordinator: Any, now: Any, broken_room: list[bool]
    ) -> None:
        receipt = actions.withdraw(donor, by=coordinator, at=now, word=Word.STAFF_TWO_FACTS, facts=TWO)

        assert Donor.objects.get().state == DonorState.WITHDRAWN
        assert receipt.lines.filter(ok=False, due__isnull=False).count() == 1

    def test_is_tried_again_until_it_holds(
        self, donor: Donor, coordinator: Any, now: Any, broken_room: list[bool]
    ) -> None:
        receipt = actions.withdraw(donor, by=coordinator, at=now, word=Word.STAFF_TWO_FACTS, facts=TWO)

        assert stops.try_again(at=now + timedelta(minutes=2)) == 0
        broken_room[0] = False
        assert stops.try_again(at=now + timedelta(minutes=4)) == 1
        assert receipt.lines.get(ok=False).due.settled_at is not None


class TestWithdrawingACoreConsent:
    def test_is_the_donors_withdrawal(self, donor: Donor, coordinator: Any, now: Any) -> None:
        given = sign(donor.subject, by=coordinator, at=now)
        typing = next(consent for consent in given if consent.purpose == Purpose.HLA_TYPING)

        consents.withdraw(typing, by=coordinator, at=now + timedelta(days=1))

        assert Donor.objects.get().state == DonorState.WITHDRAWN
        assert not Consent.objects.standing().exists()
        assert Withdrawal.objects.get().lines.get(what="donors.consents").count == len(given)

    def test_of_another_purpose_stops_that_alone(self, donor: Donor, coordinator: Any, now: Any) -> None:
        given = sign(donor.subject, by=coordinator, at=now)
        phone = next(consent for consent in given if consent.purpose == Purpose.CONTACT_PHONE)

        consents.withdraw(phone, by=coordinator, at=now + timedelta(days=1))

        assert Donor.objects.get().state == DonorState.LISTED


class TestUndoing:
    def test_gives_everything_back_when_two_people_say_so(
        self, donor: Donor, coordinator: Any, now: Any
    ) -> None:
        sign(donor.subject, by=coordinator, at=now)
        actions.withdraw(donor, by=coordinator, at=now, word=Word.STAFF_TWO_FACTS, facts=TWO)
        second = actor(StaffFactory(role=Role.CASEWORKER, branch=donor.service_branch.parent))

        approval = actions.ask_to_undo(donor, by=coordinator, at=now + timedelta(hours=1))
        approvals.decide(approval, yes=True, by=second, at=now + timedelta(hours=2))

        donor = Donor.objects.get()
        assert (donor.state, donor.left_at) == (DonorState.LISTED, None)
        assert Subject.objects.get().restricted_at is None
        assert Consent.objects.standing().count() == 6

    def test_is_too_late_after_three_days(self, donor: Donor, coordinator: Any, now: Any) -> None:
        actions.withdraw(donor, by=coordinator, at=now, word=Word.STAFF_TWO_FACTS, facts=TWO)

        with pytest.raises(moves.Refused):
            actions.ask_to_undo(donor, by=coordinator, at=now + timedelta(hours=73))

    def test_is_not_for_the_persons_own_link(self, donor: Donor, coordinator: Any, now: Any) -> None:
        themself = Actor(ActorKind.SUBJECT, str(donor.subject_id))
        actions.withdraw(donor, by=themself, at=now, word=Word.LINK)

        with pytest.raises(moves.Refused):
            actions.ask_to_undo(donor, by=coordinator, at=now + timedelta(hours=1))


class TestAnObjection:
    def test_takes_out_of_search_and_asks_for_a_call(self, donor: Donor, coordinator: Any, now: Any) -> None:
        actions.object_to(donor, by=coordinator, at=now, words="她妈妈不同意")

        assert Donor.objects.get().state == DonorState.LISTED
        assert not Donor.objects.searchable().exists()
        assert CallTask.objects.get().kind == "OBJECTION"

    def test_is_lifted_only_by_the_donors_own_word(self, donor: Donor, coordinator: Any, now: Any) -> None:
        actions.object_to(donor, by=coordinator, at=now)
        with pytest.raises(moves.Refused):
            actions.lift_objection(donor, by=coordinator, at=now)

        actions.record_call(donor, kind="OBJECTION", result="REACHED", by=coordinator, at=now)
        actions.lift_objection(donor, by=coordinator, at=now)

        assert Donor.objects.searchable().exists()


class TestAReportOfDeath:
    def test_silences_everything_on_any_word(self, donor: Donor, coordinator: Any, now: Any) -> None:
        CallTaskFactory(donor=donor, kind="OTHER")

        actions.report_dead(donor, by=coordinator, at=now)

        assert not Donor.objects.searchable().exists()
        assert not CallTask.objects.open().exists()

    def test_can_be_taken_back(self, donor: Donor, coordinator: Any, now: Any) -> None:
        actions.report_dead(donor, by=coordinator, at=now)
        actions.lift_death_report(donor, by=coordinator, at=now + timedelta(days=30))

        assert Donor.objects.searchable().exists()


FAILS = [True]


def fails_while(*, at: Any, **_more: Any) -> stops.Stop:
    """Answer as a room whose stop fails while it is said to."""
    if FAILS[0]:
        raise RuntimeError
    return stops.Stop("donors.searches", when=at)


class TestTheDoorToOtherBranches:
    def test_withdraws_and_shows_nothing(self, donor: Donor, now: Any, signed_in: Any) -> None:
        desk = signed_in(StaffFactory(role=Role.COORDINATOR))
        record = vault.open_one(donor, "document", "name")
        number = record["document"]
        said = {"kind": "RESIDENT_ID", "number": number, "name": record["name"], "samples": "later"}

        answer = desk.post(reverse("donors:withdraw-by-document"), said)

        assert answer.status_code == 302
        paper = desk.get(answer["Location"]).content.decode()
        assert donor.service_branch.name not in paper
        assert not [value for value in (number, record["name"], donor.grid) if str(value) in paper]
        assert Donor.objects.get().state == DonorState.WITHDRAWN
        assert not WithdrawalLine.objects.filter(ok=False).exists()
        assert desk.get(reverse("donors:receipt", args=[donor.pk])).status_code == 404

    def test_stays_shut_without_the_second_fact(self, donor: Donor, signed_in: Any) -> None:
        desk = signed_in(StaffFactory(role=Role.COORDINATOR))
        number = vault.open_one(donor, "document")["document"]
        said = {"kind": "RESIDENT_ID", "number": number, "phone": "13900000001", "samples": "later"}

        answer = desk.post(reverse("donors:withdraw-by-document"), said)

        assert answer.status_code == 422
        assert Donor.objects.get().state == DonorState.LISTED

    def test_asks_for_more_than_a_birth_date_that_the_number_tells(
        self, donor: Donor, signed_in: Any
    ) -> None:
        desk = signed_in(StaffFactory(role=Role.COORDINATOR))
        number = vault.open_one(donor, "document")["document"]
        said = {"kind": "RESIDENT_ID", "number": number, "born_on": "19990305", "samples": "later"}

        assert desk.post(reverse("donors:withdraw-by-document"), said).status_code == 422
        assert Donor.objects.get().state == DonorState.LISTED
