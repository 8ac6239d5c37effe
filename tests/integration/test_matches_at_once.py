"""Eight clients keep one donor at one instant.

One is active each time, the others wait or learn why not. The order may differ, the outcome may not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from foundation import moves
from foundation.access import Role
from foundation.trail import Actor
from registry.cases import actions
from registry.cases.models import MatchCase, Source
from registry.cases.states import CaseState
from registry.donors.models import Donor
from registry.donors.states import DonorState
from tests.factories.cases import PatientFactory, notice
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.racing import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
CLIENTS = 8


@pytest.fixture
def house() -> SimpleNamespace:
    """Return a county and its eight managers."""
    county = BranchFactory()
    eight = [actor(StaffFactory(role=Role.REGISTRY_MANAGER, branch=county)) for _ in range(CLIENTS)]
    return SimpleNamespace(branch=county, eight=eight)


def keeping(donor: Donor, patient: Any, by: Actor, source: str) -> Callable[[], MatchCase]:
    """Return the act of one client who keeps a donor for a patient."""
    said = notice(source=source, code="" if source == Source.SEARCH else notice().code)
    return lambda: actions.open_case(donor, patient, notice=said, by=by, at=NOW)


def race_for_a_donor(house: SimpleNamespace, *, sources: list[str]) -> None:
    donor = DonorFactory(state=DonorState.LISTED, branch=house.branch)
    patients = [PatientFactory(branch=house.branch) for _ in sources]
    clients = zip(patients, house.eight, sources, strict=True)

    answers = at_once(*(keeping(donor, patient, by, source) for patient, by, source in clients))

    of_donor = MatchCase.objects.filter(donor=donor)
    assert of_donor.active().count() == 1
    for source, answer in zip(sources, answers, strict=True):
        if isinstance(answer, MatchCase):
            assert answer.state in {CaseState.NOTIFIED, CaseState.WAITING}
        else:
            assert source == Source.SEARCH
            assert isinstance(answer, actions.KeptForAnother), repr(answer)
    kept = [one for one in answers if isinstance(one, MatchCase)]
    notices = sum(source != Source.SEARCH for source in sources)
    searched_first = any(one.source == Source.SEARCH for one in kept)
    assert len(kept) == notices + searched_first == of_donor.count()
    assert of_donor.filter(state=CaseState.WAITING).count() == len(kept) - 1
    assert Donor.objects.get(pk=donor.pk).state == DonorState.IN_CASE
    assert moves.steps_of(donor).filter(move="reserve").count() == 1


class TestEightClients:
    """Source: issue 5: one active each time, the others WAITING (notices) or a clean conflict (searches)."""

    def test_keep_a_donor_for_one_patient(self, house: SimpleNamespace) -> None:
        for _ in range(2):
            race_for_a_donor(house, sources=[Source.DOMESTIC] * CLIENTS)
            race_for_a_donor(house, sources=[Source.SEARCH] * CLIENTS)

    @pytest.mark.slow
    def test_keep_each_of_two_hundred_for_one(self, house: SimpleNamespace) -> None:
        for n in range(200):
            searching = n % (CLIENTS + 1)
            race_for_a_donor(
                house, sources=[Source.SEARCH] * searching + [Source.DOMESTIC] * (CLIENTS - searching)
            )
