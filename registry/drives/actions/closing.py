"""Count up a day of a drive: people, tubes and signatures are equal, or somebody says why not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from foundation import moves, trail
from foundation.trail import Actor
from registry.drives import queries
from registry.drives.actions import helpers
from registry.drives.models import ClosingGap, Drive, DriveClosing
from registry.drives.states import DriveKind, GapReason, Lack

Reasons = Mapping[tuple[UUID, Lack], GapReason]


@transaction.atomic
def close(drive: Drive, *, day: date, reasons: Reasons, by: Actor, at: datetime) -> DriveClosing:
    """
    Record that a day was counted up, and close the drive; an office stays open for the next day.

    The logins of its helpers end with it.

    :param reasons: why somebody lacks a tube or a signature, one for each of them.
    :raises moves.Refused: while somebody lacks something without a reason.
    :raises moves.NotAllowed: without DRIVE_MANAGE at the drive's branch.
    """
    drive = Drive.objects.select_for_update().get(pk=drive.pk)
    tally = queries.count(drive, day)
    gaps = [(donor_id, lack) for donor_id, lacks in tally.lacking for lack in lacks]
    silent = sum(gap not in reasons for gap in gaps)
    if drive.kind == DriveKind.OFFICE:
        if silent:
            raise moves.Refused([_("Say for everyone who lacks something why it is missing.")], move="count")
    else:
        moves.make(drive, "close", by=by, at=at, gaps_without_reason=silent)
    closing = DriveClosing(
        drive=drive, on_date=day, people=tally.people, tubes=tally.tubes, signatures=tally.signatures, at=at,
        **by.columns(),
    )  # fmt: skip
    closing.save(force_insert=True)
    ClosingGap.objects.bulk_create(
        ClosingGap(closing=closing, donor_id=donor_id, lack=lack, reason=reasons[donor_id, lack])
        for donor_id, lack in gaps
    )
    helpers.end_all(drive, by=by, at=at)
    trail.record(
        "drive.counted", by=by, at=at, object=drive, branch=drive.branch_id,
        people=tally.people, tubes=tally.tubes, signatures=tally.signatures, gaps=len(gaps),
    )  # fmt: skip
    return closing
