"""
Every fact that is typed on a page of a match: by whom, what, and in which states it may not be.

The sentences stand here in words: what a page says is compared with them, not with the program's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from registry.cases.states import OVER, RED_ZONE, THE_WAY, CaseState
from tests.factories.stages import signing, well

S = CaseState
Typed = Mapping[str, str]
Shut = Mapping[CaseState, str]
GONE: Final = ""  # such a page is not there: 404
ENDED: Final = "This match has ended. Nothing can be added to it any more."
STATE: Final = "This is not possible in the present state. Reload the page to see it."
CALLED: Final = "Nobody is called for a match that waits behind another, or has ended."
BEHIND: Final = "This match waits behind another. Defer the donor in the other one."
FINDINGS: Final = "Findings are entered from the work-up on."
CLEARING: Final = "A donor is cleared from the work-up on."
STAGE: Final = "The match is not that far: this is asked from “{}” on."
BACKUP: Final = "A back-up donor is named once the hospital was asked."
HARM: Final = "Adverse events are entered from conditioning on."
BEGUN: Final = "Conditioning has begun. Enter the finding: people are called, and the manager decides."
LEFT: Final = "The cells have left with the courier: record the donation."
NOBODY_ASKS: Final = "Nobody asks for a second person at present."


def says(words: str, states: Iterable[CaseState]) -> dict[CaseState, str]:
    """Return a sentence for each of some states."""
    return dict.fromkeys(states, words)


ONCE_ENDED: Final = says(ENDED, OVER)


def only_in(*states: CaseState, over: str = ENDED) -> Shut:
    """Return what is said everywhere else: that it has ended, or stands elsewhere."""
    return {state: over if state in OVER else STATE for state in S if state not in states}


def before(first: CaseState, words: str) -> Shut:
    """Return a sentence for every open state that lies before one of the way, or beside the way."""
    return says(words, [S.WAITING, *THE_WAY[: THE_WAY.index(first)]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """
    One thing that is typed.

    :param typed: good input, or how it is made of the scene: its ``case``, its ``house``, its ``rows``.
    :param of: which row about the match the address names, "" for the match itself.
    :param shut: sentence by state in which it may not be typed; in every other one it is taken.
    """

    page: str
    who: str
    typed: Typed | Callable[[Any], Typed]
    shut: Shut
    of: str = ""
    more: tuple[str | int, ...] = ()
    name: str = ""

    @property
    def called(self) -> str:
        """What a failing test calls it."""
        return self.name or "/".join([self.page, *map(str, self.more)])


def stage(number: int, **more: str) -> Callable[[Any], Typed]:
    """Return how everything of a stage is ticked and drawn on its page."""
    return lambda scene: signing(number, page=scene.house.zhou.get("consent", scene.case.pk, number)) | more


def days(scene: Any) -> Typed:
    """Return days in their order; that of conditioning as it stands, where it was begun."""
    begins = scene.case.conditioning_on or "2026-11-23"
    return {"product": "PBSC", "conditioning_on": f"{begins}", "collection_on": "2026-12-01"}


TOO_EARLY: Final = before(S.WORKUP, FINDINGS) | ONCE_ENDED
NEGATIVE: Final = dict.fromkeys(("HBV", "HCV", "HIV", "SYPHILIS", "CMV", "EBV"), "NEGATIVE")
BOX: Final = {
    "label_is_right": "on", "bags": "1", "temperature_c": "4", "courier": "小李",
    "left_at": "2026-11-20T09:30",
}  # fmt: skip
WELL_AFTER: Final = {
    "wellbeing": "5", "symptoms": "no", "fatigue": "none", "pain": "none", "bleeding": "none",
    "illness": "no", "back": "yes",
}  # fmt: skip
TALK: Final = {"kind": "INFORMATION", "state": "HELD", "held_at": "2026-11-19T09:30"}
FAMILY: Final = {"relation": "PARENT", "stance": "SUPPORTS", "told_on": "2026-11-19"}
WAVERS: Final = {"reason": "PR_FAM_PARENT", "kind": "TALK", "result": "OPEN"}
MESSAGE: Final = {"said_at": "2026-11-20T08:00", "reference": "TX-9", "conditioning_on": "2026-11-23"}
COLLECTED: Final = {"on": "2026-11-20", "volume_ml": "210", "cd34_per_kg": "4.6"}
HARMED: Final = {"on": "2026-11-20", "phase": "COLLECTION", "grade": "2", "words": "手麻"}
DEFERS: Final = {"verdict": "defer", "temporary": "MR_T_ILLNESS", "until": "2027-01-10"}
EXCLUDES: Final = {"verdict": "exclude", "permanent": "MR_P_CARDIO"}
POSTPONABLE: Final = (S.HR_MATCHED, S.TC_DECISION, S.WORKUP, S.SCHEDULED)
AFTER: Final = says(GONE, [state for state in S if state != S.DONATED])
TRAVELS: Final = {S.WAITING: GONE, S.CLOSED: ENDED}
IN_RED: Final = says(BEGUN, RED_ZONE)

FACTS: Final = (
    Fact(page="attempt", who="zhou", typed={"number": "donor", "result": "NO_ANSWER"},
         shut=says(CALLED, [S.WAITING, *OVER])),
    Fact(page="family", who="zhou", typed=FAMILY, shut=ONCE_ENDED),
    Fact(page="family", who="zhou", typed={"nobody": "1"}, shut=ONCE_ENDED, name="family: nobody"),
    Fact(page="talk", who="zhou", typed=TALK, shut=ONCE_ENDED),
    Fact(page="talk-settle", who="zhou", of="talk", typed={"state": "DECLINED"}, shut=ONCE_ENDED),
    Fact(page="peers", who="zhou", typed=lambda scene: {"peer": str(scene.rows["peer"].pk)},
         shut=ONCE_ENDED),
    Fact(page="health-check", who="zhou", typed=lambda scene: well(scene.case), shut=ONCE_ENDED),
    Fact(page="health-review", who="reviewer", typed={"verdict": "FIT"}, shut=ONCE_ENDED),
    Fact(page="consent", more=(2,), who="zhou", typed=stage(2),
         shut=before(S.REMOBILISED, STAGE.format("Told of the match")) | ONCE_ENDED),
    Fact(page="consent", more=(3,), who="zhou", typed=stage(3, read_back="on", outsider="护士长"),
         shut=before(S.WORKUP, STAGE.format("Work-up")) | ONCE_ENDED),
    Fact(page="result", who="zhou", typed={"found": "mismatch"}, shut=only_in(S.HR_LAB, over=STATE)),
    Fact(page="decision", who="manager", typed={"decided": "not", "reason": "TRX"},
         shut=only_in(S.TC_DECISION, over=STATE)),
    Fact(page="hospital-decision", who="transplant", typed={"wants": "yes"}, shut=only_in(S.TC_DECISION)),
    *(
        Fact(page="finding", more=(kind,), who=who, typed=typed, shut=TOO_EARLY, name=f"{kind} by {who}")
        for who in ("reviewer", "collection")
        for kind, typed in (
            ("examination", {"on": "2026-11-20", "fit": "yes"}),
            ("markers", {"on": "2026-11-20", **NEGATIVE}),
            ("pregnancy", {"on": "2026-11-20", "test": "NEGATIVE"}),
        )
    ),
    Fact(page="clear", who="reviewer", typed={"verdict": "clear"}, name="clear",
         shut=before(S.WORKUP, CLEARING) | ONCE_ENDED),
    Fact(page="clear", who="reviewer", typed=DEFERS, name="defer",
         shut={**only_in(*POSTPONABLE), **IN_RED, S.WAITING: BEHIND}),
    Fact(page="clear", who="reviewer", typed=EXCLUDES, name="exclude",
         shut={**IN_RED, **ONCE_ENDED, S.HANDED_OVER: LEFT}),
    Fact(page="dates", who="manager", typed=days,
         shut=only_in(S.WORKUP, S.SCHEDULED, S.CONDITIONING, S.MOBILISING)),
    Fact(page="backup", who="manager", typed={"none": "NONE_FOUND", "words": "找了全省"},
         shut=before(S.TC_DECISION, BACKUP) | ONCE_ENDED),
    Fact(page="hospital-message", who="transplant", typed=MESSAGE, shut=only_in(S.WORKUP, S.SCHEDULED)),
    Fact(page="hospital-message", who="manager", typed=MESSAGE, name="message by the manager",
         shut=only_in(S.WORKUP, S.SCHEDULED)),
    Fact(page="condition", who="manager", typed={"answer": "first"}, shut=only_in(S.SCHEDULED)),
    Fact(page="condition", who="other", typed={"answer": "second"}, name="condition as the second",
         shut=says(NOBODY_ASKS, S)),
    Fact(page="collection", who="collection", typed=COLLECTED, shut=only_in(S.COLLECTING)),
    Fact(page="adverse", who="collection", typed=HARMED,
         shut={**before(S.CONDITIONING, HARM), S.POSTPONED: HARM, S.CLOSED: HARM}),
    Fact(page="no-harm", who="collection", typed={}, shut=only_in(S.COLLECTING)),
    Fact(page="hand-over", who="zhou", typed=BOX, shut=only_in(S.COLLECTING)),
    Fact(page="hand-over-second", who="collection", typed={"label_is_right": "on"},
         shut=only_in(S.COLLECTING)),
    Fact(page="arrival", who="transplant", typed={"arrived_at": "2026-11-20T09:50", "arrived_c": "5"},
         shut=only_in(S.HANDED_OVER)),
    Fact(page="transfusion", who="transplant", typed={"on": "2026-11-20"},
         shut=only_in(S.HANDED_OVER, S.DONATED, over=STATE)),
    Fact(page="intervene", who="zhou", typed=WAVERS, shut=ONCE_ENDED),
    Fact(page="intervention", who="zhou", of="tried", typed={"result": "STAYED"}, shut=ONCE_ENDED),
    Fact(page="extend", who="zhou", typed={"until": "2026-12-10", "words": "再等等"}, shut=ONCE_ENDED),
    Fact(page="take", who="manager", typed={}, shut=ONCE_ENDED),
    Fact(page="note", who="zhou", typed={"words": "记下"}, shut={}),
    Fact(page="leg", who="zhou", shut=TRAVELS,
         typed={"task": "yes", "when": "2026-11-25T09:00", "words": "带身份证"}),
    Fact(page="insurance", who="zhou", typed={"insurer": "某保险"}, shut=TRAVELS),
    Fact(page="tick", who="companion", of="leg", typed={"done": "yes"}, shut=TRAVELS),
    Fact(page="leg-remove", who="zhou", of="leg", typed={}, shut=TRAVELS),
    Fact(page="expense", who="companion", typed={"on": "2026-11-19", "kind": "TRAVEL", "amount": "12.50"},
         shut={S.WAITING: GONE}),
    Fact(page="expense-paid", who="zhou", of="expense", typed={"on": "2026-11-20"}, shut={S.WAITING: GONE}),
    Fact(page="follow-up", who="zhou", of="follow_up", typed=WELL_AFTER, shut=AFTER),
    Fact(page="wishes", who="zhou", typed={"letters": "no"}, shut=AFTER),
    Fact(page="letters", who="zhou", shut=AFTER,
         typed={"direction": "TO_RECIPIENT", "received_on": "2026-11-20", "words": "祝您早日康复"}),
    Fact(page="letter-screen", who="manager", of="letter", typed={"redacted": "早日康复"}, shut=AFTER),
    Fact(page="letter-return", who="manager", of="letter", typed={"reason": "HURTS"}, shut=AFTER),
    Fact(page="stop", who="companion", typed={"document_seen": "on", "samples": "later"},
         shut={S.CLOSED: GONE}),
)  # fmt: skip
