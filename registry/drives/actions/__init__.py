"""Everything that changes a drive, its drafts, and what comes of them."""

from registry.drives.actions.appointments import book, came, cancel, move
from registry.drives.actions.closing import Counted, close
from registry.drives.actions.drives import (
    add_place,
    add_staff,
    call_off,
    change,
    change_place,
    office_of,
    open_drive,
    plan,
    remove_staff,
)
from registry.drives.actions.enrolment import (
    AlreadyRegistered,
    CannotEnrol,
    DocumentNotSeen,
    DriveNotOpen,
    NotFinished,
    enrol,
)

__all__ = [
    "AlreadyRegistered",
    "CannotEnrol",
    "Counted",
    "DocumentNotSeen",
    "DriveNotOpen",
    "NotFinished",
    "add_place",
    "add_staff",
    "book",
    "call_off",
    "came",
    "cancel",
    "change",
    "change_place",
    "close",
    "enrol",
    "move",
    "office_of",
    "open_drive",
    "plan",
    "remove_staff",
]
