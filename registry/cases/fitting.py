"""Which outcomes fit a match as it stands: offered first; the others stand behind them. Pure.

What fits is our own decision along domain.md sections 2, 3 and 6; what cannot be true is not offered at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from registry.cases.outcomes import CODES, FROM_THE_DONOR, OtherReason, PatientReason
from registry.cases.states import THE_WAY, CaseState
from registry.donors import reasons
from registry.donors.reasons import Parent, Reason

S = CaseState
LAST: Final = THE_WAY[-1]
# From where to where of the way a code, or the codes of a reason, can be what ended a match.
OF_THE_DONOR: Final = {
    Parent.PR: (S.NOTIFIED, LAST),
    Parent.UC: (S.NOTIFIED, S.SCHEDULED),
    Parent.MO: (S.NOTIFIED, S.SCHEDULED),
    Parent.MR: (S.NOTIFIED, LAST),
    Parent.DO: (S.NOTIFIED, S.REMOBILISED),
    Parent.TQ: (S.HR_AGREED, S.TC_DECISION),
}
OF_OTHERS: Final = {
    PatientReason.BCC: (S.NOTIFIED, LAST),
    PatientReason.PDC: (S.NOTIFIED, LAST),
    PatientReason.TRX: (S.NOTIFIED, LAST),
    PatientReason.FND: (S.NOTIFIED, S.SCHEDULED),
    PatientReason.NSP: (S.NOTIFIED, S.SCHEDULED),
    PatientReason.STP: (S.NOTIFIED, S.SCHEDULED),
    PatientReason.OLD: (S.NOTIFIED, S.TC_DECISION),
    PatientReason.LAB: (S.HR_LAB, S.TC_DECISION),
    OtherReason.EX: (S.NOTIFIED, S.SCHEDULED),
    OtherReason.MM: (S.HR_LAB, S.HR_MATCHED),
    OtherReason.TX: (S.NOTIFIED, S.NOTIFIED),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What of a match decides which outcomes fit.

    :param at: where it stands on the way; of a postponed one, the state it returns to.
    :param doctor: whether a lasting medical reason has a doctor's word behind it.
    :param gave: whether the donor has given to another patient.
    """

    at: str
    tried: bool = False
    spoken_with: bool = False
    ran_out: bool = False
    doctor: bool = False
    gave: bool = False


def possible(standing: Standing) -> list[str]:
    """Return every code that can be true of a match."""
    never = set()
    if not standing.ran_out:
        never.add(OtherReason.EX)
    if not standing.gave:
        never.add(OtherReason.TX)
    return [str(code) for code in CODES if code not in never and code != Reason.DD]


def fit(standing: Standing) -> list[str]:
    """Return the codes that fit a match as it stands; of those that can be true, the likely ones."""
    waits = standing.at == S.WAITING
    asked = [code for code in possible(standing) if _window(code) is not None]
    if waits:  # nobody has spoken with the donor about it
        return [code for code in asked if code not in FROM_THE_DONOR and _within(code, S.NOTIFIED)]
    return [code for code in asked if _within(code, standing.at) and _was_said(code, standing)]


def _window(code: str) -> tuple[CaseState, CaseState] | None:
    if code in OF_OTHERS:
        return OF_OTHERS[code]  # type: ignore[index]  # a plain code equals its member
    return OF_THE_DONOR.get(reasons.parent(code)) if code in FROM_THE_DONOR else None


def _within(code: str, state: str) -> bool:
    window = _window(code)
    if window is None:
        return False
    first, last = window
    return THE_WAY.index(first) <= THE_WAY.index(CaseState(state)) <= THE_WAY.index(last)


def _was_said(code: str, standing: Standing) -> bool:
    """Return whether somebody was tried, or spoken with, as the reason asks."""
    if code not in FROM_THE_DONOR:
        return True
    if code in reasons.PERMANENT:
        return standing.doctor
    if reasons.parent(code) in {Parent.PR, Parent.MR}:
        return standing.spoken_with
    return standing.tried or reasons.parent(code) not in {Parent.UC, Parent.MO}
