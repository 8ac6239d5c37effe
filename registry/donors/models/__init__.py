"""The tables of the donors' room."""

from registry.donors.models.call_lists import CallHelper, CallList, CallListUserObjectPermission
from registry.donors.models.calls import Call, CallKind, CallResult, CallState, CallTask
from registry.donors.models.contact import Contact, MoveNote, Relation, Stance
from registry.donors.models.donor import BloodGroup, ContactChoice, Donor, NationalState, Sex
from registry.donors.models.exports import Export, ExportPiece, ExportReason
from registry.donors.models.moved import MovedNote
from registry.donors.models.national import NationalFinding, NationalSheet, Settlement, TheirState, Verdict
from registry.donors.models.withdrawal import Withdrawal, WithdrawalLine, Word

__all__ = [
    "BloodGroup",
    "Call",
    "CallHelper",
    "CallKind",
    "CallList",
    "CallListUserObjectPermission",
    "CallResult",
    "CallState",
    "CallTask",
    "Contact",
    "ContactChoice",
    "Donor",
    "Export",
    "ExportPiece",
    "ExportReason",
    "MoveNote",
    "MovedNote",
    "NationalFinding",
    "NationalSheet",
    "NationalState",
    "Relation",
    "Settlement",
    "Sex",
    "Stance",
    "TheirState",
    "Verdict",
    "Withdrawal",
    "WithdrawalLine",
    "Word",
]
