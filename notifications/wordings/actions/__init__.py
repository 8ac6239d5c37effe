"""Everything that changes wordings."""

from notifications.wordings.actions.installing import install_first_wordings
from notifications.wordings.actions.releasing import approve_by_counsel, ask, take_back
from notifications.wordings.actions.writing import NotADraft, draft_from, edit, write_for

__all__ = [
    "NotADraft",
    "approve_by_counsel",
    "ask",
    "draft_from",
    "edit",
    "install_first_wordings",
    "take_back",
    "write_for",
]
