"""The states of a donor and what each means to the registry and to the WMDA."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DonorState(models.TextChoices):
    """Where a donor stands. Source: docs/sources.md#donor-states."""

    REGISTERED = "REGISTERED", _("Registered")
    SAMPLED = "SAMPLED", _("Sample taken")
    TYPING = "TYPING", pgettext_lazy("donor", "At the laboratory")
    TYPED = "TYPED", _("Typed, to be listed")
    LISTED = "LISTED", _("Listed")
    ON_HOLD = "ON_HOLD", _("On hold")
    LOST = "LOST", _("Out of contact")
    IN_CASE = "IN_CASE", _("In a match")
    DONATED = "DONATED", _("Has donated")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("donor", "Withdrawn")
    EXCLUDED = "EXCLUDED", _("Excluded for medical reasons")
    AGED_OUT = "AGED_OUT", _("Past the age limit")
    DECEASED = "DECEASED", _("Deceased")
    TRANSFERRED = "TRANSFERRED", _("Moved to another registry")


GONE = frozenset(
    {
        DonorState.WITHDRAWN,
        DonorState.EXCLUDED,
        DonorState.AGED_OUT,
        DonorState.DECEASED,
        DonorState.TRANSFERRED,
    },
)
LIVE = tuple(state for state in DonorState if state not in GONE)
BEFORE_A_CASE = (
    DonorState.REGISTERED,
    DonorState.SAMPLED,
    DonorState.TYPING,
    DonorState.TYPED,
    DonorState.LISTED,
)
NOT_IN_A_CASE = tuple(state for state in LIVE if state != DonorState.IN_CASE)
HAS_BEEN_LISTED = (
    DonorState.LISTED,
    DonorState.LOST,
    DonorState.IN_CASE,
    DonorState.DONATED,
)
STILL_TO_WITHDRAW = tuple(
    state
    for state in DonorState
    if state not in {DonorState.WITHDRAWN, DonorState.DECEASED, DonorState.TRANSFERRED}
)
THE_WAY = (
    DonorState.REGISTERED,
    DonorState.SAMPLED,
    DonorState.TYPING,
    DonorState.TYPED,
    DonorState.LISTED,
    DonorState.IN_CASE,
    DonorState.DONATED,
)

# WMDA status and reason of each state that other registries may learn of.
WMDA_STATUS = {
    DonorState.LISTED: "AV",
    DonorState.ON_HOLD: "TU",
    DonorState.LOST: "TU/UC",
    DonorState.IN_CASE: "RS",
    DonorState.DONATED: "TU/TX",
    DonorState.WITHDRAWN: "DE/PR",
    DonorState.EXCLUDED: "DE/MR",
    DonorState.AGED_OUT: "DE/DO",
    DonorState.DECEASED: "DE/DD",
    DonorState.TRANSFERRED: "DE/MO",
}
