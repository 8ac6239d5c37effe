"""Make and end the logins of volunteers who help on one drive for a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from foundation import trail
from foundation.access import Permission, Staff, lending
from foundation.trail import Actor
from registry.drives.actions import rights
from registry.drives.models import Drive, Helper

_MANAGE = Permission.DRIVE_MANAGE


@dataclass(frozen=True, slots=True)
class NewLogin:
    """A helper, and the path of the link with which they set a password once; empty where they have one."""

    helper: Helper
    link: str = field(repr=False)


@transaction.atomic
def make(drive: Drive, *, name: str, by: Actor, at: datetime, again: Staff | None = None) -> NewLogin:
    """
    Give a volunteer a login for one day on one drive, or let one who helped before in again.

    They reach this drive alone, one person at a time. The login asks for a second factor.

    :raises NotAllowed: without DRIVE_MANAGE at the drive's branch, or for the login of a colleague.
    """
    drive = Drive.objects.select_for_update(of=("self",)).select_related("branch").get(pk=drive.pk)
    rights.check(by, _MANAGE, on=drive, at=at)
    day = max(drive.on_date or timezone.localdate(at), timezone.localdate(at))
    lent = lending.lend(drive, day, name=name, again=again, by=by, at=at, needs=_MANAGE)
    helper, _ = Helper.objects.update_or_create(
        drive=drive, staff=lent.staff, on_date=day,
        defaults={"at": at, "ended_at": None, "ended_by_id": "", "minutes": None, **by.columns()},
    )  # fmt: skip
    trail.record(
        "helper.made",
        by=by,
        at=at,
        object=helper,
        branch=drive.branch_id,
        drive=str(drive.pk),
        staff=str(lent.staff.pk),
    )
    return NewLogin(helper, lent.link)


@transaction.atomic
def end(helper: Helper, *, by: Actor, at: datetime) -> None:
    """End a helper's login and its sessions, and count the hours. Ending twice changes nothing."""
    found = Helper.objects.select_for_update(of=("self",)).select_related("drive__branch", "staff")
    helper = found.get(pk=helper.pk)
    rights.check(by, Permission.DRIVE_MANAGE, on=helper.drive, at=at)
    if helper.ended_at is not None:
        return
    helper.ended_at, helper.ended_by_id = at, by.id
    helper.minutes = _minutes(helper, at)
    helper.save(update_fields=["ended_at", "ended_by_id", "minutes"])
    lending.take_back(helper.staff, helper.drive, by=by, at=at, needs=_MANAGE)
    trail.record(
        "helper.ended", by=by, at=at, object=helper, branch=helper.drive.branch_id, minutes=helper.minutes
    )


@transaction.atomic
def end_all(drive: Drive, *, by: Actor, at: datetime) -> None:
    """End the logins of all helpers of a drive."""
    for helper in drive.helpers.filter(ended_at=None).order_by("id"):
        end(helper, by=by, at=at)


def end_past(*, by: Actor, at: datetime) -> int:
    """End the logins of helpers whose day is over, and return how many."""
    past = list(Helper.objects.filter(ended_at=None, on_date__lt=timezone.localdate(at)).order_by("id"))
    for helper in past:
        end(helper, by=by, at=at)
    return len(past)


def _minutes(helper: Helper, at: datetime) -> int:
    """Return the time from the beginning of the day's help to its end, at most a day's work."""
    begins = helper.at
    if helper.drive.starts and helper.on_date == timezone.localdate(at):
        opens = timezone.make_aware(datetime.combine(helper.on_date, helper.drive.starts))
        begins = max(begins, opens)
    return min(max(0, int((at - begins).total_seconds() // 60)), settings.HELPER_MINUTES_MOST)
