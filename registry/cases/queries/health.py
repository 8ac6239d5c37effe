"""Health checks as pages show them: the verdict to the people of a case, the answers to few."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from foundation import vault
from registry.cases import questionnaire
from registry.cases.models import HealthCheck, MatchCase, Verdict
from registry.donors.reasons import Reason

TAGS = {Verdict.FIT: "good", Verdict.TEMPORARY: "due", Verdict.PERMANENT: "bad", Verdict.ASK: "wait"}


@dataclass(frozen=True, slots=True)
class Line:
    """One answer in words; ``speaks_up`` where it is more than fine."""

    question: str | Promise
    answer: str | Promise
    speaks_up: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A check with what the reader may see of it."""

    check: HealthCheck
    kind: str
    open: bool
    reason: str | Promise = ""
    answers: list[Line] = field(default_factory=list)
    words: object = None


def newest(case: MatchCase, *, staff_id: str, medical: bool) -> Shown | None:
    """
    Return the newest check of a case.

    :param medical: whether the reader sees medical findings; who took a check sees what they took.
    """
    check = case.health_checks.order_by("-id").first()
    return None if check is None else _shown(check, may_read=medical or check.by_id == staff_id)


def answered(case: MatchCase) -> Shown | None:
    """Return the newest check that has answers, opened, for who reviews it."""
    check = case.health_checks.filter(answers__isnull=False).order_by("-id").first()
    return None if check is None else _shown(check, may_read=True)


def _shown(check: HealthCheck, *, may_read: bool) -> Shown:
    kind = TAGS[Verdict(check.verdict)]
    if not may_read:
        return Shown(check, kind, open=False)
    opened = vault.open_one(check, "answers", "words")
    told = opened["answers"]
    answers = _lines(json.loads(told)) if isinstance(told, str) else []
    reason = Reason(check.reason).label if check.reason in Reason.values else ""
    return Shown(check, kind, open=True, reason=reason, answers=answers, words=opened["words"])


def _lines(answers: dict[str, str]) -> list[Line]:
    lines = [
        Line(_("Weight, height"), f"{answers.get('weight_kg', '')} kg · {answers.get('height_cm', '')} cm")
    ]
    for group in questionnaire.GROUPS:
        for question in group.questions:
            answer = question.answer(answers.get(question.key, ""))
            if answer is not None:
                speaks_up = answer.effect != questionnaire.Effect.FINE
                lines.append(Line(question.words, answer.words, speaks_up))
    return lines
