"""A donor withdraws while others act on the match, write facts down, or ask something beside it.

Whoever is first, the withdrawal holds and nothing is wanted of the donor any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from consent.models import Consent, Text
from consent.purposes import Purpose
from consent.states import STANDING, TextState
from foundation import approvals, moves
from foundation.access import Role
from foundation.moves.models import StopDue
from foundation.trail import Actor
from registry.cases import actions, health, stages
from registry.cases.actions import intervening
from registry.cases.models import CollectionDay, Exit, HandOver, Letter, MatchCase, Talk
from registry.cases.states import CaseState
from registry.donors import actions as donors
from registry.donors.models import Donor, Withdrawal, Word
from registry.donors.states import DonorState
from tests.conftest import CI
from tests.factories import consent as consents
from tests.factories.cases import CaseFactory, PatientFactory, agree, notice
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.factories.stages import understood
from tests.racing import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
FACTS = ("document_seen", "face_seen")
TURNS = 3 if CI else 1


@pytest.fixture
def house() -> SimpleNamespace:
    """Return a county with everybody who acts on a match."""
    county = BranchFactory()
    staff = {
        name: actor(StaffFactory(role=role, branch=county))
        for name, role in (
            ("zhou", Role.CASEWORKER), ("coordinator", Role.COORDINATOR), ("manager", Role.REGISTRY_MANAGER),
            ("other", Role.REGISTRY_MANAGER), ("doctor", Role.MEDICAL_REVIEWER),
        )
    }  # fmt: skip
    return SimpleNamespace(branch=county, **staff)


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
    actions.record_no_harm(case, by=manager, at=NOW)
    yield "hand over", case, lambda c=case: actions.advance(c, "hand_over", by=manager, at=NOW)


def facts(house: SimpleNamespace) -> Iterator[tuple[str, MatchCase, Callable[[], Any]]]:
    """Yield every fact that somebody writes down about a match: its name, the match, and the act."""
    case = in_state(house, CaseState.WORKUP, talked_at=NOW - timedelta(days=2))
    said = final_consent()
    yield (
        "sign the final consent",
        case,
        lambda c=case: actions.agree_to_stage(c, 3, *said, by=house.zhou, at=NOW),
    )
    for name, state, act in (*facts_of_our_side(house), *facts_of_the_other_side(house)):
        case = in_state(house, state)
        yield name, case, lambda c=case, act=act: act(c)


def facts_of_our_side(house: SimpleNamespace) -> Iterator[tuple[str, CaseState, Callable[[MatchCase], Any]]]:
    """Yield what the people around the donor write down: its name, the state it belongs to, and the act."""
    zhou, doctor = house.zhou, house.doctor
    yield "clear", CaseState.SCHEDULED, lambda c: actions.clear(c, by=doctor, at=NOW)
    found = {"kind": "EXAMINATION", "on": NOW.date(), "fit": True}
    yield "finding", CaseState.WORKUP, lambda c: actions.record_finding(c, **found, by=doctor, at=NOW)
    longer = {"until": date(2026, 12, 31), "words": "再等一周"}
    yield "extend", CaseState.HR_LAB, lambda c: actions.extend(c, **longer, by=zhou, at=NOW)
    yield (
        "health check",
        CaseState.REMOBILISED,
        lambda c: actions.record_check(c, healthy(c.donor.sex), by=zhou, at=NOW),
    )
    yield "talk", CaseState.WORKUP, lambda c: actions.offer_talk(c, kind="FAMILY", by=zhou, at=NOW)


def facts_of_the_other_side(
    house: SimpleNamespace,
) -> Iterator[tuple[str, CaseState, Callable[[MatchCase], Any]]]:
    """Yield what the two hospitals say and do: its name, the state it belongs to, and the act."""
    manager, today = house.manager, NOW.date()
    days = {"conditioning_on": today + timedelta(days=4), "collection_on": today + timedelta(days=10)}
    yield (
        "dates",
        CaseState.WORKUP,
        lambda c: actions.set_dates(c, product="PBSC", **days, by=manager, at=NOW),
    )
    yield (
        "message",
        CaseState.SCHEDULED,
        lambda c: actions.record_message(
            c, said_at=NOW, reference="TX-2", conditioning_on=c.conditioning_on, by=manager, at=NOW
        ),
    )
    yield (
        "decision of the hospital",
        CaseState.TC_DECISION,
        lambda c: actions.record_decision_of_hospital(c, wants=True, by=manager, at=NOW),
    )
    got = {"on": today, "volume_ml": Decimal(200), "cd34_per_kg": Decimal(4)}
    yield (
        "day of collection",
        CaseState.COLLECTING,
        lambda c: actions.record_day(c, **got, by=manager, at=NOW),
    )


def beside(house: SimpleNamespace) -> Iterator[tuple[str, MatchCase, Callable[[], Any]]]:
    """Yield what is asked of a former donor, or of one who stands by: its name, their match, the act."""
    zhou, manager = house.zhou, house.manager

    def given() -> MatchCase:
        case = CaseFactory(state=CaseState.DONATED, branch=house.branch, donated_on=date(2025, 1, 5))
        consents.sign(case.donor.subject, by=house.coordinator)
        agree(case, Purpose.PEER_TALK, Purpose.LETTERS)
        return case

    case, other = given(), CaseFactory(state=CaseState.WORKUP, branch=house.branch)
    yield (
        "offer a talk with them",
        case,
        lambda c=case, other=other: actions.offer_talk(other, kind="PEER", peer=c.donor, by=zhou, at=NOW),
    )
    case = given()
    talk = actions.offer_talk(other, kind="PEER", peer=case.donor, by=zhou, at=NOW)
    yield "settle that talk", case, lambda t=talk: actions.settle_talk(t, held=True, by=zhou, at=NOW)
    case = given()
    yield (
        "letter",
        case,
        lambda c=case: actions.receive_letter(
            c, direction="TO_DONOR", received_on=NOW.date(), words="谢谢您", by=zhou, at=NOW
        ),
    )
    case = given()
    told = notice(request="SECOND")
    question = actions.ask_again(case.donor, case.patient, notice=told, by=zhou, at=NOW)
    yield (
        "ask once more",
        case,
        lambda q=question: approvals.decide(q, yes=True, by=house.doctor, at=NOW),
    )
    stands_by = DonorFactory(state=DonorState.LISTED, branch=house.branch)
    consents.sign(stands_by.subject, by=house.coordinator)
    case = CaseFactory(state=CaseState.WAITING, donor=stands_by)
    other = CaseFactory(state=CaseState.WORKUP, branch=house.branch)
    yield (
        "back-up",
        case,
        lambda c=case, other=other: actions.name_backup(other, donor=c.donor, by=manager, at=NOW),
    )


def healthy(sex: str) -> dict[str, str]:
    """Return the answers of somebody who is well."""
    given = {question.key: "no" for question in health.questions(sex)}
    return {
        **given, "medicines": "none", "work": "yes", "care": "nobody", "weight_kg": "58", "height_cm": "165",
    }  # fmt: skip


def final_consent() -> tuple[actions.Signed, actions.Session]:
    """Return what a donor signs at the end, and the session in which they do."""
    text = Text.objects.get(document=stages.TEXTS[3], state=TextState.PUBLISHED)
    slots = [slot.key for line in text.structure() for slot in line.slots]
    drawn = consents.evidence.drawn(dict.fromkeys(slots, consents.png()))
    explained = [item.key for item in stages.CHECKLIST[3]]
    return (
        actions.Signed(
            text=text,
            language="zh-hans",
            given=stages.NEEDED[3],
            declined=(),
            evidence=drawn,
            teach_back=understood(text),
        ),
        actions.Session(checklist=explained, read_back=True, witness="护士长"),
    )


def check_nobody_is_asked(donor: Donor, *, doctor: Actor) -> None:
    """Check that nothing is wanted of somebody who has left, in the matches of others either."""
    assert not MatchCase.objects.open().filter(backup=donor).exists()
    assert not Talk.objects.filter(peer=donor, state="OFFERED").exists()
    assert not Letter.objects.filter(case__donor=donor, state__in=["RECEIVED", "SCREENED", "ASKED"]).exists()
    for question in approvals.Approval.objects.waiting(LATER).about(donor):
        with pytest.raises(moves.Refused):
            approvals.decide(question, yes=True, by=doctor, at=LATER)


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
    @pytest.mark.slow
    def test_holds_against_every_other_write(self, house: SimpleNamespace) -> None:
        for _ in range(TURNS):
            for name, case, act in rivals(house):
                self.against(house, name, case, act)

    def test_holds_against_every_fact(self, house: SimpleNamespace) -> None:
        for name, case, act in facts(house):
            self.against(house, name, case, act)

    def test_holds_against_what_is_asked_of_them_beside(self, house: SimpleNamespace) -> None:
        for name, case, act in beside(house):
            self.against(house, name, case, act)

    def against(self, house: SimpleNamespace, name: str, case: MatchCase, act: Callable[[], Any]) -> None:
        """Let the donor withdraw while another acts: neither breaks, and nothing is wanted any more."""
        donor = Donor.objects.select_related("service_branch").get(pk=case.donor_id)
        answer, other = at_once(
            lambda: donors.withdraw(
                donor, by=house.coordinator, at=NOW, word=Word.STAFF_TWO_FACTS, facts=FACTS
            ),
            act,
        )
        sentences = getattr(other, "sentences", None)
        assert not isinstance(other, Exception) or sentences, f"{name}: {other!r}"
        check_nothing_goes_on(donor, answer, second=house.other)
        check_nobody_is_asked(donor, doctor=house.doctor)
