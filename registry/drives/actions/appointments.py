"""Appointments at an office: who is expected and when, sealed, and gone two weeks later."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from foundation import trail, vault
from foundation.access import Permission
from foundation.trail import Actor
from registry.drives.actions import rights
from registry.drives.models import Appointment, Drive


@transaction.atomic
def book(drive: Drive, *, name: str, phone: str, starts_at: datetime, by: Actor, at: datetime) -> Appointment:
    """Expect a volunteer at a time."""
    rights.check(by, Permission.DRIVE_MANAGE, Permission.DONOR_ENROL, on=drive, at=at)
    one = Appointment(drive=drive, key=vault.new_key(), starts_at=starts_at, at=at, **by.columns())
    vault.seal(one, key=one.key, name=name, phone=phone)
    one.save(force_insert=True)
    trail.record("appointment.booked", by=by, at=at, object=one, branch=drive.branch_id)
    return one


@transaction.atomic
def came(one: Appointment, *, by: Actor, at: datetime) -> None:
    """Note that the volunteer came."""
    _mark(one, "came_at", "appointment.kept", by=by, at=at)


@transaction.atomic
def cancel(one: Appointment, *, by: Actor, at: datetime) -> None:
    """Note that the volunteer does not come."""
    _mark(one, "cancelled_at", "appointment.cancelled", by=by, at=at)


def _mark(one: Appointment, column: str, verb: str, *, by: Actor, at: datetime) -> None:
    one = Appointment.objects.select_for_update(of=("self",)).select_related("drive").get(pk=one.pk)
    rights.check(by, Permission.DRIVE_MANAGE, Permission.DONOR_ENROL, on=one.drive, at=at)
    setattr(one, column, at)
    one.save(update_fields=[column])
    trail.record(verb, by=by, at=at, object=one, branch=one.drive.branch_id)
