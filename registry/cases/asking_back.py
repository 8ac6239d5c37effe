"""Whether somebody who has left may be asked to come back, and by which ways; they themselves always may.

Nobody is asked who forbade it: by withdrawing, by "never again", by "only if I match", by a pause that
still lasts. A consent to be contacted so must be in force, and they did not stop that way since.

Source: domain.md sections 2 and 3; PIPL articles 15 and 47
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils import timezone
from django.utils.translation import gettext as _

from consent import gate
from consent.purposes import Purpose
from foundation import moves
from registry.cases import stopped_ways
from registry.cases.models import Exit, Way, WinBack, WonBack
from registry.cases.outcomes import Side
from registry.cases.states import CaseState
from registry.donors import reasons
from registry.donors.models import ContactChoice
from registry.donors.reasons import Parent, Reason
from registry.donors.states import DonorState

if TYPE_CHECKING:
    from registry.cases.models import MatchCase
    from registry.donors.models import Donor

S = DonorState
LEFT_FOR: Final = frozenset({Parent.PR, Parent.UC, Parent.MO})  # an illness or age is no leaving
FOR_GOOD: Final = frozenset({S.EXCLUDED, S.AGED_OUT, S.DECEASED, S.TRANSFERRED})
WITH_US: Final = frozenset({S.IN_CASE, S.DONATED})
PURPOSES: Final[dict[Way, Purpose]] = {
    way: Purpose(f"contact_{way.lower()}") for way in Way if way != Way.CAME
}


@dataclass(frozen=True, slots=True)
class Lost:
    """Why somebody has left, as a code, and the match with which they did, where there was one."""

    reason: str
    case: MatchCase | None = None


def lost(donor: Donor) -> Lost | None:
    """Return how a donor was lost; None for who is with us, gone for good, or paused for an illness."""
    if donor.state in {*FOR_GOOD, *WITH_US} or donor.merged_into_id is not None:
        return None
    ended = _exit_of(donor)
    case = ended.case if ended else None
    if donor.state == S.WITHDRAWN:
        return Lost(donor.left_reason, case)
    if donor.state == S.LOST:
        return Lost(_out_of_contact(donor), case)
    if donor.state == S.ON_HOLD and reasons.parent(donor.hold_reason) in LEFT_FOR:
        return Lost(donor.hold_reason, case)
    ill = donor.state == S.ON_HOLD and donor.hold_reason in reasons.TEMPORARY
    return Lost(ended.code, case) if ended is not None and not ill else None


def _exit_of(donor: Donor) -> Exit | None:
    """Return how a donor's last match ended, where that was on their side and they have not come back."""
    exits = Exit.objects.filter(case__donor=donor, undone_at=None).exclude(stage=CaseState.WAITING)
    ended = exits.select_related("case").order_by("-at", "-id").first()
    if ended is None or ended.side != Side.DONOR or ended.parent not in LEFT_FOR:
        return None
    back = WinBack.objects.filter(donor=donor, result=WonBack.BACK, settled_at__gte=ended.at)
    return None if back.exists() else ended


def _out_of_contact(donor: Donor) -> str:
    step = moves.steps_of(donor).last()
    return step.reason if step and step.reason in reasons.OUT_OF_CONTACT else str(Reason.UC_NO_ANSWER)


def against(donor: Donor, *, at: datetime) -> list[str]:
    """Return why nobody of ours may ask a donor to come back now; nothing where somebody may."""
    today = timezone.localdate(at)
    held = donor.state == S.ON_HOLD and donor.hold_until is not None and donor.hold_until > today
    stands = [
        (donor.death_reported_at is not None, _("The donor was reported dead.")),
        (
            donor.state == S.WITHDRAWN,
            _("Who has withdrawn is not contacted. They may come back by themselves at any time."),
        ),
        (donor.objected_at is not None, _("Somebody objects. Call the donor first; only they decide.")),
        (
            donor.contact_choice == ContactChoice.ONLY_IF_MATCHED,
            _("They are called only if they match a patient."),
        ),
        (
            held,
            _("They asked for a pause until %(day)s: nobody asks before.")
            % {"day": f"{donor.hold_until:%Y-%m-%d}" if donor.hold_until else ""},
        ),
        (_said_never(donor), _("They said “never again”: nobody asks them any more.")),
    ]
    return [sentence for given, sentence in stands if given]


def _said_never(donor: Donor) -> bool:
    """Return whether never again stands: they have not come back since they said it."""
    told = WinBack.objects.filter(donor=donor, result__in=[WonBack.NEVER, WonBack.BACK])
    last = told.order_by("-settled_at", "-id").values_list("result", flat=True).first()
    return last == WonBack.NEVER


def ways(donor: Donor, *, at: datetime) -> list[Way]:
    """Return the ways by which a donor may be asked now; that they came to us can always be written down."""
    if donor.death_reported_at is not None:
        return []
    open_ones: list[Way] = []
    if not against(donor, at=at):
        open_ones = [way for way, what in PURPOSES.items() if _is_open(donor, what)]
    return [*open_ones, Way.CAME]


def _is_open(donor: Donor, what: Purpose) -> bool:
    """Return whether they agreed to a way, and did not stop it since: that withdraws no consent."""
    return gate.allows(donor.subject_id, what) and not stopped_ways.is_stopped(donor.subject_id, what)
