"""Several people ring from one list at the same moment: nobody is rung by two, and nobody is left out.

On both databases, with real threads.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from foundation.access import Role
from registry.donors import actions
from registry.donors.models import Call, CallKind, CallTask, Donor, Word
from registry.donors.states import DonorState
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.racing import FEWER, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
CALLERS = 6


@pytest.fixture
def county() -> Any:
    return BranchFactory()


def caller(county: Any) -> Any:
    return actor(StaffFactory(role=Role.COORDINATOR, branch=county), at=AT)


def waiting(by: Any) -> Any:
    return CallTask.objects.due(AT).free_for(by.id, AT)


class TestTakingTheNext:
    @pytest.mark.slow
    def test_gives_each_caller_another_person(self, county: Any) -> None:
        callers = [caller(county) for _ in range(CALLERS)]
        for _ in range(FEWER):
            CallTask.objects.all().delete()
            for _ in range(CALLERS):
                CallTaskFactory(donor=DonorFactory(branch=county, state=DonorState.TYPED))

            taken = at_once(*(lambda by=by: actions.take_next(waiting(by), by=by, at=AT) for by in callers))

            assert all(isinstance(task, CallTask) for task in taken), taken
            assert len({task.donor_id for task in taken}) == CALLERS

    def test_gives_one_person_with_two_calls_to_one_caller(self, county: Any) -> None:
        callers = [caller(county) for _ in range(2)]
        for _ in range(FEWER):
            CallTask.objects.all().delete()
            donor = DonorFactory(branch=county, state=DonorState.TYPED)
            tasks = [
                CallTaskFactory(donor=donor, kind=kind) for kind in (CallKind.PRE_LISTING, CallKind.OTHER)
            ]

            taken = at_once(
                *(
                    lambda by=by, task=task: actions.take(task, by=by, at=AT)
                    for by, task in zip(callers, tasks, strict=True)
                )
            )

            assert sum(task is not None for task in taken) == 1, taken

    def test_puts_nobody_on_two_lists(self, county: Any) -> None:
        by = caller(county)
        for _ in range(FEWER):
            CallTask.objects.all().delete()
            for _ in range(5):
                CallTaskFactory(donor=DonorFactory(branch=county, state=DonorState.TYPED))

            def make() -> Any:
                return actions.make_list(
                    county, name="下午", purpose="pre-listing", people=5, on_date=date(2026, 11, 20),
                    by=by, at=AT,
                )  # fmt: skip

            made = [one for one in at_once(make, make) if not isinstance(one, Exception)]

            assert sum(one.people for one in made) == 5
            assert all(one.tasks.count() == one.people for one in made)


class TestWithdrawing:
    def test_at_the_moment_of_the_result_leaves_nothing_written_after_it(self, county: Any) -> None:
        by = caller(county)
        for _ in range(FEWER):
            donor = DonorFactory(branch=county, state=DonorState.LISTED)
            task = CallTaskFactory(donor=donor, kind=CallKind.CONTACT_CHECK)
            actions.take(task, by=by, at=AT)

            def record(donor: Donor = donor, task: CallTask = task) -> Any:
                heard = actions.Heard(new_phone="13900001234")
                return actions.record_call(
                    donor, kind=task.kind, result="REACHED", heard=heard, task=task, by=by, at=AT
                )

            def withdraw(donor: Donor = donor) -> Any:
                facts = ("document_seen", "face_seen")
                return actions.withdraw(donor, by=by, at=AT, word=Word.STAFF_TWO_FACTS, facts=facts)

            written, gone = at_once(record, withdraw)

            assert not isinstance(gone, Exception), gone
            assert isinstance(written, Call | actions.HasLeft), written
            assert Call.objects.filter(donor=donor).exists() == isinstance(written, Call)
            assert not CallTask.objects.open().filter(donor=donor).exists()
