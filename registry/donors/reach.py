"""Whether something may be sent to a donor: asked at the moment of sending, by whatever room sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from foundation import moves
from registry.donors.states import LIVE

if TYPE_CHECKING:
    from registry.donors.models import Donor

# Nobody of ours has spoken to them since: whether the number is theirs is not known.
AWAITS_FIRST_CALL = Q(legacy=True, contact_verified_on__isnull=True)
REACHABLE = Q(state__in=LIVE, objected_at__isnull=True, death_reported_at__isnull=True) & ~AWAITS_FIRST_CALL


class NotReachable(moves.Refused):
    """Nothing may be sent to this donor now."""


def check_reachable(donor: Donor) -> None:
    """
    Let something be sent to a donor. Which way and what for, the gate of the consents answers.

    :raises NotReachable: with every sentence that stands against it.

    Source: domain.md section 2, ``take_over``, ``object``, ``report_dead``
    """
    against = [
        (donor.is_gone, _("This donor has left.")),
        (donor.death_reported_at is not None, _("This person was reported dead.")),
        (donor.objected_at is not None, _("Somebody objects. Call the donor first; only they decide.")),
        (
            awaits_first_call(donor),
            _("Nobody has spoken to them since they were taken over. Call first: nothing is sent before."),
        ),
    ]
    if sentences := [sentence for stands, sentence in against if stands]:
        raise NotReachable(sentences, move="send")


def awaits_first_call(donor: Donor) -> bool:
    """Return whether somebody taken over from older records has not been reached by anybody of ours."""
    return donor.legacy and donor.contact_verified_on is None
