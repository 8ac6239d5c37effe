"""The tables of the donors' room."""

from registry.donors.models.calls import Call, CallKind, CallResult, CallState, CallTask
from registry.donors.models.contact import Contact, MoveNote, Relation, Stance
from registry.donors.models.donor import BloodGroup, ContactChoice, Donor, NationalState, Sex
from registry.donors.models.moved import MovedNote
from registry.donors.models.withdrawal import Withdrawal, WithdrawalLine, Word

__all__ = [
    "BloodGroup",
    "Call",
    "CallKind",
    "CallResult",
    "CallState",
    "CallTask",
    "Contact",
    "ContactChoice",
    "Donor",
    "MoveNote",
    "MovedNote",
    "NationalState",
    "Relation",
    "Sex",
    "Stance",
    "Withdrawal",
    "WithdrawalLine",
    "Word",
]
