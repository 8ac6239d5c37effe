"""
Taking back a result within minutes: a slip of a key is no call.

The call stays on the record, marked as undone. What it changed is put back as it was, where nobody
has changed it since. A call with which a number came or went stays: others may have rung it by now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from foundation import moves, trail
from foundation.access import Permission
from foundation.moves import Step
from foundation.trail import Actor
from registry import signals
from registry.donors import protocol
from registry.donors.actions import answering, claiming, common, rights
from registry.donors.actions.undoing import restore_columns
from registry.donors.models import Call, CallState, CallTask, Contact, Donor

_TASK: Final = ("due_on", "due_at", "state", "ended_at", "attempts", "result", "proposed_at", "owner_id")
_DONOR: Final = (
    "contact_verified_on", "phone_wrong_on", "found_at", "objected_at", "contact_choice",
    "contact_chosen_at", "hold_until",
)  # fmt: skip
_CONTACT: Final = ("phone_wrong_on", "verified_on")


def snapshot(donor: Donor, task: CallTask | None, contact: Contact | None) -> dict[str, Any]:
    """Return what a call may change: codes, dates and counts, never a value of the person."""
    return {
        "state": str(donor.state),
        "donor": _columns(donor, _DONOR),
        "task": _columns(task, _TASK) if task else {},
        "contact": _columns(contact, _CONTACT) if contact else {},
    }


@contextmanager
def noting(call: Call) -> Iterator[None]:
    """Remember what follows inside from a call that was written down: columns, calls opened and closed."""
    before = _waiting(call)
    yield
    now = _waiting(call)
    task, contact = call.task, call.contact
    call.before |= {
        "after": snapshot(
            Donor.objects.get(pk=call.donor_id),
            task and CallTask.objects.get(pk=task.pk),
            contact and Contact.objects.get(pk=contact.pk),
        ),
        "opened": sorted(now - before),
        "closed": sorted(before - now - {str(call.task_id)}),
    }
    call.save(update_fields=["before"])


def undoable(call: Call, *, by: Actor, at: datetime) -> bool:
    """Return whether somebody may take a result back: their own, their last to this donor, and soon."""
    if call.undone_at is not None or call.by_id != by.id:
        return False
    if at - call.at > timedelta(minutes=settings.CALL_UNDO_MINUTES):
        return False
    later = Call.objects.standing().filter(donor=call.donor_id, at__gt=call.at)
    return not later.exists() and not _changed_a_number(call)


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

    :returns: the task as it was before, or None for a call that stood on no list, that is needed no
        more, or with a colleague.
    :raises moves.Refused: if it is too late, something else has happened since, or a match went on by it.
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
    ours = _still_ours(call, "donor", donor)
    if pause := _pause_by(call, donor):
        ours.pop("hold_until", None)
        _lift(pause, donor, by=by, at=at)
    _put_back(donor, ours)
    if "hold_until" in ours:  # it was a step, so its undoing is one
        moves.put_back(donor, str(donor.state), move="mark_as_error", by=by, at=at, reason="change_hold")
    if call.contact:
        _put_back(call.contact, _still_ours(call, "contact", call.contact))
    for closed in CallTask.objects.filter(pk__in=call.before.get("closed", []), ended_at=call.at):
        _reopen(closed, {"state": CallState.OPEN, "ended_at": None})
    if call.task:
        _reopen(call.task, _still_ours(call, "task", call.task))
    trail.record(
        "call.undone", by=by, at=at, object=donor, call=call.pk, reason=call.result, put_back=sorted(ours)
    )
    signals.call_undone.send(Call, call=call, by=by, at=at)
    return claiming.take(call.task, by=by, at=at) if call.task else None


def _waiting(call: Call) -> set[str]:
    waiting = CallTask.objects.open().filter(donor=call.donor_id)
    return {str(pk) for pk in waiting.values_list("pk", flat=True)}


def _changed_a_number(call: Call) -> bool:
    """Return whether a number came with a call, or one that was left was struck out."""
    if call.number.startswith(protocol.LEFT) and call.result in protocol.WRONG:
        return True
    came = Q(phone_since=call.at) | Q(contacts__phone_since=call.at)
    return Donor.objects.filter(came, pk=call.donor_id).exists()


def _stands_as_before(donor: Donor, call: Call) -> bool:
    if donor.death_reported_at is not None:
        return False
    return donor.state == call.before.get("state") or _pause_by(call, donor) is not None


def _pause_by(call: Call, donor: Donor) -> Step | None:
    """Return the step with which a call paused somebody who would not go on, where nothing came after it."""
    step = moves.steps_of(donor).last()
    ours = step is not None and (step.move, step.at, step.by_id) == ("hold", call.at, call.by_id)
    return step if ours and answering.would_not_go_on(donor, call) else None


def _lift(pause: Step, donor: Donor, *, by: Actor, at: datetime) -> None:
    saves = restore_columns(donor)
    moves.put_back(
        donor, pause.from_state, move="mark_as_error", by=by, at=at, reason=pause.move, saves=saves
    )
    signals.donor_restored.send(Donor, donor=donor, move=pause.move, since=pause.at, by=by, at=at)


def _still_ours(call: Call, what: str, row: Model) -> dict[str, Any]:
    """Return what columns of a row were before a call, where they still hold what the call wrote."""
    before, after = call.before.get(what, {}), call.before.get("after", {}).get(what, {})
    now = _columns(row, list(before))
    return {
        name: value for name, value in before.items() if name in after and value != after[name] == now[name]
    }


def _reopen(task: CallTask, before: dict[str, Any]) -> None:
    """Put a call back as it was; where another of its kind was opened since, that one stands."""
    others = CallTask.objects.open().filter(donor=task.donor_id, kind=task.kind).exclude(pk=task.pk)
    if before.get("state") == CallState.OPEN and others.exists():
        before = {"state": CallState.CANCELLED}
    _put_back(task, before)


def _columns(row: Model, names: Sequence[str]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # a moment, too
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _put_back(row: Model, before: dict[str, Any]) -> None:
    for name, value in before.items():
        column: Any = row._meta.get_field(name)
        setattr(row, name, column.to_python(value))
    if before:
        row.save(update_fields=list(before))
