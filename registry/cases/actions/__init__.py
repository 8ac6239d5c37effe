"""Every write of the cases' room: each locks the donor, asks the right, and leaves a line on the trail."""

from registry.cases.actions.advancing import advance, confirm_match, donate, start_work_up, take_sample
from registry.cases.actions.agreeing import (
    Session,
    Signed,
    agree_to_stage,
    missing_for,
    not_independent,
    not_yet,
    note_consent_gone,
)
from registry.cases.actions.checking import record_check, review_check
from registry.cases.actions.closing import close
from registry.cases.actions.collecting import (
    begin_hand_over,
    confirm_hand_over,
    record_adverse_event,
    record_arrival,
    record_day,
)
from registry.cases.actions.conditioning import ask_conditioning, condition, missing_before_asking
from registry.cases.actions.contacting import call, record_attempt
from registry.cases.actions.families import View, record_nobody, record_view
from registry.cases.actions.findings import clear, defer, exclude, missing_for_clearance, record_finding
from registry.cases.actions.noticing import AGAIN, ask_again, open_again, take_notice
from registry.cases.actions.opening import KeptForAnother, Notice, begin_next, find_patient, open_case
from registry.cases.actions.postponing import extend, postpone, resume
from registry.cases.actions.preparing import (
    name_backup,
    record_decision_of_hospital,
    record_message,
    record_transfusion,
    set_dates,
)
from registry.cases.actions.stopping import (
    call_people,
    follow_donor,
    people_of,
    reopen_after_mistake,
    stop_for,
    warn_of_a_death,
)
from registry.cases.actions.talking import offer_talk, settle_talk

__all__ = [
    "AGAIN",
    "KeptForAnother",
    "Notice",
    "Session",
    "Signed",
    "View",
    "advance",
    "agree_to_stage",
    "ask_again",
    "ask_conditioning",
    "begin_hand_over",
    "begin_next",
    "call",
    "call_people",
    "clear",
    "close",
    "condition",
    "confirm_hand_over",
    "confirm_match",
    "defer",
    "donate",
    "exclude",
    "extend",
    "find_patient",
    "follow_donor",
    "missing_before_asking",
    "missing_for",
    "missing_for_clearance",
    "name_backup",
    "not_independent",
    "not_yet",
    "note_consent_gone",
    "offer_talk",
    "open_again",
    "open_case",
    "people_of",
    "postpone",
    "record_adverse_event",
    "record_arrival",
    "record_attempt",
    "record_check",
    "record_day",
    "record_decision_of_hospital",
    "record_finding",
    "record_message",
    "record_nobody",
    "record_transfusion",
    "record_view",
    "reopen_after_mistake",
    "resume",
    "review_check",
    "set_dates",
    "settle_talk",
    "start_work_up",
    "stop_for",
    "take_notice",
    "take_sample",
    "warn_of_a_death",
]
