"""Make and end the logins of volunteers who help on one drive for a day."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from foundation import trail
from foundation.access import NotAllowed, Permission, Role, RoleAt, Staff, named, staffing
from foundation.trail import Actor, ActorKind
from registry.drives.actions import rights
from registry.drives.models import Drive, Helper

_SIMPLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read as something else from a slip of paper
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
    if again is not None and RoleAt.objects.filter(staff=again).exclude(role=Role.HELPER).exists():
        raise NotAllowed(Permission.STAFF_MANAGE.value)
    staff = _let_in(drive, day, name=name, again=again, by=by, at=at)
    named.add(staff, drive)
    helper, _ = Helper.objects.update_or_create(
        drive=drive, staff=staff, on_date=day,
        defaults={"at": at, "ended_at": None, "ended_by_id": "", "minutes": None, **by.columns()},
    )  # fmt: skip
    trail.record(
        "helper.made",
        by=by,
        at=at,
        object=helper,
        branch=drive.branch_id,
        drive=str(drive.pk),
        staff=str(staff.pk),
    )
    link = "" if staff.has_usable_password() else staffing.offer_link(staff, by=by, at=at, needs=_MANAGE)
    return NewLogin(helper, link)


def _let_in(drive: Drive, day: date, *, name: str, again: Staff | None, by: Actor, at: datetime) -> Staff:
    facts: dict[str, Any] = {
        "starts_on": timezone.localdate(at),
        "ends_on": day,
        "by": by,
        "at": at,
        "needs": _MANAGE,
    }
    if again is None:
        return staffing.add(username=_login(), name=name, role=Role.HELPER, branch=drive.branch, **facts)
    held = RoleAt.objects.on(day).filter(staff=again, role=Role.HELPER, branch=drive.branch)
    if not held.exists():
        staffing.grant(again, Role.HELPER, drive.branch, **facts)
    return again


@transaction.atomic
def end(helper: Helper, *, by: Actor, at: datetime) -> None:
    """End a helper's login and its sessions, and count the hours. Ending twice changes nothing."""
    helper = Helper.objects.select_for_update(of=("self",)).select_related("drive", "staff").get(pk=helper.pk)
    rights.check(by, Permission.DRIVE_MANAGE, on=helper.drive, at=at)
    if helper.ended_at is not None:
        return
    helper.ended_at, helper.ended_by_id = at, by.id
    helper.minutes = _minutes(helper, at)
    helper.save(update_fields=["ended_at", "ended_by_id", "minutes"])
    named.remove(helper.staff, helper.drive)
    _close_login(helper, by=by, at=at)
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


def _close_login(helper: Helper, *, by: Actor, at: datetime) -> None:
    """End the role now, unless the person helps on another drive too; past its day it has ended by itself."""
    if Helper.objects.filter(staff=helper.staff, ended_at=None).exists() or by.kind == ActorKind.TASK:
        return
    for held in RoleAt.objects.on(timezone.localdate(at)).filter(staff=helper.staff, role=Role.HELPER):
        staffing.end_role(held, by=by, at=at, needs=_MANAGE)


def _minutes(helper: Helper, at: datetime) -> int:
    """Return the time from the beginning of the day's help to its end, at most a day's work."""
    begins = helper.at
    if helper.drive.starts and helper.on_date == timezone.localdate(at):
        opens = timezone.make_aware(datetime.combine(helper.on_date, helper.drive.starts))
        begins = max(begins, opens)
    return min(max(0, int((at - begins).total_seconds() // 60)), settings.HELPER_MINUTES_MOST)


def _login() -> str:
    return "helper-" + "".join(secrets.choice(_SIMPLE) for _ in range(6))
