"""Eight clients keep one donor at one instant; a donor withdraws while others act on the match.

One is active each time, the others wait or learn why not. The order may differ, the outcome may not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from consent.models import Consent
from consent.purposes import Purpose
from consent.states import STANDING
from foundation import approvals, moves
from foundation.access import Role
from foundation.moves.models import StopDue
from foundation.trail import Actor
from registry.cases import actions
from registry.cases.actions import intervening
from registry.cases.models import CollectionDay, Exit, HandOver, MatchCase, Source
from registry.cases.states import CaseState
from registry.donors import actions as donors
from registry.donors.models import Donor, Withdrawal, Word
from registry.donors.states import DonorState
from tests.conftest import CI
from tests.factories import consent as consents
from tests.factories.cases import CaseFactory, PatientFactory, agree, notice
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.racing import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
CLIENTS = 8
FACTS = ("document_seen", "face_seen")
TURNS = 3 if CI else 1


@pytest.fixture
def house() -> SimpleNamespace:
    """Return a county with everybody who acts on a match, and eight managers."""
    county = BranchFactory()
    staff = {
        name: actor(StaffFactory(role=role, branch=county))
        for name, role in (
            ("zhou", Role.CASEWORKER), ("coordinator", Role.COORDINATOR), ("manager", Role.REGISTRY_MANAGER),
            ("other", Role.REGISTRY_MANAGER),
        )
    }  # fmt: skip
    eight = [actor(StaffFactory(role=Role.REGISTRY_MANAGER, branch=county)) for _ in range(CLIENTS)]
    return SimpleNamespace(branch=county, eight=eight, **staff)


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


def in_state(house: SimpleNamespace, state: CaseState, **more: Any) -> MatchCase:
    """Return a match whose donor signed everything, with another that waits behind it."""
    donor = DonorFactory(state=DonorState.IN_CASE, branch=house.branch)
    consents.sign(donor.subject, by=house.coordinator)
    case = CaseFactory(state=state, donor=donor, owner_id=house.zhou.id, **more)
    agree(case, Purpose.VERIFICATION_TYPING, Purpose.DONATION_FINAL)
    CaseFactory(state=CaseState.WAITING, donor=donor, patient=PatientFactory(branch=house.branch))
    return case


def rivals(house: SimpleNamespace) -> Iterator[tuple[str, MatchCase, Callable[[], Any]]]:
    """Yield every other write: its name, the match, and the act."""
    zhou, manager = house.zhou, house.manager

    case = in_state(house, CaseState.NOTIFIED)
    yield "attempt", case, lambda c=case: actions.record_attempt(c, result="REACHED", by=zhou, at=NOW)
    case = in_state(house, CaseState.HR_SAMPLED)
    yield "advance", case, lambda c=case: actions.advance(c, "send_to_lab", by=zhou, at=NOW)
    case = in_state(house, CaseState.HR_LAB)
    yield "close", case, lambda c=case: actions.close(c, outcome="PDC", by=zhou, at=NOW)
    case = in_state(house, CaseState.WORKUP)
    yield (
        "postpone",
        case,
        lambda c=case: actions.postpone(c, until=date(2027, 2, 1), reason="OT", by=manager, at=NOW),
    )
    case = in_state(house, CaseState.POSTPONED)
    yield "resume", case, lambda c=case: actions.resume(c, by=manager, at=NOW)
    case = in_state(house, CaseState.REMOBILISED)
    yield (
        "open",
        case,
        lambda c=case: actions.open_case(
            c.donor, PatientFactory(branch=house.branch), notice=notice(), by=zhou, at=NOW
        ),
    )
    case = in_state(house, CaseState.WORKUP)
    yield (
        "intervene",
        case,
        lambda c=case: intervening.intervene(c, reason="PR_AMBIVALENT", kind="TALK", by=zhou, at=NOW),
    )
    case = in_state(house, CaseState.SCHEDULED)
    asked = actions.ask_conditioning(case, by=manager, at=NOW)
    yield "condition", case, lambda q=asked: approvals.decide(q, yes=True, by=house.other, at=NOW)
    case = in_state(house, CaseState.COLLECTING)
    CollectionDay.objects.create(
        case=case, on=NOW.date(), volume_ml=200, cd34_per_kg=4, entered_at=NOW, **manager.columns()
    )
    HandOver.objects.create(
        case=case, at=NOW, bags=1, temperature_c=4, second_id=house.other.id, second_at=NOW,
        arrived_at=NOW, **manager.columns(),
    )  # fmt: skip
    yield "hand over", case, lambda c=case: actions.advance(c, "hand_over", by=manager, at=NOW)


def check_nothing_goes_on(donor: Donor, answer: Any, *, second: Actor) -> None:
    """Check that the withdrawal held: everything has ended, once, and nothing was reopened."""
    assert isinstance(answer, Withdrawal), repr(answer)
    now = Donor.objects.select_related("subject").get(pk=donor.pk)
    assert now.state == DonorState.WITHDRAWN
    cases = MatchCase.objects.filter(donor=donor)
    assert not cases.open().exists()
    assert not Consent.objects.filter(subject=now.subject_id, state__in=STANDING).exists()
    assert not StopDue.objects.filter(settled_at__isnull=True).exists()
    for case in cases.filter(state=CaseState.CLOSED):
        steps = list(moves.steps_of(case))
        assert (steps[-1].move, steps[-1].to_state) == ("close", CaseState.CLOSED)
        assert Exit.objects.filter(case=case, undone_at__isnull=True).count() == 1
    for question in approvals.Approval.objects.waiting(LATER).filter(
        object_id__in=[str(case.pk) for case in cases]
    ):  # somebody was answering it at that very moment, and learnt why not
        with pytest.raises(moves.Refused):
            approvals.decide(question, yes=True, by=second, at=LATER)


class TestAWithdrawal:
    def test_holds_against_every_other_write(self, house: SimpleNamespace) -> None:
        for _ in range(TURNS):
            for name, case, act in rivals(house):
                donor = Donor.objects.get(pk=case.donor_id)
                answer, other = at_once(
                    lambda donor=donor: donors.withdraw(
                        donor, by=house.coordinator, at=NOW, word=Word.STAFF_TWO_FACTS, facts=FACTS
                    ),
                    act,
                )
                sentences = getattr(other, "sentences", None)
                assert not isinstance(other, Exception) or sentences, f"{name}: {other!r}"
                check_nothing_goes_on(donor, answer, second=house.other)
