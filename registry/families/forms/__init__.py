"""Forms of the families' room."""

from registry.families.forms.acts import Address, Complain, Filters, Move, Note, Officer, OpenFamily, Settle
from registry.families.forms.giving import GiverForm
from registry.families.forms.people import NoMore, Reach, RelativeForm
from registry.families.forms.wall import Answer, Confidential, Object, Prolong, Waiting, Wall, WallConsent
from registry.families.forms.wishes import Tick

__all__ = [
    "Address",
    "Answer",
    "Complain",
    "Confidential",
    "Filters",
    "GiverForm",
    "Move",
    "NoMore",
    "Note",
    "Object",
    "Officer",
    "OpenFamily",
    "Prolong",
    "Reach",
    "RelativeForm",
    "Settle",
    "Tick",
    "Waiting",
    "Wall",
    "WallConsent",
]
