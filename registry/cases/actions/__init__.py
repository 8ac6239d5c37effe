"""Every write of the cases' room: each locks the donor, asks the right, and leaves a line on the trail."""

from registry.cases.actions.advancing import advance, confirm_match, donate, start_work_up, take_sample
from registry.cases.actions.closing import close
from registry.cases.actions.conditioning import ask_conditioning, condition, missing_before_asking
from registry.cases.actions.contacting import record_attempt
from registry.cases.actions.opening import KeptForAnother, Notice, begin_next, find_patient, open_case
from registry.cases.actions.postponing import extend, postpone, resume
from registry.cases.actions.stopping import call_people, follow_donor, reopen_after_mistake, stop_for

__all__ = [
    "KeptForAnother",
    "Notice",
    "advance",
    "ask_conditioning",
    "begin_next",
    "call_people",
    "close",
    "condition",
    "confirm_match",
    "donate",
    "extend",
    "find_patient",
    "follow_donor",
    "missing_before_asking",
    "open_case",
    "postpone",
    "record_attempt",
    "reopen_after_mistake",
    "resume",
    "start_work_up",
    "stop_for",
    "take_sample",
]
