"""A donor withdraws: at once, completely, and with a receipt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from foundation import moves
from foundation.access import Role
from foundation.vault import Subject
from registry.donors import actions
from registry.donors.models import CallState, CallTask, Donor, Word
from registry.donors.states import STILL_TO_WITHDRAW, DonorState
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
