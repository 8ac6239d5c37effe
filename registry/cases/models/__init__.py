"""Patients and their matches, and everything that happens between the notice and the tenth year."""

from registry.cases.models.after import Direction, FollowUp, Letter, LetterState
from registry.cases.models.case import DueWhat, MatchCase, NoBackup, Product, Request
from registry.cases.models.collecting import AdverseEvent, CollectionDay, HandOver, Phase
from registry.cases.models.contact import (
    Attempt,
    FamilyView,
    HealthCheck,
    StageConsent,
    Talk,
    TalkKind,
    TalkState,
    Verdict,
)
from registry.cases.models.journey import Expense, ExpenseKind, Journey, Leg
from registry.cases.models.ledger import (
    About,
    CaseNote,
    Exit,
    Intervention,
    InterventionKind,
    InterventionResult,
)
from registry.cases.models.medical import Finding, FindingKind
from registry.cases.models.notice_file import NoticeFile
from registry.cases.models.patient import Patient, Source
from registry.cases.models.win_back import Way, WinBack, WonBack

__all__ = [
    "About",
    "AdverseEvent",
    "Attempt",
    "CaseNote",
    "CollectionDay",
    "Direction",
    "DueWhat",
    "Exit",
    "Expense",
    "ExpenseKind",
    "FamilyView",
    "Finding",
    "FindingKind",
    "FollowUp",
    "HandOver",
    "HealthCheck",
    "Intervention",
    "InterventionKind",
    "InterventionResult",
    "Journey",
    "Leg",
    "Letter",
    "LetterState",
    "MatchCase",
    "NoBackup",
    "NoticeFile",
    "Patient",
    "Phase",
    "Product",
    "Request",
    "Source",
    "StageConsent",
    "Talk",
    "TalkKind",
    "TalkState",
    "Verdict",
    "Way",
    "WinBack",
    "WonBack",
]
