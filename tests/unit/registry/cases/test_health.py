"""What the answers of a health-and-availability check say."""

from datetime import date

import pytest

from registry.cases import health
from registry.cases.health import Limits, judge
from registry.cases.questionnaire import GROUPS, Effect
from registry.donors.reasons import PERMANENT, TEMPORARY, Reason

LIMITS = Limits(lowest_kg={"F": 45, "M": 50}, bmi_ask=40)
WELL = {"medicines": "none", "work": "yes", "care": "nobody", "weight_kg": "58", "height_cm": "165"}


def answers(sex="F", **changes):
    """Return the answers of somebody well, with changes."""
    given = {question.key: "no" for question in health.questions(sex)}
    return {**given, **WELL, **changes}


def said(sex="F", *, available_from=None, **changes):
    return judge(
        answers(sex, **changes), sex=sex, limits=LIMITS, available_from=available_from,
        needed_by=date(2026, 12, 20),
    )  # fmt: skip


class TestJudge:
    @pytest.mark.parametrize(
        ("changes", "verdict", "reason"),
        [
            ({}, "FIT", ""),
            ({"pregnancy": "yes"}, "TEMPORARY", "MR_T_PREGNANT"),
            ({"lactation": "yes"}, "TEMPORARY", "MR_T_LACTATION"),
            ({"medicines": "short"}, "TEMPORARY", "MR_T_MEDICATION"),
            ({"vaccine": "killed"}, "FIT", ""),
            ({"vaccine": "live"}, "TEMPORARY", "MR_T_VACCINE"),
            ({"weight_kg": "44.9"}, "TEMPORARY", "MR_T_WEIGHT"),
            ({"weight_kg": "110", "height_cm": "165"}, "ASK", ""),
            ({"tattoo": "yes"}, "ASK", ""),
            ({"infections": "yes"}, "PERMANENT", "MR_P_INFECTION"),
            ({"heart": "pressure"}, "ASK", "MR_P_CARDIO"),
            ({"diabetes": "insulin"}, "PERMANENT", "MR_P_DIABETES"),
            ({"work": "no"}, "TEMPORARY", "PR_WORK_STUDY"),
        ],
        ids=lambda one: "-".join(f"{k}={v}" for k, v in one.items()) if isinstance(one, dict) else one,
    )
    def test_follows_the_gravest_answer(self, changes, verdict, reason):
        outcome = said(**changes)

        assert (outcome.verdict, outcome.reason) == (verdict, reason)

    def test_lets_a_lasting_finding_outweigh_a_passing_one_and_a_doubt(self):
        outcome = said(pregnancy="yes", tattoo="yes", cancer="yes")

        assert (outcome.verdict, outcome.because) == ("PERMANENT", ("cancer",))

    def test_says_what_is_to_be_arranged_without_holding_anybody_back(self):
        assert said(work="letter", care="open").arrange == ("work", "care")
        assert said(work="letter", care="open").verdict == "FIT"

    def test_waits_for_who_is_away_too_long(self):
        assert said(available_from=date(2026, 12, 20)).verdict == "FIT"
        assert said(available_from=date(2026, 12, 21)).verdict == "TEMPORARY"

    def test_asks_women_alone_about_pregnancy_and_a_man_for_his_own_weight(self):
        assert "pregnancy" not in answers("M")
        assert said("M", weight_kg="49").reason == "MR_T_WEIGHT"

    @pytest.mark.parametrize("answer", ["", "perhaps"])
    def test_takes_no_check_with_a_question_open(self, answer):
        with pytest.raises(ValueError, match="heart"):
            said(heart=answer)


class TestTheQuestions:
    def test_carry_codes_that_belong_to_what_they_mean(self):
        for group in GROUPS:
            for question in group.questions:
                for answer in question.answers:
                    if answer.effect == Effect.NOT_ANY_MORE:
                        assert answer.reason in PERMANENT
                    if answer.effect == Effect.NOT_NOW:
                        assert answer.reason in {*TEMPORARY, Reason.PR_WORK_STUDY}

    def test_can_each_be_answered_with_nothing_wrong(self):
        for question in (one for group in GROUPS for one in group.questions):
            assert question.answers[0].effect == Effect.FINE, question.key

    def test_have_keys_of_their_own(self):
        keys = [question.key for group in GROUPS for question in group.questions]
        assert len(keys) == len(set(keys))
