"""Every way to change what a person agreed to, its texts, its evidence, and the ledger of disclosures."""

from consent.actions.disclosing import disclose, reverse
from consent.actions.expiring import expire_due
from consent.actions.merging import join, part
from consent.actions.publishing import (
    approve_by_counsel,
    ask_again,
    draft_from,
    edit,
    install_first_texts,
    install_legacy_text,
    publish,
)
from consent.actions.recording import PAPER_SHEET, present, record, take_over
from consent.actions.remarking import remark
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
    "install_legacy_text",
    "join",
    "mark_as_error",
    "part",
    "present",
    "publish",
    "record",
    "remark",
    "restore",
    "return_scan",
    "reverse",
    "take_over",
    "verify",
    "withdraw",
    "withdraw_all",
]
