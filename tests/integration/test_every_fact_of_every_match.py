"""Every fact of a match typed in every state: where it may not be, its page says why and nothing changes.

What is typed is good, so that it is the state alone that refuses it; elsewhere it is taken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consent.purposes import Purpose
from foundation.access import Role, named
from foundation.trail.models import TrailRow
from registry.cases import models
from registry.cases.actions import common
from registry.cases.states import THE_WAY, CaseState
from registry.donors.models import Donor
from registry.donors.states import DonorState
from tests.at_the_cases import ENGLISH, Desk, House
from tests.factories.cases import NOW, CaseFactory, agree, ready_columns
from tests.factories.donors import DonorFactory
from tests.factories.foundation import StaffFactory, actor
from tests.factories.stages import well
from tests.facts_of_a_match import FACTS, GONE, Fact
from tests.stillness import digest, is_as_it_was

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
LOOKS = ("viewed", "revealed")  # ends of verbs: somebody saw a page
SOME = {CaseState.WAITING, CaseState.MOBILISING, CaseState.CLOSED}
STANDS = {CaseState.DONATED: DonorState.DONATED, CaseState.CLOSED: DonorState.LISTED}
ALREADY_KNOWN = (
    "examined_on", "examination_fit", "markers_on", "markers_fit", "pregnancy_on", "pregnancy_fit",
    "talked_at",
)  # fmt: skip


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


class Scene:
    """A match in a state, everybody who may type at it, and a row of each kind that a page is about."""

    def __init__(self, state: CaseState) -> None:
        self.house = House()
        self.companion = Desk(StaffFactory(role=Role.COMPANION, branch=self.house.county))
        donor = self.a_woman(STANDS.get(state, DonorState.IN_CASE))
        if state == CaseState.WAITING:
            CaseFactory(donor=donor)  # it waits behind this one
        known = {name: ready_columns(NOW)[name] for name in ALREADY_KNOWN}
        self.case = CaseFactory(
            state=state, donor=donor, **known, companion=self.companion.staff,
        )  # fmt: skip
        named.add(self.companion.staff, self.case)
        self.house.name_hospitals(self.case)
        agree(self.case, Purpose.DONATION_FINAL, Purpose.VERIFICATION_TYPING)
        self.rows = self._rows()

    def a_woman(self, state: DonorState) -> Donor:
        return DonorFactory(state=state, branch=self.house.county, about={"sex": "F"})

    def _rows(self) -> dict[str, Any]:
        case, zhou = self.case, actor(self.house.zhou.staff).columns()
        check = models.HealthCheck(case=case, at=NOW, verdict="ASK", **zhou)
        common.seal(case, check, answers=json.dumps(well(case, heart="yes")))
        check.save(force_insert=True)
        letter = models.Letter(
            case=case, direction="TO_RECIPIENT", received_on=TODAY, not_before=TODAY, **zhou
        )
        common.seal(case, letter, words="祝您早日康复")
        letter.save(force_insert=True)
        peer = DonorFactory(state=DonorState.DONATED, branch=self.house.county)
        agree(CaseFactory(state=CaseState.DONATED, donor=peer), Purpose.PEER_TALK)
        made = {"entered_at": NOW, **zhou}
        models.CollectionDay.objects.create(
            case=case, on=TODAY, volume_ml=Decimal(200), cd34_per_kg=Decimal(4), **made
        )
        models.HandOver.objects.create(
            case=case, at=NOW - timedelta(hours=1), bags=1, temperature_c=Decimal(4), **zhou
        )
        wavers = {"stage": "WORKUP", "reason": "PR_FAM_PARENT", "kind": "TALK", "service_path": "1"}
        return {
            "letter": letter,
            "peer": peer,
            "talk": models.Talk.objects.create(case=case, kind="DOCTOR", offered_at=NOW, **zhou),
            "tried": models.Intervention.objects.create(case=case, at=NOW, **wavers, **zhou),
            "leg": models.Leg.objects.create(case=case, at=NOW, task=True, **zhou),
            "expense": models.Expense.objects.create(
                case=case, on=TODAY, kind="TRAVEL", amount_fen=100, **made
            ),
            "follow_up": models.FollowUp.objects.create(case=case, key="d2", due_on=TODAY, **zhou),
        }

    def send(self, fact: Fact) -> Any:
        """Type a fact on its page, and return the answer."""
        typed = fact.typed(self) if callable(fact.typed) else fact.typed
        about = [self.rows[fact.of].pk] if fact.of else [self.case.pk]
        if fact.of == "tried":
            about.insert(0, self.case.pk)
        return self._client(fact).post(
            reverse(f"cases:{fact.page}", args=[*about, *fact.more]), typed, **ENGLISH
        )

    def shown(self, fact: Fact, answer: Any) -> str:
        """Return what a page says, or that to which it leads."""
        while answer.status_code == HTTPStatus.FOUND:
            answer = self._client(fact).get(answer.url, **ENGLISH)
        return unescape(answer.content.decode())

    def _client(self, fact: Fact) -> Any:
        return (self.companion if fact.who == "companion" else getattr(self.house, fact.who)).client


def trail() -> dict[Any, str]:
    lines = TrailRow.objects.values_list("pk", "verb")
    return {pk: verb for pk, verb in lines if not verb.endswith(LOOKS)}


@contextmanager
def undone() -> Iterator[None]:
    """Take back what is done, so that the next fact finds the match as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def fault_of(scene: Scene, fact: Fact, *, before: dict[str, str], lines: dict[Any, str]) -> str:
    """Return what is wrong with where a fact led: "" where it was taken, or refused, as it must be."""
    state = scene.case.state
    with CaptureQueriesContext(connection) as asked:
        answer = scene.send(fact)
    changed = not is_as_it_was(before, [query["sql"] for query in asked.captured_queries])
    new = {verb for pk, verb in trail().items() if pk not in lines}
    if state not in fact.shut:
        if changed and answer.status_code == HTTPStatus.FOUND and "act.refused" not in new:
            return ""
        return f"is not taken: {answer.status_code} {errors_of(scene.shown(fact, answer))}"
    if changed:
        return "changes something"
    words = fact.shut[state]
    if words == GONE:
        return "" if (answer.status_code, new) == (404, set()) else f"is there: {answer.status_code} {new}"
    if words not in (shown := scene.shown(fact, answer)):
        return f"does not say “{words}”: {answer.status_code} {errors_of(shown)}"
    return "" if new <= {"act.refused"} else f"leaves {new}"


def errors_of(shown: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", shown[shown.find("error-summary") :][:2000]).split())[:400]


def at_home(fact: Fact) -> CaseState | None:
    """Return the state in which a fact is tried as one that is taken: the last of the way where it is."""
    return next((state for state in reversed(THE_WAY) if state not in fact.shut), None)


@pytest.mark.parametrize(
    "state",
    [pytest.param(one, marks=[] if one in SOME else pytest.mark.slow, id=one.value) for one in CaseState],
)
def test_every_fact(state: CaseState) -> None:
    scene = Scene(state)
    before, lines, faults = digest(), trail(), []
    for fact in FACTS:
        if state not in fact.shut and state != at_home(fact):
            continue
        with undone():
            fault = fault_of(scene, fact, before=before, lines=lines)
        faults += [(fact.called, fault)] if fault else []
    assert faults == []


def test_every_fact_is_taken_somewhere() -> None:
    """But for the second person's word: nobody's first one stands here."""
    assert [fact.called for fact in FACTS if at_home(fact) is None] == ["condition as the second"]
