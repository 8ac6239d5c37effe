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
from registry.families.actions.taking_down import (
    end_wall_page,
    end_wall_pages_over,
    hide_for_consent,
    keep_confidential,
    lift_wall_objection,
    object_to_wall,
    was_not_confidential,
)
from registry.families.actions.wall import (
    agree_to_wall,
    ask_wall_change,
    prolong_wall_page,
    put_on_wall,
    record_wall_consent,
    show_wall_page,
    values_of_wall_page,
    write_wall_page,
)
from registry.families.actions.wishing import accept_events, decline_events, record_rites

__all__ = [
    "AlreadyEntered",
    "accept_events",
    "add_member",
    "agree_to_wall",
    "answer_move",
    "ask_wall_change",
    "assign_officer",
    "complain",
    "correct_family",
    "correct_giver",
    "correct_member",
    "decline_events",
    "end_wall_page",
    "end_wall_pages_over",
    "enter_giver",
    "forget_giver",
    "forget_relative",
    "hand_over",
    "hear_again",
    "hide_for_consent",
    "keep_confidential",
    "lift_death_report",
    "lift_wall_objection",
    "move_to",
    "no_more",
    "note_death_report",
    "object_to_wall",
    "open_family",
    "prolong_wall_page",
    "put_first",
    "put_on_wall",
    "record_reach",
    "record_rites",
    "record_wall_consent",
    "report_dead",
    "settle_complaint",
    "show_wall_page",
    "values_of_giver",
    "values_of_member",
    "values_of_wall_page",
    "was_not_confidential",
    "write_note",
    "write_wall_page",
]
