"""What a donor answers and signs on the way of a match: the health check, stages 2 and 3 of the consent."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from consent import actions as consents
from consent.evidence import drawn
from consent.forms import TeachBackAnswers
from consent.models import Text
from consent.states import EvidenceKind, TextState
from registry.cases import actions, health, stages
from registry.cases.models import MatchCase
from tests.factories import consent as make

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def well(case: MatchCase, **changes: str) -> dict[str, str]:
    """Return the answers of a health check by which a donor is fit and available."""
    given = {question.key: "no" for question in health.questions(case.donor.sex)}
    given |= {"medicines": "none", "work": "yes", "care": "nobody", "weight_kg": "58", "height_cm": "165"}
    return {**given, **changes}


def signed(stage: int, **changes: Any) -> actions.Signed:
    """Return what is signed at a stage: all that the match needs, on the screen, every question answered."""
    consents.install_first_texts(by=make.TAKER, at=LONG_AGO)
    text = Text.objects.get(document=stages.TEXTS[stage], state=TextState.PUBLISHED)
    slots = [slot.key for line in text.structure() for slot in line.slots]
    values: dict[str, Any] = {
        "text": text,
        "language": "zh-hans",
        "given": stages.NEEDED[stage],
        "declined": (),
        "evidence": drawn(dict.fromkeys(slots, make.png())),
        "teach_back": understood(text),
    }
    return actions.Signed(**{**values, **changes})


def understood(text: Text) -> TeachBackAnswers:
    """Return the right answer to every question that a text asks back."""
    questions = text.bodies.get(language="zh-hans").questions
    return TeachBackAnswers({question.key: question.right for question in questions}, explained=True)


def session(stage: int, **changes: Any) -> actions.Session:
    """Return how a stage was gone through: every point explained, said back, witnessed from outside."""
    values: dict[str, Any] = {
        "checklist": [item.key for item in stages.CHECKLIST[stage]],
        "read_back": True,
        "witness": "护士长",
    }
    return actions.Session(**{**values, **changes})


def signing(stage: int, *, page: Any) -> dict[str, str]:
    """Return everything a person ticks and draws on the page of a stage."""
    form = page.context["form"]
    picture = "data:image/png;base64," + b64encode(make.png()).decode()
    data = {"how": EvidenceKind.SCREEN_SIGNATURE.value, "language": form.body.language}
    data |= {f"explained_{item.key}": "on" for item in stages.CHECKLIST[stage]}
    data |= {f"teach_{question.key}": question.right for question in form.questions}
    for line in form.text_lines:
        if not line.ticked:
            data[f"agree_{line.key}"] = "on"
            data |= {f"signature_{slot.key}": picture for slot in line.slots}
    return data
