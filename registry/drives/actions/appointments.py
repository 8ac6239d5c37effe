"""Appointments at an office: who is expected and when, sealed, and gone two weeks later."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moves, trail, vault
from foundation.access import Permission
from foundation.trail import Actor
from foundation.vault import Capacity
from registry import signals
from registry.drives.actions import rights
from registry.drives.models import Appointment, Drive


@transaction.atomic
def book(
    drive: Drive,
    *,
    name: str,
    phone: str,
    starts_at: datetime,
    remind: bool = False,
    language: str = "zh-hans",
    by: Actor,
    at: datetime,
) -> Appointment:
    """
    Expect a volunteer at a time.

    :param remind: they want to be reminded. The number was given for this appointment and serves
        nothing else: performing what the person asked for needs no further consent.
    :param language: of the reminder.

    Source: PIPL article 13(2).
    """
    rights.check(by, Permission.DRIVE_MANAGE, Permission.DONOR_ENROL, on=drive, at=at)
    one = Appointment(drive=drive, starts_at=starts_at, at=at, **by.columns())
    if remind:
        one.subject = vault.create_subject(
            capacity=Capacity.VISITOR, branch=drive.branch, document_index=None, at=at, language=language
        )
        vault.index.put(one, phone_index=vault.index.phone(phone))
        vault.seal(one, key=one.subject.key, name=name, phone=phone)
    else:
        one.key = vault.new_key()
        vault.seal(one, key=one.key, name=name, phone=phone)
    one.save(force_insert=True)
    trail.record("appointment.booked", by=by, at=at, object=one, branch=drive.branch_id)
    if one.subject is not None:
        signals.appointment_booked.send(Appointment, appointment=one, by=by, at=at)
    return one


@transaction.atomic
def move(one: Appointment, *, starts_at: datetime, by: Actor, at: datetime) -> Appointment:
    """
    Expect somebody at another time: a new appointment takes the place of the one before.

    So that whoever was reminded of the time before is reminded of the new one too.

    :raises moves.Refused: if they came, do not come, or their name cannot be opened any more.
    """
    one = _locked(one)
    opened = vault.open_one(one, "name", "phone")
    name, phone = opened["name"], opened["phone"]
    if not one.stands or not isinstance(name, str) or not isinstance(phone, str):
        raise _over("move")
    _mark(one, "cancelled_at", "appointment.cancelled", by=by, at=at)
    after = book(
        one.drive,
        name=name,
        phone=phone,
        starts_at=starts_at,
        remind=one.subject is not None,
        language=one.subject.language if one.subject else "zh-hans",
        by=by,
        at=at,
    )
    if one.subject is not None:
        signals.appointment_moved.send(Appointment, before=one, after=after, by=by, at=at)
    return after


@transaction.atomic
def came(one: Appointment, *, by: Actor, at: datetime) -> None:
    """
    Note that the volunteer came.

    :raises moves.Refused: if they came before, or were not expected any more.
    """
    _mark(_standing(one), "came_at", "appointment.kept", by=by, at=at)


@transaction.atomic
def cancel(one: Appointment, *, by: Actor, at: datetime) -> None:
    """
    Note that the volunteer does not come.

    :raises moves.Refused: if they came, or were not expected any more.
    """
    _mark(_standing(one), "cancelled_at", "appointment.cancelled", by=by, at=at)


def _locked(one: Appointment) -> Appointment:
    if one.subject_id is not None:
        vault.lock(one.subject_id)
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("drive__branch", "subject")
    return rows.get(pk=one.pk)


def _standing(one: Appointment) -> Appointment:
    one = _locked(one)
    if not one.stands:
        raise _over("end")
    return one


def _over(move: str) -> moves.Refused:
    return moves.Refused([_("This appointment is over. Note a new one.")], move=move)


def _mark(one: Appointment, column: str, verb: str, *, by: Actor, at: datetime) -> None:
    rights.check(by, Permission.DRIVE_MANAGE, Permission.DONOR_ENROL, on=one.drive, at=at)
    setattr(one, column, at)
    one.save(update_fields=[column])
    trail.record(verb, by=by, at=at, object=one, branch=one.drive.branch_id)
    if one.subject is not None:
        signals.appointment_ended.send(Appointment, appointment=one, by=by, at=at)
