"""Why a case ended: whose side, by which code, what becomes of the donor, and which regret it counts as.

Donor-side codes are the donors' reasons; the patient's side uses those of EMDIS field 391.
"""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.cases.states import RED_ZONE, CaseState, reached
from registry.donors import reasons
from registry.donors.reasons import Parent, Reason
from registry.donors.states import DonorState


class Side(models.TextChoices):
    """Whose side ended a case."""

    DONOR = "DONOR", _("The donor's side")
    PATIENT = "PATIENT", _("The patient's side")
    NEITHER = "NEITHER", _("Neither")


class PatientReason(models.TextChoices):
    """Why the patient's side ended it, verbatim codes. Source: EMDIS data dictionary, field 391."""

    BCC = "BCC", _("Patient's condition changed")
    FND = "FND", _("No funds")
    LAB = "LAB", _("The laboratory found a mismatch")
    NSP = "NSP", _("Not specified")
    OLD = "OLD", _("The request is too old")
    PDC = "PDC", _("The patient died")
    STP = "STP", _("The search was stopped")
    TRX = "TRX", _("Transplanted with other cells")
    OTH = "OTH", _("Another reason of the hospital")


class OtherReason(models.TextChoices):
    """What nobody decided."""

    EX = "EX", _("The reservation ran out")
    MM = "MM", _("Typing again showed a mismatch")
    TX = "TX", _("The donor has given to another patient")


class Regret(models.TextChoices):
    """反悔: a donor's personal no, by how far the match had come. Source: domain.md 3, ledger of exits."""

    R1 = "R1", _("After the first match")
    R2 = "R2", _("After agreeing to typing again")
    R3 = "R3", _("After the final consent")
    R4 = "R4", _("After conditioning began")


NO_NEXT: Final = frozenset({DonorState.EXCLUDED, DonorState.REGISTERED})  # who goes there is kept for nobody
FROM_THE_DONOR: Final = tuple(
    reason for reason in Reason if reason not in {Reason.LEGACY, Reason.MERGED, Reason.UK, Reason.TX}
)
CODES: Final = (*FROM_THE_DONOR, *PatientReason, *OtherReason)
CHOICES: Final = [(code.value, code.label) for code in CODES]


def side_of(code: str) -> Side:
    """Return whose side a code is of."""
    if code in PatientReason.values:
        return Side.PATIENT
    return Side.NEITHER if code in OtherReason.values else Side.DONOR


def parent_of(code: str) -> str:
    """Return the WMDA reason that a donor-side code is filed under, "" for the others."""
    return str(reasons.parent(code)) if side_of(code) == Side.DONOR else ""


def goes_to(code: str, *, reserved_from: str) -> DonorState:
    """
    Return where a donor goes whose case ended so.

    Source: domain.md 2, `free` and `dispute_typing`
    """
    if code in {Reason.TQ, Reason.TQ_MIXED_UP}:
        return DonorState.REGISTERED
    if code in reasons.PERMANENT:
        return DonorState.EXCLUDED
    if code in reasons.TEMPORARY and reserved_from != DonorState.DONATED:  # who gave is in no search
        return DonorState.ON_HOLD
    return DonorState(reserved_from)


def regret_of(code: str, *, state: str, final_consent: bool) -> str:
    """
    Return the regret that an exit counts as, "" where it is none: personal reasons only.

    :param state: where the case stood; of a postponed one, the state it returns to.
    :param final_consent: whether the donor had given the final consent.
    """
    if side_of(code) != Side.DONOR or reasons.parent(code) != Parent.PR:
        return ""
    if state in {CaseState.WAITING, CaseState.HANDED_OVER}:  # not asked yet, or given already
        return ""
    if state in RED_ZONE:
        return Regret.R4
    if final_consent:
        return Regret.R3
    return Regret.R2 if reached(state, CaseState.HR_AGREED) else Regret.R1
