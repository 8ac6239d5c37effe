"""Every state of a match and every move: what the table does not allow is refused through its page.

It leaves everything as it was, and says the sentence of each condition that failed.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from foundation import moves
from foundation.access import Role
from foundation.approvals import Approval
from foundation.moves import Step
from registry.cases import rules
from registry.cases.ahead import PRESSED
from registry.cases.models import CaseNote, Exit, MatchCase
from registry.cases.models.workflow import Workflow
from registry.cases.states import CaseState
from registry.donors.models import Donor
from tests.factories.cases import CaseFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

pytestmark = pytest.mark.django_db
SECOND = rules.SECOND_PERSON.sentence  # of conditioning: the first person's word is what asks for it
NO_BUTTON = "This step asks for more than a button. Open its page."
ENGLISH = {"accept-language": "en"}
MOVES = sorted(name for name in vars(Workflow) if hasattr(getattr(Workflow, name), "_django_fsm"))
PAGES: dict[str, tuple[str, dict[str, str]]] = {  # of the moves that ask for facts
    "take_sample": ("cases:sample", {"volume_ml": "10"}),
    "confirm_match": ("cases:result", {"found": "confirmed"}),
    "start_work_up": ("cases:decision", {"decided": "wanted"}),
    "condition": ("cases:condition", {}),
    "donate": ("cases:donate", {}),
    "postpone": ("cases:postpone", {"reason": "OT", "until": f"{date(2027, 2, 1)}"}),
    "resume": ("cases:resume", {}),
    "close": ("cases:close", {"outcome": "PDC"}),
}


@pytest.fixture
def manager() -> Any:
    """Return who holds every right on a match."""
    return StaffFactory(role=Role.REGISTRY_MANAGER, branch=BranchFactory())


def photograph(case: MatchCase) -> Any:
    return (
        MatchCase.objects.filter(pk=case.pk).values().get(),
        Donor.objects.values_list("state", flat=True).get(pk=case.donor_id),
        [model.objects.count() for model in (Step, Exit, Approval, CaseNote)],
    )


def stands_against(case: MatchCase, move: str, by: Any) -> list[str] | None:
    """Return what the table itself says against a move, None where it does not start here, [] for nothing."""
    with translation.override("en"):
        found = moves.missing(case, move, by=by, at=timezone.now(), confirmed=True, decided=True)
        return None if found is None else [str(sentence) for sentence in found if sentence != SECOND]


def refusals(answer: Any) -> list[str]:
    form = answer.context["form"] if answer.context else None
    return [] if form is None else [str(error) for errors in form.errors.values() for error in errors]


class TestEveryState:
    @pytest.mark.parametrize("state", CaseState.values)
    def test_refuses_every_move_that_does_not_start_there(
        self, manager: Any, signed_in: Any, state: str
    ) -> None:
        case = CaseFactory(state=state, branch=manager.roles.get().branch)
        client, by = signed_in(manager), actor(manager)
        before, asked = photograph(case), 0
        for move in [*MOVES, "mark_as_error", "open", "no_such_move"]:
            known = stands_against(case, move, by) if move in MOVES else None
            if known == []:
                continue  # it would be made: the walks do
            asked += 1
            if move in PRESSED or move not in PAGES:
                name, told = "cases:advance", {}
                answer = client.post(reverse(name, args=[case.pk, move]), told, headers=ENGLISH)
            else:
                name, told = PAGES[move]
                answer = client.post(reverse(name, args=[case.pk]), told, headers=ENGLISH)

            assert photograph(case) == before, move
            assert answer.status_code == 422, (move, answer.status_code)
            said = refusals(answer)
            assert said, move
            if known:
                has_a_button = move in PRESSED or move in PAGES
                assert sorted(said) == (sorted(known) if has_a_button else [NO_BUTTON]), move
        assert asked >= len(MOVES) - 4

    def test_takes_no_move_by_another_address(self, manager: Any, signed_in: Any) -> None:
        """Source: moves that ask for facts cannot be pressed past their page."""
        client = signed_in(manager)
        for state, move in (
            (CaseState.HR_LAB, "confirm_match"), (CaseState.TC_DECISION, "start_work_up"),
            (CaseState.HANDED_OVER, "donate"), (CaseState.WAITING, "come_up"), (CaseState.WORKUP, "close"),
            (CaseState.SCHEDULED, "condition"), (CaseState.HR_AGREED, "take_sample"),
        ):  # fmt: skip
            case = CaseFactory(state=state, branch=manager.roles.get().branch)
            answer = client.post(reverse("cases:advance", args=[case.pk, move]), headers=ENGLISH)
            assert answer.status_code == 422
            assert MatchCase.objects.get(pk=case.pk).state == state
