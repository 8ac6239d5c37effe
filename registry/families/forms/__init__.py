"""Forms of the families' room."""

from registry.families.forms.acts import Address, Complain, Filters, Move, Note, Officer, OpenFamily, Settle
from registry.families.forms.giving import GiverForm
from registry.families.forms.people import NoMore, Reach, RelativeForm
from registry.families.forms.wishes import Tick

__all__ = [
    "Address",
    "Complain",
    "Filters",
    "GiverForm",
    "Move",
    "NoMore",
    "Note",
    "Officer",
    "OpenFamily",
    "Reach",
    "RelativeForm",
    "Settle",
    "Tick",
]
