"""Count up a day of a drive: people, tubes and signatures are equal, or somebody says why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from foundation import moves, trail
from foundation.access import Permission
from foundation.trail import Actor
from registry.drives import queries
from registry.drives.actions import helpers, rights
from registry.drives.models import ClosingGap, Drive, DriveClosing
from registry.drives.states import Difference, DriveKind, GapReason, Lack

Reasons = Mapping[tuple[UUID, Lack], GapReason]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a hand counted in the box and in the folder of papers; where it differs, why."""

    tubes: int
    papers: int = 0
    difference: Difference | None = None

    def agrees_with(self, tally: queries.Tally) -> bool:
        """Return whether the program counts the same."""
        return (self.tubes, self.papers) == (tally.tubes, tally.papers)


@transaction.atomic
def close(
    drive: Drive, *, day: date, counted: Counted, reasons: Reasons | None = None, by: Actor, at: datetime
) -> DriveClosing:
    """
    Record that a day was counted up, and close the drive; an office stays open for the next day.

    The logins of its helpers end with it.

    :param reasons: why somebody lacks a tube or a signature, one for each of them.
    :raises moves.Refused: while somebody lacks something, or the count differs, without a reason.
    :raises moves.NotAllowed: without DRIVE_MANAGE at the drive's branch.
    """
    drive = Drive.objects.select_for_update().get(pk=drive.pk)
    tally, reasons = queries.count(drive, day), reasons or {}
    gaps = [(donor_id, lack) for donor_id, lacks in tally.lacking for lack in lacks]
    agrees = counted.agrees_with(tally)
    _make_the_move(
        drive, by=by, at=at,
        gaps_without_reason=sum(gap not in reasons for gap in gaps),
        difference_unexplained=not agrees and counted.difference is None,
    )  # fmt: skip
    closing = DriveClosing(
        drive=drive, on_date=day, people=tally.people, tubes=tally.tubes, signatures=tally.signatures,
        papers=tally.papers, tubes_in_box=counted.tubes, papers_in_folder=counted.papers,
        difference="" if agrees or counted.difference is None else counted.difference, at=at, **by.columns(),
    )  # fmt: skip
    closing.save(force_insert=True)
    ClosingGap.objects.bulk_create(
        ClosingGap(closing=closing, donor_id=donor_id, lack=lack, reason=reasons[donor_id, lack])
        for donor_id, lack in gaps
    )
    helpers.end_all(drive, by=by, at=at)
    trail.record(
        "drive.counted", by=by, at=at, object=drive, branch=drive.branch_id, reason=closing.difference,
        people=tally.people, tubes=tally.tubes, signatures=tally.signatures, gaps=len(gaps),
    )  # fmt: skip
    return closing


def _make_the_move(drive: Drive, *, by: Actor, at: datetime, **facts: Any) -> None:
    """Close the drive; of an office ask the same questions and leave it open."""
    if drive.kind != DriveKind.OFFICE:
        moves.make(drive, "close", by=by, at=at, **facts)
        return
    rights.check(by, Permission.DRIVE_MANAGE, on=drive, at=at)
    if any(facts.values()):
        raise moves.Refused([_("Say for everything that is missing why it is missing.")], move="count")
