"""Reasons: parents as the WMDA writes them, words that never judge."""

import pytest

from registry.donors import reasons
from registry.donors.reasons import Parent, Reason
from registry.donors.states import GONE, LIVE, STILL_TO_WITHDRAW, WMDA_STATUS, DonorState


class TestReason:
    @pytest.mark.parametrize("reason", [r for r in Reason if r not in {Reason.LEGACY, Reason.MERGED}])
    def test_has_a_parent_of_the_wmda(self, reason: Reason) -> None:
        assert reason.value.startswith(reasons.parent(reason))

    @pytest.mark.parametrize("reason", reasons.PERSONAL)
    def test_never_says_regret_to_the_person(self, reason: Reason) -> None:
        assert str(reasons.neutral_words(reason)) not in {"", str(reason.label)}

    def test_of_a_pause_is_never_a_lasting_illness(self) -> None:
        assert not set(reasons.FOR_A_HOLD) & set(reasons.PERMANENT)

    def test_without_a_known_parent_is_unknown(self) -> None:
        assert reasons.parent("LEGACY") == Parent.UK


class TestStates:
    def test_are_live_or_gone_and_never_both(self) -> None:
        assert set(LIVE) | set(GONE) == set(DonorState)
        assert not set(LIVE) & set(GONE)

    def test_let_everybody_withdraw_but_three(self) -> None:
        left = set(DonorState) - set(STILL_TO_WITHDRAW)
        assert left == {DonorState.WITHDRAWN, DonorState.DECEASED, DonorState.TRANSFERRED}

    def test_tell_the_world_nothing_before_the_list(self) -> None:
        assert set(WMDA_STATUS) == set(DonorState) - {
            DonorState.REGISTERED,
            DonorState.SAMPLED,
            DonorState.TYPING,
            DonorState.TYPED,
        }
