"""Every write of the cases' room: each locks the donor, asks the right, and leaves a line on the trail."""

from registry.cases.actions.accompanying import withdraw_at_the_bedside
from registry.cases.actions.advancing import advance, confirm_match, donate, start_work_up, take_sample
from registry.cases.actions.after import answer_by_donor, plan_follow_ups, record_follow_up, report_event
from registry.cases.actions.closing import close, end_what_waits, give_clocks_back
from registry.cases.actions.collecting import (
    begin_hand_over,
    confirm_hand_over,
    missing_for_no_harm,
    record_adverse_event,
    record_arrival,
    record_day,
    record_no_harm,
)
from registry.cases.actions.conditioning import ask_conditioning, condition, missing_before_asking
from registry.cases.actions.contact import call, record_attempt
from registry.cases.actions.family import View, record_nobody, record_view
from registry.cases.actions.health import record_check, review_check
from registry.cases.actions.journey import (
    add_expense,
    add_leg,
    keep_journey,
    pay_expense,
    remove_leg,
    tick,
)
from registry.cases.actions.letters import (
    ask_reader,
    forward_letter,
    receive_letter,
    return_letter,
    screen_letter,
)
from registry.cases.actions.medical import clear, defer, exclude, missing_for_clearance, record_finding
from registry.cases.actions.noticing import AGAIN, ask_again, open_again, take_notice
from registry.cases.actions.opening import KeptForAnother, Notice, begin_next, find_patient, open_case
from registry.cases.actions.postponing import extend, postpone, resume
from registry.cases.actions.preparing import (
    end_at,
    name_backup,
    record_decision_of_hospital,
    record_message,
    record_transfusion,
    set_dates,
)
from registry.cases.actions.slips import take_back_attempt
from registry.cases.actions.stages import (
    Session,
    Signed,
    agree_to_stage,
    missing_for,
    note_consent_gone,
)
from registry.cases.actions.stopping import (
    call_people,
    follow_donor,
    reopen_after_mistake,
    stop_for,
    warn_of_a_death,
)
from registry.cases.actions.talking import offer_talk, settle_talk
from registry.cases.actions.win_back import (
    reopen_tries,
    settle_by_what_they_did,
    settle_win_back,
    try_to_win_back,
)
from registry.cases.actions.wishing import record_wishes

__all__ = [
    "AGAIN",
    "KeptForAnother",
    "Notice",
    "Session",
    "Signed",
    "View",
    "add_expense",
    "add_leg",
    "advance",
    "agree_to_stage",
    "answer_by_donor",
    "ask_again",
    "ask_conditioning",
    "ask_reader",
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
    "end_at",
    "end_what_waits",
    "exclude",
    "extend",
    "find_patient",
    "follow_donor",
    "forward_letter",
    "give_clocks_back",
    "keep_journey",
    "missing_before_asking",
    "missing_for",
    "missing_for_clearance",
    "missing_for_no_harm",
    "name_backup",
    "note_consent_gone",
    "offer_talk",
    "open_again",
    "open_case",
    "pay_expense",
    "plan_follow_ups",
    "postpone",
    "receive_letter",
    "record_adverse_event",
    "record_arrival",
    "record_attempt",
    "record_check",
    "record_day",
    "record_decision_of_hospital",
    "record_finding",
    "record_follow_up",
    "record_message",
    "record_no_harm",
    "record_nobody",
    "record_transfusion",
    "record_view",
    "record_wishes",
    "remove_leg",
    "reopen_after_mistake",
    "reopen_tries",
    "report_event",
    "resume",
    "return_letter",
    "review_check",
    "screen_letter",
    "set_dates",
    "settle_by_what_they_did",
    "settle_talk",
    "settle_win_back",
    "start_work_up",
    "stop_for",
    "take_back_attempt",
    "take_notice",
    "take_sample",
    "tick",
    "try_to_win_back",
    "warn_of_a_death",
    "withdraw_at_the_bedside",
]
