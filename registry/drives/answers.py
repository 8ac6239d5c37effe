"""What a draft holds: what was typed at each step, and the facts found right in it. No database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from django.utils.datastructures import MultiValueDict

from registry.drives.states import Step

ASKED: Final = (Step.DOCUMENT, Step.CONTACTS, Step.HEALTH, Step.CONSENTS, Step.TUBE)

Typed = Mapping[str, list[str]]
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One step: the fields as typed, and the facts in them, or None while something in it is wrong."""

    typed: Typed = field(default_factory=dict, repr=False)
    facts: Facts | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answers:
    """All the steps of one draft."""

    steps: Mapping[Step, Answer] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what ``write`` wrote; an empty text is an empty draft."""
        told: dict[str, dict[str, Any]] = json.loads(text) if text else {}
        return cls({Step(step): Answer(one["typed"], one["facts"]) for step, one in told.items()})

    def write(self) -> str:
        """Return the steps as JSON."""
        told = {step.value: {"typed": a.typed, "facts": a.facts} for step, a in self.steps.items()}
        return json.dumps(told, ensure_ascii=False)

    def with_step(self, step: Step, answer: Answer) -> Answers:
        """Return these answers with one step put in place of what was there."""
        return Answers({**self.steps, step: answer})

    def typed(self, step: Step) -> Typed | None:
        """Return what was typed at a step, or None where nothing was."""
        answer = self.steps.get(step)
        return answer.typed if answer else None

    def facts(self, step: Step) -> Facts:
        """Return the facts of a step; empty while it is not done."""
        answer = self.steps.get(step)
        return (answer.facts if answer else None) or {}

    def is_done(self, step: Step) -> bool:
        """Return whether a step was answered and found right."""
        answer = self.steps.get(step)
        return answer is not None and answer.facts is not None

    @property
    def first_open(self) -> Step | None:
        """Return the first step that is still to be answered, or None."""
        return next((step for step in ASKED if not self.is_done(step)), None)


def as_data(typed: Typed) -> MultiValueDict[str, str]:
    """Return what was typed as a form takes it."""
    return MultiValueDict({name: list(values) for name, values in typed.items()})
