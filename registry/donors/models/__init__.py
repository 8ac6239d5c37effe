"""The tables of the donors' room."""

from registry.donors.models.call_lists import CallHelper, CallList, CallListUserObjectPermission
from registry.donors.models.calls import Call, CallKind, CallResult, CallState, CallTask
from registry.donors.models.contact import Contact, MoveNote, Relation, Stance
from registry.donors.models.donor import (
    STANDS_THERE,
    TO_TAKE_OUT,
    BloodGroup,
    ContactChoice,
    Donor,
    NationalState,
    Sex,
)
from registry.donors.models.elsewhere import (
    Assist,
    AssistKind,
    AssistResult,
    AssistUserObjectPermission,
    BranchMove,
    BranchQuestion,
    QuestionAnswer,
    QuestionKind,
    What,
    WhyMoved,
)
from registry.donors.models.exports import Export, ExportPiece, ExportReason
from registry.donors.models.mending import CorrectionReason, IdentityChange, Merge
from registry.donors.models.moved import MovedNote
from registry.donors.models.national import NationalFinding, NationalSheet, Settlement, TheirState, Verdict
from registry.donors.models.withdrawal import Withdrawal, WithdrawalLine, Word

__all__ = [
    "STANDS_THERE",
    "TO_TAKE_OUT",
    "Assist",
    "AssistKind",
    "AssistResult",
    "AssistUserObjectPermission",
    "BloodGroup",
    "BranchMove",
    "BranchQuestion",
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
    "CorrectionReason",
    "Donor",
    "Export",
    "ExportPiece",
    "ExportReason",
    "IdentityChange",
    "Merge",
    "MoveNote",
    "MovedNote",
    "NationalFinding",
    "NationalSheet",
    "NationalState",
    "QuestionAnswer",
    "QuestionKind",
    "Relation",
    "Settlement",
    "Sex",
    "Stance",
    "TheirState",
    "Verdict",
    "What",
    "WhyMoved",
    "Withdrawal",
    "WithdrawalLine",
    "Word",
]
