"""
Stages 2 and 3 of the consent: which text, from when on, what has to be explained point by point.

Source: docs/sources.md#consent-stages
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consent.purposes import Purpose
from registry.cases import clocks, rules
from registry.cases.states import CaseState, reached

if TYPE_CHECKING:
    from registry.cases.models import MatchCase

TYPING: Final = 2
FINAL: Final = 3
TEXTS: Final = {TYPING: "hpc_verification", FINAL: "hpc_donation"}
FROM: Final = {TYPING: CaseState.REMOBILISED, FINAL: CaseState.WORKUP}
NEEDED: Final = {
    TYPING: frozenset({Purpose.VERIFICATION_TYPING}),
    FINAL: frozenset({Purpose.DONATION_FINAL, Purpose.SHARE_HOSPITAL}),
}
READ_BACK: Final = _(
    "“The patient's blood formation has been destroyed; stopping now may endanger the patient's life; "
    "before that I may step back at any time.”"
)


@dataclass(frozen=True, slots=True)
class Item:
    """One point that is explained and ticked."""

    key: str
    words: str | Promise


_VOLUNTARY: Final = Item(
    "voluntary", _("It is voluntary; stopping is possible at any time and needs no reason")
)
_PRIVACY: Final = Item("privacy", _("Donor and patient stay unknown to each other; who learns what"))
_TESTS: Final = Item(
    "tests", _("What is tested, infections too, and that the donor is told what matters for them")
)
_UNPAID: Final = Item("unpaid", _("No payment and no cost; what the insurance covers"))
CHECKLIST: Final = {
    TYPING: (
        _VOLUNTARY,
        Item("meaning", _("A first match, not yet a donation; most are not asked to donate")),
        Item("sample", _("The blood sample of at most 30 ml, and what may come of it")),
        _TESTS,
        Item("donating", _("How cells are donated from the blood or the marrow, and the risks of each")),
        Item("no_return", _("That from conditioning on stopping endangers the patient")),
        _PRIVACY,
        _UNPAID,
        Item("time", _("How long it may take, and to stay reachable meanwhile")),
    ),
    FINAL: (
        _VOLUNTARY,
        Item("no_return", _("The day of conditioning, and what stopping after it means for the patient")),
        Item("pbsc", _("From the blood: G-CSF, its effects, the collection, rare grave events")),
        Item("marrow", _("From the marrow: anaesthesia, pain, rare grave events")),
        _TESTS,
        Item("examined", _("The examination by a doctor who does not treat the patient")),
        Item("demands", _("Days of leave, the stay, what to avoid until then")),
        _UNPAID,
        _PRIVACY,
        Item("follow_up", _("The follow-up over ten years")),
        Item("again", _("That a second donation may be asked for, and may be refused")),
        Item("cells", _("What becomes of cells that are not needed")),
    ),
}


def not_yet(case: MatchCase, stage: int, *, at: datetime) -> list[str]:
    """Return what stands against asking for a stage at all at this moment."""
    if case.donor.death_reported_at is not None:
        return [str(rules.LIVES.sentence)]
    if not reached(case.stands_at, FROM[stage]):
        return [
            gettext("The match is not that far: this is asked from “%(state)s” on.")
            % {"state": FROM[stage].label}
        ]
    if stage != FINAL:
        return []
    if case.talked_at is None:
        return [gettext("The information talk was not held yet.")]
    earliest = clocks.later(case.talked_at, timedelta(hours=settings.TALK_HOURS))
    if at >= earliest:
        return []
    when = f"{timezone.localtime(earliest):%Y-%m-%d %H:%M}"
    return [
        gettext("The final consent is given at least 24 hours after the information talk: from %(when)s on.")
        % {"when": when}
    ]
