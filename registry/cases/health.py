"""
What the answers of a health-and-availability check say.

Pure: no database, no clock. Nobody is excluded by a form: what would be for good goes to the medical
reviewer, as does what only a doctor can weigh.

Source: docs/sources.md#health-and-availability
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from registry.cases.questionnaire import GRAVITY, GROUPS, Effect, Question
from registry.donors.reasons import Reason

VERDICTS = {Effect.NOT_NOW: "TEMPORARY", Effect.ASK: "ASK", Effect.NOT_ANY_MORE: "PERMANENT"}


class Body(StrEnum):
    """What a body's weight and height mean."""

    FINE = "FINE"
    TOO_LIGHT = "TOO_LIGHT"
    ASK = "ASK"


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of the check, which are settings: kilograms by sex, and the index of body mass."""

    lowest_kg: Mapping[str, int]
    bmi_ask: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What a check says: a verdict, its code, the questions that led to it, and what is to be arranged.

    ``verdict`` is one of FIT, TEMPORARY, PERMANENT, ASK.
    """

    verdict: str
    reason: str = ""
    because: tuple[str, ...] = ()
    arrange: tuple[str, ...] = ()


def questions(sex: str) -> Iterator[Question]:
    """Yield the questions that are asked of a person, in order."""
    for group in GROUPS:
        yield from (question for question in group.questions if sex != "M" or not question.women)


def unanswered(answers: Mapping[str, str], *, sex: str) -> list[str]:
    """Return the keys of questions without one of their answers."""
    return [one.key for one in questions(sex) if one.answer(answers.get(one.key, "")) is None]


def body(weight_kg: str, height_cm: str, *, sex: str, limits: Limits) -> Body:
    """
    Return what weight and height mean; an unknown height is passed over.

    Source: docs/sources.md#weight; WMDA: from a body-mass index of 40 on a doctor weighs it.
    """
    try:
        weight = Decimal(weight_kg)
        height = Decimal(height_cm) / 100 if height_cm else None
    except InvalidOperation:
        return Body.ASK
    if weight < limits.lowest_kg.get(sex, max(limits.lowest_kg.values())):
        return Body.TOO_LIGHT
    return Body.ASK if height and weight / height**2 >= limits.bmi_ask else Body.FINE


def judge(
    answers: Mapping[str, str],
    *,
    sex: str,
    limits: Limits,
    available_from: date | None = None,
    needed_by: date | None = None,
) -> Outcome:
    """
    Return what the answers of a check say: the gravest of them decides.

    :param answers: key of a question → key of an answer; ``weight_kg`` and ``height_cm`` as numbers.
    :param available_from: the first day on which the donor can come.
    :param needed_by: after this day that is too late for now.
    :raises ValueError: if a question is not answered.
    """
    if missing := unanswered(answers, sex=sex):
        raise ValueError(missing)
    found = [(one.key, one.answer(answers[one.key])) for one in questions(sex)]
    weighed = [(key, answer.effect, answer.reason) for key, answer in found if answer is not None]
    weighed.append(_of_body(answers, sex=sex, limits=limits))
    arrange = tuple(key for key, effect, _reason in weighed if effect == Effect.HELP)
    gravest = max((effect for _key, effect, _reason in weighed), key=GRAVITY.__getitem__)
    because = [(key, reason) for key, effect, reason in weighed if effect == gravest]
    if GRAVITY[gravest] <= GRAVITY[Effect.HELP]:
        if available_from and needed_by and available_from > needed_by:
            return Outcome("TEMPORARY", Reason.PR_WORK_STUDY, ("available_from",), arrange)
        return Outcome("FIT", arrange=arrange)
    reason = next((str(code) for _key, code in because if code), "")
    verdict = VERDICTS[gravest]
    return Outcome(verdict, reason, tuple(key for key, _code in because), arrange)


def _of_body(answers: Mapping[str, str], *, sex: str, limits: Limits) -> tuple[str, Effect, str]:
    found = body(answers.get("weight_kg", ""), answers.get("height_cm", ""), sex=sex, limits=limits)
    means = {
        Body.FINE: (Effect.FINE, ""),
        Body.TOO_LIGHT: (Effect.NOT_NOW, Reason.MR_T_WEIGHT),
        Body.ASK: (Effect.ASK, ""),
    }
    return "weight_kg", *means[found]
