"""Asked by, decided by, what, until: acts that need a second person."""

from foundation.approvals.actions import NotYours, ask, close, decide, may_decide, take_back, use
from foundation.approvals.kinds import Kind, every_kind, kind_of, register
from foundation.approvals.models import Answer, Approval, Decision
from foundation.approvals.queries import asked_by, seen_by, standing, waiting_for

__all__ = [
    "Answer",
    "Approval",
    "Decision",
    "Kind",
    "NotYours",
    "ask",
    "asked_by",
    "close",
    "decide",
    "every_kind",
    "kind_of",
    "may_decide",
    "register",
    "seen_by",
    "standing",
    "take_back",
    "use",
    "waiting_for",
]
