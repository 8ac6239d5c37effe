"""Plan drives, change them, open them, and say where they are and who works at them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from foundation import moves, trail
from foundation.access import Branch, Permission, Staff
from foundation.trail import Actor
from registry.drives.actions import rights
from registry.drives.models import Drive, DriveStaff, Place
from registry.drives.states import CalledOff, DriveKind, Duty

_PLAIN = ("on_date", "starts", "ends", "expected")


@transaction.atomic
def plan(branch: Branch, facts: Mapping[str, Any], *, by: Actor, at: datetime) -> Drive:
    """
    Put a drive of a branch into the calendar.

    :param facts: name, place, on_date, starts, ends, expected, paper_text.
    :raises moves.NotAllowed: without DRIVE_MANAGE at the branch.
    """
    drive = Drive(branch=branch, branch_path=branch.path, **facts)
    moves.begin(drive, "plan", by=by, at=at, on=branch)
    return drive


@transaction.atomic
def change(drive: Drive, facts: Mapping[str, Any], *, by: Actor, at: datetime) -> Drive:
    """Change what is known of a drive: its name, place, day, hours, or how many are expected."""
    drive = Drive.objects.select_for_update().get(pk=drive.pk)
    rights.check(by, Permission.DRIVE_MANAGE, on=drive, at=at)
    before = _shown(drive)
    for name, value in facts.items():
        setattr(drive, name, value)
    drive.save(update_fields=list(facts))
    trail.record(
        "drive.changed",
        by=by,
        at=at,
        object=drive,
        branch=drive.branch_id,
        before=before,
        after=_shown(drive),
    )
    return drive


@transaction.atomic
def open_drive(drive: Drive, *, by: Actor, at: datetime) -> Drive:
    """
    Let volunteers be enrolled at a drive from now on.

    :raises moves.Refused: before its day, or without DRIVE_MANAGE at its branch.
    """
    drive = Drive.objects.get(pk=drive.pk)
    moves.make(drive, "open", by=by, at=at)
    return drive


@transaction.atomic
def call_off(drive: Drive, *, why: CalledOff, by: Actor, at: datetime) -> Drive:
    """
    Note that a drive does not take place.

    :raises moves.Refused: if somebody was enrolled there or has an appointment, or it is an office.
    :raises moves.NotAllowed: without DRIVE_MANAGE at its branch.
    """
    drive = Drive.objects.select_for_update().get(pk=drive.pk)
    moves.make(drive, "call_off", by=by, at=at, reason=why.value)
    return drive


@transaction.atomic
def office_of(branch: Branch, *, by: Actor, at: datetime) -> Drive:
    """Return the standing drive of a branch's office, made when it is first asked for."""
    branch = Branch.objects.select_for_update().get(pk=branch.pk)
    office = Drive.objects.filter(branch=branch, kind=DriveKind.OFFICE).first()
    if office is not None:
        return office
    office = Drive(branch=branch, branch_path=branch.path, kind=DriveKind.OFFICE, name=branch.name)
    moves.begin(office, "stand", by=by, at=at, on=branch)
    return office


@transaction.atomic
def add_place(branch: Branch, *, name: str, address: str, by: Actor, at: datetime) -> Place:
    """
    Remember a place where drives are held.

    :raises moves.Refused: if the branch has a place of this name.
    """
    rights.check(by, Permission.DRIVE_MANAGE, on=branch, at=at)
    if Place.objects.filter(branch=branch, name=name).exists():
        raise moves.Refused([_("This place is in the list already.")], move="add_place")
    place = Place(branch=branch, branch_path=branch.path, name=name, address=address, at=at, **by.columns())
    place.save(force_insert=True)
    trail.record("place.added", by=by, at=at, object=place, branch=branch.pk)
    return place


@transaction.atomic
def change_place(place: Place, *, name: str, address: str, active: bool, by: Actor, at: datetime) -> Place:
    """Change a place's name or address, or leave it out of the lists from now on."""
    place = Place.objects.select_for_update().get(pk=place.pk)
    rights.check(by, Permission.DRIVE_MANAGE, on=place, at=at)
    if Place.objects.filter(branch=place.branch_id, name=name).exclude(pk=place.pk).exists():
        raise moves.Refused([_("This place is in the list already.")], move="change_place")
    place.name, place.address, place.active = name, address, active
    place.save(update_fields=["name", "address", "active"])
    trail.record(
        "place.changed", by=by, at=at, object=place, branch=place.branch_id, after={"active": active}
    )
    return place


@transaction.atomic
def add_staff(drive: Drive, staff: Staff, *, duty: Duty, by: Actor, at: datetime) -> DriveStaff:
    """Put a colleague on a drive, or give them another duty there."""
    rights.check(by, Permission.DRIVE_MANAGE, on=drive, at=at)
    one, _made = DriveStaff.objects.update_or_create(
        drive=drive, staff=staff, defaults={"duty": duty, "at": at, **by.columns()}
    )
    trail.record(
        "drive.staffed",
        by=by,
        at=at,
        object=drive,
        branch=drive.branch_id,
        staff=str(staff.pk),
        duty=duty.value,
    )
    return one


@transaction.atomic
def remove_staff(one: DriveStaff, *, by: Actor, at: datetime) -> None:
    """Take a colleague off a drive."""
    drive = one.drive
    rights.check(by, Permission.DRIVE_MANAGE, on=drive, at=at)
    trail.record(
        "drive.unstaffed", by=by, at=at, object=drive, branch=drive.branch_id, staff=str(one.staff_id)
    )
    one.delete()


def _shown(drive: Drive) -> dict[str, str]:
    return {name: str(getattr(drive, name)) for name in _PLAIN} | {"place": str(drive.place_id or "")}
