"""What else ends when a donor has left, and what of it stands on the receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from foundation.moves.stops import Stop
from foundation.trail import Actor
from registry.cases.actions import leaving, merging, stopping
from registry.cases.models import FollowUp
from registry.donors.models import Donor

CLOSED: Final = "cases.closed"
GIVEN: Final = "cases.given"
CALLED: Final = "cases.called"  # of receipts before the room that calls people said it itself
BACKUP: Final = "cases.backup"
NONE: Final = "cases.none"
TALKS: Final = "cases.talks"
AGAIN: Final = "cases.again"
LETTERS: Final = "cases.letters"
FOLLOW_UPS: Final = "cases.follow_ups"


def stops_of(donor: Donor, *, ended: int, by: Actor, at: datetime) -> list[Stop]:
    """Return what stands on the receipt of who withdrew: matches, back-up roles, the rest."""
    lines = [Stop(what=CLOSED, when=at, count=ended)] if ended else []
    if given := stopping.kept_donations(donor).filter(at=at).count():
        lines.append(Stop(what=GIVEN, when=at, count=given))
    if dropped := merging.drop_backups(donor, by=by, at=at):
        lines.append(Stop(what=BACKUP, when=at, count=dropped))
    return [*(lines or [Stop(what=NONE, when=at)]), *let_be(donor, by=by, at=at)]


def let_be(donor: Donor, *, by: Actor, at: datetime) -> list[Stop]:
    """End what was wanted of somebody beside their own matches, and return a line for each that was."""
    ended = {
        TALKS: leaving.end_talks_with(donor, by=by, at=at),
        AGAIN: leaving.ask_no_more(donor, by=by, at=at),
        LETTERS: leaving.return_letters(donor, by=by, at=at),
        FOLLOW_UPS: FollowUp.objects.filter(case__donor=donor, done_at__isnull=True).count(),
    }
    return [Stop(what=what, when=at, count=count) for what, count in ended.items() if count]
