"""Every way to change what a person agreed to, its texts, its evidence, and the ledger of disclosures."""

from consent.actions.disclosing import disclose, reverse
from consent.actions.expiring import expire_due
from consent.actions.publishing import (
    approve_by_counsel,
    ask_again,
    draft_from,
    edit,
    install_first_texts,
    publish,
)
from consent.actions.recording import PAPER_SHEET, present, record, take_over
from consent.actions.verifying import attach_scan, return_scan, verify
from consent.actions.withdrawing import mark_as_error, restore, withdraw, withdraw_all

__all__ = [
    "PAPER_SHEET",
    "approve_by_counsel",
    "ask_again",
    "attach_scan",
    "disclose",
    "draft_from",
    "edit",
    "expire_due",
    "install_first_texts",
    "mark_as_error",
    "present",
    "publish",
    "record",
    "restore",
    "return_scan",
    "reverse",
    "take_over",
    "verify",
    "withdraw",
    "withdraw_all",
]
