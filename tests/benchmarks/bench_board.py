"""What the board of matches costs in the view with 500 and with 5,000 matches open. Source: issue 5."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.utils import timezone

from foundation.access import Branch, Role, Staff
from foundation.ids import uuid7
from foundation.vault import Capacity, DataKey, Subject
from foundation.vault.bulk import new_subjects
from registry.cases.actions import common
from registry.cases.models import MatchCase, Patient, Source
from registry.cases.states import ACTIVE, CaseState
from registry.cases.views import board
from registry.donors.models import Donor
from registry.donors.states import DonorState
from tests.benchmarks import crowd
from tests.benchmarks.asking import ask, queries_of
from tests.benchmarks.figures import Out, median_ms
from tests.factories.cases import columns_of
from tests.factories.foundation import StaffFactory

FEW: Final = int(os.environ.get("BENCH_FEW_CASES", "500"))
MANY: Final = int(os.environ.get("BENCH_MANY_CASES", "5000"))
MOST_MS: Final = 100
TIMES: Final = 20
OWNED: Final = 50  # every fiftieth is in the hands of one caseworker


def run(out: Out) -> None:
    """Open the board as a caseworker and as the province's manager, with few and with many matches."""
    counties = crowd.tree(prefectures=4)
    crowd.fill(counties, MANY)
    province = Branch.objects.get(pk=counties[0].parent.parent_id)
    people = {
        "the province": StaffFactory(role=Role.REGISTRY_MANAGER, branch=province),
        "a prefecture": StaffFactory(role=Role.CASEWORKER, branch=counties[0].parent),
    }
    queries: dict[str, list[int]] = {name: [] for name in people}
    made = 0
    for wanted in (FEW, MANY):
        _open(
            list(Donor.objects.select_related("service_branch").order_by("pk")[made:wanted]),
            people["a prefecture"],
            from_number=made,
        )
        made = wanted
        crowd.settle()
        for name, who in people.items():
            _measure(out, name, who, open_cases=wanted, queries=queries[name])
    for name, (few, many) in queries.items():
        out.figure(f"queries of {name} more with {MANY:,} open", many - few, "", at_most=0)


def _measure(out: Out, name: str, who: Staff, *, open_cases: int, queries: list[int]) -> None:
    first = partial(ask, board.cases, who, "/cases/")
    took = median_ms(first, times=TIMES)
    bound = {"at_most": MOST_MS} if open_cases == MANY else {}
    out.figure(f"first page of {name}, {open_cases:,} open, median of {TIMES}", took, "ms", **bound)
    queries.append(queries_of(first))
    out.figure(f"its queries, {open_cases:,} open", queries[-1], "")


def _open(donors: Sequence[Donor], owner: Staff, *, from_number: int) -> None:
    """Let each of some donors be in a match, in every state that goes on, some beyond their clock."""
    chance = random.Random(from_number)  # noqa: S311  the same board each time
    now = timezone.now()
    subjects, patients, cases = [], [], []
    for number, donor in enumerate(donors, start=from_number):
        [subject] = new_subjects([None], capacity=Capacity.PATIENT, branch=donor.service_branch, at=now)
        patient = Patient(
            id=uuid7(), subject=subject, code=f"P{number:06}", source=Source.DOMESTIC, created_at=now
        )
        subjects.append(subject)
        patients.append(patient)
        case = _case(donor, patient, now, chance)
        case.notice_code, case.owner = f"N{number:06}", owner if number % OWNED == 0 else None
        cases.append(case)
    crowd.write(DataKey, [subject.key for subject in subjects if subject.key])
    crowd.write(Subject, subjects)
    crowd.write(Patient, patients)
    MatchCase.objects.bulk_create(cases, batch_size=500)
    Donor.objects.filter(pk__in=[donor.pk for donor in donors]).update(state=DonorState.IN_CASE)


def _case(donor: Donor, patient: Patient, now: datetime, chance: random.Random) -> MatchCase:
    state = CaseState(chance.choice(ACTIVE))
    case = MatchCase(
        donor=donor,
        patient=patient,
        service_path=donor.service_path,
        owner_path=donor.owner_path,
        source=Source.DOMESTIC,
        requested_on=now.date(),
        opened_at=now,
        contact_due_on=now.date() + timedelta(days=chance.randint(-3, 2)),
        clock_ends_on=now.date() + timedelta(days=chance.randint(-20, 80)),
        reserved_from=DonorState.LISTED,
        **columns_of(state, now),
    )
    case.due_what, case.due_on = common.next_due(case)
    return case
