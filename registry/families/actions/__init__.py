"""Every way to change those who gave, their households, the people in them, and what they wish."""

from registry.families.actions.complaining import complain, settle_complaint
from registry.families.actions.erasing import forget_giver, forget_relative
from registry.families.actions.giving import AlreadyEntered, correct_giver, enter_giver, values_of_giver
from registry.families.actions.households import (
    answer_move,
    assign_officer,
    correct_family,
    hand_over,
    move_to,
    open_family,
    write_note,
)
from registry.families.actions.people import (
    add_member,
    correct_member,
    put_first,
    record_reach,
    values_of_member,
)
from registry.families.actions.stopping import (
    hear_again,
    lift_death_report,
    no_more,
    note_death_report,
    report_dead,
)
from registry.families.actions.wishing import accept_events, decline_events, record_rites

__all__ = [
    "AlreadyEntered",
    "accept_events",
    "add_member",
    "answer_move",
    "assign_officer",
    "complain",
    "correct_family",
    "correct_giver",
    "correct_member",
    "decline_events",
    "enter_giver",
    "forget_giver",
    "forget_relative",
    "hand_over",
    "hear_again",
    "lift_death_report",
    "move_to",
    "no_more",
    "note_death_report",
    "open_family",
    "put_first",
    "record_reach",
    "record_rites",
    "report_dead",
    "settle_complaint",
    "values_of_giver",
    "values_of_member",
    "write_note",
]
