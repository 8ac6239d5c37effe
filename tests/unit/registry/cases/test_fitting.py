"""What may have ended a match, as it stands: the likely codes first, and none that cannot be true."""

from __future__ import annotations

import pytest

from registry.cases import fitting
from registry.cases.fitting import Standing
from registry.cases.forms.acts import grouped
from registry.cases.outcomes import CODES
from registry.cases.states import CaseState

REACHED = {"tried": True, "spoken_with": True}


class TestFit:
    @pytest.mark.parametrize(
        ("standing", "fits", "does_not"),
        [
            (Standing("NOTIFIED"), {"PDC", "OLD", "DO"}, {"UC_NO_ANSWER", "PR_PRIVACY", "LAB", "MM", "EX"}),
            (Standing("CONTACTING", tried=True), {"UC_NO_ANSWER", "MO_ABROAD"}, {"PR_PRIVACY", "TQ"}),
            (Standing("REMOBILISED", **REACHED), {"PR_PRIVACY", "MR_T_ILLNESS"}, {"MR_P_CARDIO", "MM"}),
            (Standing("HR_LAB", **REACHED, ran_out=True), {"MM", "LAB", "TQ", "EX"}, {"DO", "TX"}),
            (Standing("WORKUP", **REACHED, doctor=True), {"MR_P_CARDIO", "STP"}, {"MM", "OLD", "TQ"}),
            (
                Standing("MOBILISING", **REACHED),
                {"PR_FAM_PARENT", "PDC", "TRX"},
                {"UC_NO_ANSWER", "FND", "STP"},
            ),
            (Standing("WAITING", ran_out=True), {"PDC", "EX"}, {"PR_PRIVACY", "UC_NO_ANSWER", "LAB", "TX"}),
            (Standing("WAITING", gave=True), {"TX"}, {"EX", "PR_PRIVACY"}),
        ],
        ids=lambda one: one.at if isinstance(one, Standing) else "",
    )
    def test_is_what_can_have_happened_there(
        self, standing: Standing, fits: set[str], does_not: set[str]
    ) -> None:
        offered = set(fitting.fit(standing))
        assert fits <= offered
        assert not does_not & offered
        assert offered <= set(fitting.possible(standing))

    @pytest.mark.parametrize("state", [s for s in CaseState if s not in {"POSTPONED", "CLOSED"}])
    def test_is_something_wherever_a_match_stands(self, state: str) -> None:
        assert fitting.fit(Standing(state, **REACHED))


class TestPossible:
    def test_is_everything_but_what_is_surely_untrue(self) -> None:
        assert set(CODES) - set(fitting.possible(Standing("WORKUP"))) == {"EX", "TX", "DD"}
        assert set(CODES) - set(fitting.possible(Standing("WAITING", ran_out=True, gave=True))) == {"DD"}

    def test_stands_in_a_group_each(self) -> None:
        offered = [code for _words, group in grouped(CODES)[1:] for code, _label in group]
        assert sorted(offered) == sorted(CODES)
