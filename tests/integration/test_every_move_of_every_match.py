"""Every state of a match and every move: what the table does not allow is refused through its page.

It leaves everything as it was, and says the sentence of each condition that failed.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from foundation import moves
from foundation.access import Role
from registry.cases import rules
from registry.cases.ahead import PRESSED
from registry.cases.models import MatchCase
from registry.cases.models.workflow import Workflow
from registry.cases.states import OVER, CaseState
from tests.factories.cases import CaseFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.stillness import digest, is_as_it_was

pytestmark = pytest.mark.django_db
SECOND = rules.SECOND_PERSON.sentence  # of conditioning: the first person's word is what asks for it
STATE = "This is not possible in the present state. Reload the page to see it."
ENDED = "This match has ended. Nothing can be added to it any more."
NO_BUTTON = "This step asks for more than a button. Open its page."
ENGLISH = {"accept-language": "en"}
MOVES = sorted(name for name in dir(Workflow) if hasattr(getattr(Workflow, name), "_django_fsm"))
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

SOME = {CaseState.WAITING, CaseState.WORKUP, CaseState.CLOSED}
STATES = [pytest.param(one, marks=[] if one in SOME else pytest.mark.slow, id=one.value) for one in CaseState]


@pytest.fixture
def manager() -> Any:
    """Return who holds every right on a match."""
    return StaffFactory(role=Role.REGISTRY_MANAGER, branch=BranchFactory())


def stands_against(case: MatchCase, move: str, by: Any) -> list[str] | None:
    """Return what the table itself says against a move, None where it does not start here, [] for nothing."""
    with translation.override("en"):
        found = moves.missing(case, move, by=by, at=timezone.now(), confirmed=True, decided=True)
        return None if found is None else [str(sentence) for sentence in found if sentence != SECOND]


def elsewhere(case: MatchCase, move: str) -> str:
    """Return what is said of a move that does not start here."""
    return ENDED if move == "condition" and case.state in OVER else STATE


def refusals(answer: Any) -> list[str]:
    form = answer.context["form"] if answer.context else None
    return [] if form is None else [str(error) for errors in form.errors.values() for error in errors]


class TestEveryState:
    @pytest.mark.parametrize("state", STATES)
    def test_refuses_every_move_that_does_not_start_there(
        self, manager: Any, signed_in: Any, state: str
    ) -> None:
        case = CaseFactory(state=state, branch=manager.roles.get().branch)
        client, by = signed_in(manager), actor(manager)
        before, asked = digest(), 0
        for move in [*MOVES, "mark_as_error", "open", "no_such_move"]:
            known = stands_against(case, move, by) if move in MOVES else None
            if known == []:
                continue  # it would be made: the walks do
            asked += 1
            name, typed = PAGES.get(move, ("cases:advance", {}))
            args = [case.pk, move] if name == "cases:advance" else [case.pk]
            with CaptureQueriesContext(connection) as sent:
                answer = client.post(reverse(name, args=args), typed, headers=ENGLISH)

            assert is_as_it_was(before, [query["sql"] for query in sent.captured_queries]), move
            assert answer.status_code == 422, (move, answer.status_code)
            has_a_button = move in PRESSED or move in PAGES
            said = (known if has_a_button else [NO_BUTTON]) if known else [elsewhere(case, move)]
            assert sorted(refusals(answer)) == sorted(said), move
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
