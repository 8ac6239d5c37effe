"""The tables of drives."""

from registry.drives.models.closings import ClosingGap, DriveClosing
from registry.drives.models.drafts import Appointment, Draft
from registry.drives.models.drives import Drive, DriveStaff, DriveUserObjectPermission, Helper, Place
from registry.drives.models.piles import DiscardReason, FormProblem, FormState, Pile, PileForm, PilePage
from registry.drives.models.records import RecordsEntry, RecordsFile
from registry.drives.models.sheets import HeaderName, SheetEntry, SheetFile

__all__ = [
    "Appointment",
    "ClosingGap",
    "DiscardReason",
    "Draft",
    "Drive",
    "DriveClosing",
    "DriveStaff",
    "DriveUserObjectPermission",
    "FormProblem",
    "FormState",
    "HeaderName",
    "Helper",
    "Pile",
    "PileForm",
    "PilePage",
    "Place",
    "RecordsEntry",
    "RecordsFile",
    "SheetEntry",
    "SheetFile",
]
