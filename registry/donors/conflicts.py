"""Whether two records may become one, and what follows from it; in words, before anybody presses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation import vault
from registry.donors.models import Donor
from registry.donors.states import GONE, THE_WAY, DonorState

Check = Callable[[Donor, Donor], bool]

# Of two records that have left, the one whose end binds more is kept.
_BINDS: Final = (
    DonorState.WITHDRAWN,
    DonorState.DECEASED,
    DonorState.EXCLUDED,
    DonorState.AGED_OUT,
    DonorState.TRANSFERRED,
)


def of(kept: Donor, other: Donor) -> list[str]:
    """Return the sentences that stand against joining ``other`` into ``kept``."""
    return [str(sentence) for stands_against, sentence in _CONFLICTS if stands_against(kept, other)]


def withdraws(kept: Donor, other: Donor) -> Donor | None:
    """
    Return the record that must be withdrawn first, because the person has withdrawn under the other.

    A withdrawal is the word of a person, whatever record it was said about; a merge never undoes it.
    """
    for gone, live in ((kept, other), (other, kept)):
        if gone.state == DonorState.WITHDRAWN and live.state not in GONE and not came_back(live, gone):
            return live
    return None


def came_back(live: Donor, gone: Donor) -> bool:
    """Return whether somebody who had withdrawn registered anew since, with new consents."""
    return (
        gone.state == DonorState.WITHDRAWN and gone.left_at is not None and live.registered_at > gone.left_at
    )


def progress(donor: Donor) -> int:
    """Return how far somebody came on the way from registration to donation."""
    here = donor.return_to if donor.state in {DonorState.ON_HOLD, DonorState.LOST} else donor.state
    return THE_WAY.index(DonorState(here)) if here in THE_WAY else -1


def does_not_open(one: Donor, other: Donor) -> bool:
    """Return whether a sealed value of one of two records is broken: writing beside it would lose it."""
    values = (value for donor in (one, other) for value in vault.open_one(donor).values())
    return any(isinstance(value, vault.Broken) for value in values)


def _is_the_same(kept: Donor, other: Donor) -> bool:
    return kept.pk == other.pk


def _is_used_up(kept: Donor, other: Donor) -> bool:
    return kept.merged_into_id is not None or other.merged_into_id is not None


def _is_erased(kept: Donor, other: Donor) -> bool:
    return kept.subject.key_id is None or other.subject.key_id is None


def _both_in_a_match(kept: Donor, other: Donor) -> bool:
    return {kept.state, other.state} == {DonorState.IN_CASE}


def _in_a_match_and_donated(kept: Donor, other: Donor) -> bool:
    """A match ends or is fulfilled by a donor who is in it; one who stands as donated is in none."""
    return any(
        live.state == DonorState.IN_CASE and progress(live) < progress(done)
        for live, done in ((kept, other), (other, kept))
    )


def _withdrawn_and_in_a_match(kept: Donor, other: Donor) -> bool:
    live = withdraws(kept, other)
    return live is not None and live.state == DonorState.IN_CASE


def _the_one_who_came_back_is_not_kept(kept: Donor, other: Donor) -> bool:
    return other.state not in GONE and came_back(other, kept)


def _left_otherwise(kept: Donor, other: Donor) -> bool:
    """One has left, not by their own word, and the other has not."""
    return any(
        gone.state in GONE and gone.state != DonorState.WITHDRAWN and live.state not in GONE
        for gone, live in ((kept, other), (other, kept))
    )


def _binds_less(kept: Donor, other: Donor) -> bool:
    if kept.state not in GONE or other.state not in GONE:
        return False
    return _BINDS.index(DonorState(kept.state)) > _BINDS.index(DonorState(other.state))


def _went_less_far(kept: Donor, other: Donor) -> bool:
    both_live = kept.state not in GONE and other.state not in GONE
    told = _both_in_a_match(kept, other) or _in_a_match_and_donated(kept, other)
    return both_live and not told and progress(kept) < progress(other)


_CONFLICTS: Final[tuple[tuple[Check, str | Promise], ...]] = (
    (_is_the_same, _("This is one and the same record.")),
    (_is_used_up, _("One of the two has been joined with another record already.")),
    (_is_erased, _("The data of one of the two were erased: there is nothing left to compare.")),
    (
        does_not_open,
        _("A value of one of the two does not open: it would be lost. Tell your administrator first."),
    ),
    (_both_in_a_match, _("Both are kept for a patient. One of the two matches has to end first.")),
    (
        _in_a_match_and_donated,
        _("One of the two is in a match, the other has donated. The match ends first."),
    ),
    (
        _withdrawn_and_in_a_match,
        _("The person withdrew under one record and is in a match under the other. Speak with them first."),
    ),
    (
        _the_one_who_came_back_is_not_kept,
        _("They withdrew, and registered anew later: keep the newer record."),
    ),
    (_left_otherwise, _("One of the two has left the register. Let the other leave in the same way first.")),
    (_binds_less, _("Keep the other one: its end holds for the person.")),
    (_went_less_far, _("Keep the other one: it went further.")),
)
