"""The outbox: one row a message, and the row is the truth. Sends nothing itself."""

from notifications.outbox.beginning import Busy, NotNow, Ready, begin_sending
from notifications.outbox.claiming import claim, claim_all
from notifications.outbox.deciding import (
    Reconciled,
    arrived,
    ask_resend,
    decide,
    decide_many,
    not_delivered,
    reconcile,
)
from notifications.outbox.epoch import (
    EpochProblem,
    hold_everything,
    is_held,
    is_restored,
    keep_up,
    release_everything,
    was_restored,
)
from notifications.outbox.models import Message, MessageState, Refusal
from notifications.outbox.queueing import queue, record_by_hand, wake
from notifications.outbox.settling import Sent, fail, follow_up, free, leave_to_a_person, settle
from notifications.outbox.stopping import cancel, cancel_for, hold, hold_on, release, wait
from notifications.outbox.sweeping import sweep

__all__ = [
    "Busy",
    "EpochProblem",
    "Message",
    "MessageState",
    "NotNow",
    "Ready",
    "Reconciled",
    "Refusal",
    "Sent",
    "arrived",
    "ask_resend",
    "begin_sending",
    "cancel",
    "cancel_for",
    "claim",
    "claim_all",
    "decide",
    "decide_many",
    "fail",
    "follow_up",
    "free",
    "hold",
    "hold_everything",
    "hold_on",
    "is_held",
    "is_restored",
    "keep_up",
    "leave_to_a_person",
    "not_delivered",
    "queue",
    "reconcile",
    "record_by_hand",
    "release",
    "release_everything",
    "settle",
    "sweep",
    "wait",
    "wake",
    "was_restored",
]
