"""
Taking back a result within minutes: a slip of a key is no call.

The call stays on the record, marked as undone; what it changed is put back as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from foundation import moves, trail
from foundation.access import Permission
from foundation.trail import Actor
from registry.donors.actions import common, rights
from registry.donors.models import Call, CallState, CallTask, Contact, Donor

_TASK: Final = ("due_on", "due_at", "state", "ended_at", "attempts", "result", "proposed_at")
_DONOR: Final = ("contact_verified_on", "phone_wrong_on", "found_at", "objected_at")
_CONTACT: Final = ("phone_wrong_on", "verified_on")


def snapshot(donor: Donor, task: CallTask | None, contact: Contact | None) -> dict[str, Any]:
    """Return what a call may change: codes, dates and counts, never a value of the person."""
    return {
        "state": str(donor.state),
        "donor": _columns(donor, _DONOR),
        "task": _columns(task, _TASK) if task else {},
        "contact": _columns(contact, _CONTACT) if contact else {},
    }


def note_opened(call: Call, task: CallTask) -> None:
    """Remember a task that a call opened."""
    if task.created_at == call.at:
        call.before["opened"] = [*call.before.get("opened", []), str(task.pk)]
        call.save(update_fields=["before"])


def note_closed(call: Call, tasks: Sequence[CallTask]) -> None:
    """Remember the tasks that a call made needless."""
    if tasks:
        call.before["closed"] = [str(task.pk) for task in tasks]
        call.save(update_fields=["before"])


def undoable(call: Call, *, by: Actor, at: datetime) -> bool:
    """Return whether somebody may take a result back: their own, their last to this donor, and soon."""
    if call.undone_at is not None or call.by_id != by.id:
        return False
    if at - call.at > timedelta(minutes=settings.CALL_UNDO_MINUTES):
        return False
    return not Call.objects.standing().filter(donor=call.donor_id, at__gt=call.at).exists()


def last_of(by: Actor, *, at: datetime) -> Call | None:
    """Return somebody's last result, while they may still take it back."""
    since = at - timedelta(minutes=settings.CALL_UNDO_MINUTES)
    made = Call.objects.standing().filter(by_id=by.id, at__gte=since).select_related("donor", "task")
    call = made.order_by("-at", "-id").first()
    return call if call and undoable(call, by=by, at=at) else None


@transaction.atomic
def undo_call(call: Call, *, by: Actor, at: datetime) -> CallTask | None:
    """
    Take back a result, and put the call on the screen again.

    :returns: the task as it was before, or None for a call that stood on no list.
    :raises moves.Refused: if it is too late, or something else has happened since.
    :raises moves.NotAllowed: if the actor may not call here.
    """
    donor = common.locked(call.donor)
    call = Call.objects.select_related("task", "contact").get(pk=call.pk)
    rights.check(call.task or donor, by=by, at=at, permissions=(Permission.CALL_MAKE,))
    if not undoable(call, by=by, at=at) or not _stands_as_before(donor, call):
        raise moves.Refused([_("This can no longer be taken back. Write down another call instead.")])
    call.undone_at = at
    call.save(update_fields=["undone_at"])
    opened = CallTask.objects.open().filter(pk__in=call.before.get("opened", []))
    opened.update(state=CallState.CANCELLED, ended_at=at)
    _put_back(donor, call.before.get("donor", {}))
    if call.contact:
        _put_back(call.contact, call.before.get("contact", {}))
    for closed in CallTask.objects.filter(pk__in=call.before.get("closed", []), ended_at=call.at):
        _put_back(closed, {"state": CallState.OPEN, "ended_at": None})
    if call.task:
        _put_back(call.task, call.before.get("task", {}))
        _hold(call.task, by=by, at=at)
    trail.record("call.undone", by=by, at=at, object=donor, call=call.pk, reason=call.result)
    return call.task


def _stands_as_before(donor: Donor, call: Call) -> bool:
    return donor.death_reported_at is None and donor.state == call.before.get("state")


def _hold(task: CallTask, *, by: Actor, at: datetime) -> None:
    """Bring the call back onto the screen of who took it back; what was there meanwhile is let go."""
    CallTask.objects.filter(held_by=UUID(by.id)).update(held_by=None, held_until=None)
    task.held_by_id = UUID(by.id)
    task.held_until = at + timedelta(minutes=settings.CALL_LEASE_MINUTES)
    task.save(update_fields=["held_by", "held_until"])


def _columns(row: Model, names: Sequence[str]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {name: v.isoformat() if hasattr(v, "isoformat") else v for name, v in values.items()}


def _put_back(row: Model, before: dict[str, Any]) -> None:
    for name, value in before.items():
        column: Any = row._meta.get_field(name)
        setattr(row, name, column.to_python(value))
    if before:
        row.save(update_fields=list(before))
