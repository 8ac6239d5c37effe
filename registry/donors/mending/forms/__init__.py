"""What is typed to mend a record, and what branches ask of each other."""

from registry.donors.mending.forms.branches import (
    AnswerQuestion,
    AskAssist,
    EndAssist,
    MoveTo,
    TakeIn,
    society,
)
from registry.donors.mending.forms.doors import AskBranch, CorrectIdentity, TwoFacts, WithdrawByDocument
from registry.donors.mending.forms.records import DisputeTyping, FindOther, MergeRecords

__all__ = [
    "AnswerQuestion",
    "AskAssist",
    "AskBranch",
    "CorrectIdentity",
    "DisputeTyping",
    "EndAssist",
    "FindOther",
    "MergeRecords",
    "MoveTo",
    "TakeIn",
    "TwoFacts",
    "WithdrawByDocument",
    "society",
]
