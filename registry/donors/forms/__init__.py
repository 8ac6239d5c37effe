"""What is typed about donors, and checked before an action sees it."""

from registry.donors.forms.acts import (
    ChooseContact,
    Details,
    Die,
    DisputeTyping,
    Exclude,
    Hold,
    Lose,
    Nothing,
    Objection,
    PlanCall,
    Transfer,
)
from registry.donors.forms.call_lists import HelperForm, Hours, NewList
from registry.donors.forms.calls import RecordCall, StanceForm
from registry.donors.forms.lists import Filters
from registry.donors.forms.withdrawal import Withdraw

__all__ = [
    "ChooseContact",
    "Details",
    "Die",
    "DisputeTyping",
    "Exclude",
    "Filters",
    "HelperForm",
    "Hold",
    "Hours",
    "Lose",
    "NewList",
    "Nothing",
    "Objection",
    "PlanCall",
    "RecordCall",
    "StanceForm",
    "Transfer",
    "Withdraw",
]
