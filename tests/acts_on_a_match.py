"""Every act on a match by name: whose it usually is, and how it is done; and what usually follows where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from registry.cases import actions
from registry.cases.actions import intervening, people
from registry.cases.models import Expense, HandOver, Leg, Letter, MatchCase, Talk
from registry.cases.states import CaseState
from tests.factories.stages import session, signed, well

if TYPE_CHECKING:
    from foundation.trail import Actor
    from tests.ways_of_a_match import World

    Act = Callable[[World, MatchCase, Actor], Any]

A_NIGHT: Final = timedelta(hours=25)
NEGATIVE: Final = dict.fromkeys(("HBV", "HCV", "HIV", "SYPHILIS", "CMV", "EBV"), "NEGATIVE")


def reached(after: str) -> Act:
    """Return a call in which the donor was spoken with, and said what they would like."""
    said = {"after_match": after}
    return lambda w, c, by: actions.call(c, result="REACHED", answers=said, by=by, at=w.at)


def pressed(move: str) -> Act:
    """Return a step that a button stands for."""
    return lambda w, c, by: actions.advance(c, move, by=by, at=w.at)


def looked(kind: str, **found: Any) -> Act:
    """Return the entry of what was found about the donor today."""
    return lambda w, c, by: actions.record_finding(c, kind=kind, on=w.today, by=by, at=w.at, **found)


def talked(kind: str, *, held: bool, before: timedelta = timedelta(), peer: bool = False) -> Act:
    """Return a talk that was offered and then held or not wanted; with a former donor, where one is asked."""

    def act(w: World, c: MatchCase, by: Actor) -> Any:
        who = w.donor(2) if peer else None
        made = actions.offer_talk(c, kind=kind, peer=who, by=by, at=w.at)
        when = max(c.opened_at, w.at - before) if held else None
        return actions.settle_talk(made, held=held, held_at=when, by=by, at=w.at)

    return act


def agreed(stage: int) -> Act:
    """Return that a donor agreed to a stage."""
    return lambda w, c, by: actions.agree_to_stage(c, stage, signed(stage), session(stage), by=by, at=w.at)


def closed(outcome: str) -> Act:
    """Return that a match ended so."""
    return lambda w, c, by: actions.close(c, outcome=outcome, by=by, at=w.at)


def newest(rows: Any) -> Any:
    """Return the last row of several; where there is none nothing can be done with it."""
    row = rows.order_by("-id").first()
    if row is None:
        raise Nothing
    return row


class Nothing(Exception):
    """What an act is about is not there."""

    sentences = ("There is nothing of this kind.",)


def days(w: World, c: MatchCase, by: Actor) -> Any:
    """Set the days; that of conditioning stays as it is where it was begun."""
    begins = c.conditioning_on if c.conditioning_at else w.today + timedelta(days=2)
    days = {"conditioning_on": begins, "collection_on": w.today + timedelta(days=9)}
    return actions.set_dates(c, product="PBSC", **days, by=by, at=w.at)


def message(w: World, c: MatchCase, by: Actor) -> Any:
    """Enter that conditioning begins in two days."""
    on = w.today + timedelta(days=2)
    return actions.record_message(c, said_at=w.at, reference="TX-1", conditioning_on=on, by=by, at=w.at)


def named(w: World, c: MatchCase, by: Actor) -> Any:
    """Say who looks after a match on either side."""
    at = [w.staff["transplant"], w.staff["collection"]]
    chosen = people.People(
        owner=c.owner, patient_officer=w.staff["liu"], companion=w.staff["companion"], at_hospitals=at,
        transplant_hospital=w.hospitals["transplant"], collection_hospital=w.hospitals["collection"],
    )  # fmt: skip
    return people.name_people(c, chosen, by=by, at=w.at)


def letter(w: World, c: MatchCase, by: Actor) -> Any:
    """Take in a letter of the donor."""
    said = {"direction": "TO_RECIPIENT", "received_on": w.today, "words": "祝您早日康复"}
    return actions.receive_letter(c, **said, by=by, at=w.at)


ACTS: Final[dict[str, tuple[str, Act]]] = {
    # the donor and those around them
    "ring in vain": ("coordinator", lambda w, c, by: actions.call(c, result="NO_ANSWER", by=by, at=w.at)),
    "speak with the donor": ("zhou", reached("go_on")),
    "hear that they waver": ("zhou", reached("unsure")),
    "hear that they leave": ("zhou", reached("leave")),
    "hear the family": ("zhou", lambda w, c, by: actions.record_view(
        c, actions.View(relation="PARENT", stance="SUPPORTS", told_on=w.today), by=by, at=w.at)),
    "hear that there is nobody": ("zhou", lambda w, c, by: actions.record_nobody(c, by=by, at=w.at)),
    "check the health": ("zhou", lambda w, c, by: actions.record_check(c, well(c), by=by, at=w.at)),
    "check a doubtful health": ("zhou", lambda w, c, by: actions.record_check(
        c, well(c, heart="yes"), by=by, at=w.at)),
    "find the health good": ("doctor", lambda w, c, by: actions.review_check(
        c, verdict="FIT", by=by, at=w.at)),
    "find the health bad": ("doctor", lambda w, c, by: actions.review_check(
        c, verdict="PERMANENT", reason="MR_P_CARDIO", by=by, at=w.at)),
    "talk yesterday": ("zhou", talked("INFORMATION", held=True, before=A_NIGHT)),
    "talk just now": ("zhou", talked("INFORMATION", held=True)),
    "want no talk": ("zhou", talked("FAMILY", held=False)),
    "offer a former donor": ("zhou", lambda w, c, by: actions.offer_talk(
        c, kind="PEER", peer=w.donor(2), by=by, at=w.at)),
    "talk with a former donor": ("zhou", talked("PEER", held=True, peer=True)),
    "settle a talk": ("zhou", lambda w, c, by: actions.settle_talk(
        newest(Talk.objects.filter(case=c)), held=False, by=by, at=w.at)),
    "agree to typing": ("zhou", agreed(2)),
    "agree to donating": ("zhou", agreed(3)),
    "try to help": ("zhou", lambda w, c, by: intervening.intervene(
        c, reason="PR_FAM_PARENT", kind="TALK", by=by, at=w.at)),
    # typing again
    "tell the donor": ("zhou", pressed("remobilise")),
    "go on to typing": ("zhou", pressed("agree")),
    "take blood": ("zhou", lambda w, c, by: actions.take_sample(c, volume_ml=Decimal(10), by=by, at=w.at)),
    "take much blood": ("zhou", lambda w, c, by: actions.take_sample(
        c, volume_ml=Decimal("30.1"), by=by, at=w.at)),
    "send the blood": ("zhou", pressed("send_to_lab")),
    "confirm": ("zhou", lambda w, c, by: actions.confirm_match(c, confirmed=True, by=by, at=w.at)),
    "find a mismatch": ("zhou", lambda w, c, by: actions.end_at(
        c, CaseState.HR_LAB, outcome="MM", by=by, at=w.at)),
    "ask the hospital": ("zhou", pressed("ask_hospital")),
    "want this donor": ("transplant", lambda w, c, by: actions.record_decision_of_hospital(
        c, wants=True, by=by, at=w.at)),
    "begin the work-up": ("manager", lambda w, c, by: actions.start_work_up(
        c, decided=True, by=by, at=w.at)),
    # work-up
    "name the people": ("manager", named),
    "take it": ("manager", lambda w, c, by: people.take(c, by=by, at=w.at)),
    "examine": ("collection", looked("EXAMINATION", fit=True)),
    "draw blood": ("collection", looked("MARKERS", results=NEGATIVE)),
    "find an infection": ("collection", looked("MARKERS", results={**NEGATIVE, "HIV": "POSITIVE"})),
    "test for a pregnancy": ("doctor", looked("PREGNANCY", fit=True)),
    "clear": ("doctor", lambda w, c, by: actions.clear(c, by=by, at=w.at)),
    "defer": ("doctor", lambda w, c, by: actions.defer(
        c, reason="MR_T_ILLNESS", until=w.today + timedelta(days=20), by=by, at=w.at)),
    "exclude": ("doctor", lambda w, c, by: actions.exclude(c, reason="MR_P_CARDIO", by=by, at=w.at)),
    "set the days": ("manager", days),
    "name no back-up": ("manager", lambda w, c, by: actions.name_backup(
        c, none="NONE_FOUND", words="无", by=by, at=w.at)),
    "name a back-up": ("manager", lambda w, c, by: actions.name_backup(
        c, donor=w.donor(1), by=by, at=w.at)),
    "fix the days": ("manager", pressed("schedule")),
    "hear that it begins": ("transplant", message),
    "ask for conditioning": ("manager", lambda w, c, by: actions.ask_conditioning(c, by=by, at=w.at)),
    # the collection
    "press conditioning": ("manager", pressed("condition")),
    "prepare": ("manager", pressed("mobilise")),
    "begin to collect": ("manager", pressed("collect")),
    "collect": ("collection", lambda w, c, by: actions.record_day(
        c, on=w.today, volume_ml=Decimal(200), cd34_per_kg=Decimal(4), by=by, at=w.at)),
    "note harm": ("collection", lambda w, c, by: actions.record_adverse_event(
        c, on=w.today, phase="COLLECTION", grade=2, by=by, at=w.at)),
    "check the label": ("collection", lambda w, c, by: actions.begin_hand_over(
        c, bags=1, temperature_c=Decimal(4), courier="小李", left_at=w.at, by=by, at=w.at)),
    "check it too": ("zhou", lambda w, c, by: actions.confirm_hand_over(c, by=by, at=w.at)),
    "hand over": ("manager", pressed("hand_over")),
    "arrive": ("transplant", lambda w, c, by: actions.record_arrival(
        c, arrived_at=newest(HandOver.objects.filter(case=c)).at, by=by, at=w.at)),
    "give to the patient": ("transplant", lambda w, c, by: actions.record_transfusion(
        c, on=w.today, by=by, at=w.at)),
    "donate": ("manager", lambda w, c, by: actions.donate(c, by=by, at=w.at)),
    # the companion's journey, letters
    "add a task": ("companion", lambda w, c, by: actions.add_leg(
        c, when=w.at, task=True, place="", words="带身份证", by=by, at=w.at)),
    "tick a task": ("companion", lambda w, c, by: actions.tick(
        newest(Leg.objects.filter(case=c)), done=True, by=by, at=w.at)),
    "lay out money": ("companion", lambda w, c, by: actions.add_expense(
        c, on=w.today, kind="TRAVEL", amount_fen=1250, by=by, at=w.at)),
    "give money back": ("zhou", lambda w, c, by: actions.pay_expense(
        newest(Expense.objects.filter(case=c)), on=w.today, by=by, at=w.at)),
    "stop at the bedside": ("companion", lambda w, c, by: actions.withdraw_at_the_bedside(
        c, facts=["document_seen", "face_seen"], reason="", destroy_now=False, by=by, at=w.at)),
    "take a letter in": ("zhou", letter),
    "send a letter back": ("zhou", lambda w, c, by: actions.return_letter(
        newest(Letter.objects.filter(case=c)), reason="HURTS", by=by, at=w.at)),
    # time, and the end
    "postpone": ("manager", lambda w, c, by: actions.postpone(
        c, until=w.today + timedelta(days=30), reason="OT", by=by, at=w.at)),
    "go on": ("manager", lambda w, c, by: actions.resume(c, by=by, at=w.at)),
    "extend": ("manager", lambda w, c, by: actions.extend(
        c, until=max(c.clock_ends_on, w.today) + timedelta(days=3), words="等", by=by, at=w.at)),
    "close: not needed": ("manager", closed("PDC")),
    "close: changed their mind": ("manager", closed("PR_NOT_STATED")),
    "close: ill for good": ("doctor", closed("MR_P_CARDIO")),
    "close: ill for a time": ("manager", closed("MR_T_ILLNESS")),
    "close: run out": ("manager", closed("EX")),
}  # fmt: skip
S = CaseState
# What leads on from a state, in order.
USUALLY: Final[dict[str, tuple[str, ...]]] = {
    S.NOTIFIED: ("ring in vain",),
    S.CONTACTING: ("speak with the donor",),
    S.REMOBILISED: ("hear the family", "check the health", "agree to typing", "go on to typing"),
    S.HR_AGREED: ("take blood",),
    S.HR_SAMPLED: ("send the blood",),
    S.HR_LAB: ("confirm",),
    S.HR_MATCHED: ("ask the hospital",),
    S.TC_DECISION: ("name the people", "want this donor", "begin the work-up"),
    S.WORKUP: (
        "talk just now", "a night passes", "agree to donating", "examine", "draw blood",
        "test for a pregnancy", "clear", "set the days", "name no back-up", "fix the days",
    ),
    S.SCHEDULED: (
        "speak with the donor", "hear that it begins", "ask for conditioning", "the second person agrees",
    ),
    S.CONDITIONING: ("prepare",),
    S.MOBILISING: ("begin to collect",),
    S.COLLECTING: ("collect", "note harm", "check the label", "check it too", "hand over"),
    S.HANDED_OVER: ("arrive", "give to the patient", "donate"),
    S.DONATED: ("take a letter in",),
    S.POSTPONED: ("go on",),
}  # fmt: skip
CAN_BE_LEFT_OUT: Final = frozenset(
    {"name the people", "want this donor", "give to the patient"}
)  # the way leads on without
