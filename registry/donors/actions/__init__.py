"""Every write on a donor."""

from registry.donors.actions.assisting import ask_assist, end_assist, end_past_assists, take_assist
from registry.donors.actions.call_lists import (
    NewCaller,
    end_helper,
    end_list,
    make_helper,
    make_list,
    set_hours,
)
from registry.donors.actions.call_lists import end_past as end_past_lists
from registry.donors.actions.calling import HasLeft, InOtherHands, plan_call, record_call, record_stance
from registry.donors.actions.claiming import skip, stay, take, take_next
from registry.donors.actions.confirming import confirm_contact
from registry.donors.actions.correcting import change_details, tell_apart
from registry.donors.actions.disputing import Disputed, dispute
from registry.donors.actions.doors import SecondFact, withdraw_by_document
from registry.donors.actions.erasing import forget
from registry.donors.actions.filling import check_old_numbers, drop_what_is_over, remind_while_thinking
from registry.donors.actions.following import Heard
from registry.donors.actions.identity import DocumentTaken, Identity, NothingDiffers, correct_identity
from registry.donors.actions.joining import build, build_contacts, register, rejoin
from registry.donors.actions.leaving import (
    age_out,
    ask_to_transfer,
    die,
    exclude,
    lift_death_report,
    report_dead,
    silence_after_death,
    transfer,
)
from registry.donors.actions.listing import NotListed, list_donor, list_ready
from registry.donors.actions.matching import (
    ask_to_relist,
    count_donation,
    donate,
    free,
    relist,
    remember_pause,
    reserve,
    settle_donated,
)
from registry.donors.actions.merging import ask_to_merge, merge
from registry.donors.actions.moving import answer_move, ask_to_take_in, move_to
from registry.donors.actions.nightly import (
    age_out_due,
    call_about_age,
    call_before_listing,
    call_where_a_pause_ended,
    spoken_to_since,
    tell_of_age_limits,
)
from registry.donors.actions.numbers import (
    leave_number,
    left_numbers,
    record_contacts_number,
    record_new_number,
)
from registry.donors.actions.parting import ask_to_part, part
from registry.donors.actions.pausing import (
    change_hold,
    choose_contact,
    hold,
    lacks_to_lift_the_objection,
    lift_objection,
    lose,
    object_to,
    recover,
    release,
)
from registry.donors.actions.questions import answer_question
from registry.donors.actions.slips import last_of, undo_call
from registry.donors.actions.taking_over import take_over
from registry.donors.actions.tasks import cancel_tasks, fall_off, move_tasks, open_task, stop_calls
from registry.donors.actions.tubes import (
    collected,
    dispatched,
    dispute_typing,
    sample_rejected,
    tubes_swapped,
    typed,
)
from registry.donors.actions.undoing import ask_to_undo, mark_as_error, undoable
from registry.donors.actions.withdrawing import settle, withdraw

__all__ = [
    "Disputed",
    "DocumentTaken",
    "HasLeft",
    "Heard",
    "Identity",
    "InOtherHands",
    "NewCaller",
    "NotListed",
    "NothingDiffers",
    "SecondFact",
    "age_out",
    "age_out_due",
    "answer_move",
    "answer_question",
    "ask_assist",
    "ask_to_merge",
    "ask_to_part",
    "ask_to_relist",
    "ask_to_take_in",
    "ask_to_transfer",
    "ask_to_undo",
    "build",
    "build_contacts",
    "call_about_age",
    "call_before_listing",
    "call_where_a_pause_ended",
    "cancel_tasks",
    "change_details",
    "change_hold",
    "check_old_numbers",
    "choose_contact",
    "collected",
    "confirm_contact",
    "correct_identity",
    "count_donation",
    "die",
    "dispatched",
    "dispute",
    "dispute_typing",
    "donate",
    "drop_what_is_over",
    "end_assist",
    "end_helper",
    "end_list",
    "end_past_assists",
    "end_past_lists",
    "exclude",
    "fall_off",
    "forget",
    "free",
    "hold",
    "lacks_to_lift_the_objection",
    "last_of",
    "leave_number",
    "left_numbers",
    "lift_death_report",
    "lift_objection",
    "list_donor",
    "list_ready",
    "lose",
    "make_helper",
    "make_list",
    "mark_as_error",
    "merge",
    "move_tasks",
    "move_to",
    "object_to",
    "open_task",
    "part",
    "plan_call",
    "record_call",
    "record_contacts_number",
    "record_new_number",
    "record_stance",
    "recover",
    "register",
    "rejoin",
    "release",
    "relist",
    "remember_pause",
    "remind_while_thinking",
    "report_dead",
    "reserve",
    "sample_rejected",
    "set_hours",
    "settle",
    "settle_donated",
    "silence_after_death",
    "skip",
    "spoken_to_since",
    "stay",
    "stop_calls",
    "take",
    "take_assist",
    "take_next",
    "take_over",
    "tell_apart",
    "tell_of_age_limits",
    "transfer",
    "tubes_swapped",
    "typed",
    "undo_call",
    "undoable",
    "withdraw",
    "withdraw_by_document",
]
