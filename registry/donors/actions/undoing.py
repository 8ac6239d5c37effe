"""Undoing a mistaken act (the wrong person): within 72 hours, with a second person's yes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from consent import actions as consents
from consent.models import Consent
from foundation import access, approvals, moves, trail
from foundation.access import Branch, Permission
from foundation.approvals import Approval
from foundation.moves import Step
from foundation.trail import Actor, ActorKind
from foundation.vault import Subject, ledger
from registry import signals
from registry.donors.actions import common
from registry.donors.actions.leaving import lift_death_report
from registry.donors.models import CallResult, CallState, CallTask, Donor

UNDO = "donors.mark_as_error"
# The moves that can have been made for the wrong person, and the right each needs.
CAN_BE_UNDONE = {
    "withdraw": Permission.PERSON_STOP,
    "hold": Permission.DONOR_HOLD,
    "change_hold": Permission.DONOR_HOLD,
    "release": Permission.DONOR_HOLD,
    "lose": Permission.DONOR_LOSE,
    "recover": Permission.DONOR_LOSE,
    "exclude": Permission.DONOR_EXCLUDE,
    "die": Permission.DONOR_DIE,
    "list": Permission.DONOR_LIST,
    "dispute_typing": Permission.TYPING_DISPUTE,
}


def undoable(donor: Donor, *, at: datetime) -> Step | None:
    """Return the donor's last step, if it was made by staff within 72 hours and can be undone."""
    step = moves.steps_of(donor).last()
    if step is None or step.by_kind != ActorKind.STAFF or step.move not in CAN_BE_UNDONE:
        return None
    return step if at - step.recorded_at <= timedelta(hours=settings.ERROR_HOURS) else None


@transaction.atomic
def ask_to_undo(donor: Donor, *, by: Actor, at: datetime) -> Approval:
    """
    Say that the last act was a mistake, and ask a second person to agree.

    :raises moves.Refused: if it is too old, or was the person's own act by link.
    :raises moves.NotAllowed: if the actor did not do it and holds no such right here.
    """
    donor = common.locked(donor)
    step = _checked(donor, by=by, at=at)
    return approvals.ask(UNDO, donor, by=by, at=at, reason=step.move, facts={"step": str(step.pk)})


@transaction.atomic
def mark_as_error(donor: Donor, *, approval: Approval, by: Actor, at: datetime) -> Donor:
    """
    Bring a donor back to the state before a mistaken act, as two people agreed. Guards are not asked.

    Called in the transaction of the second person's yes.

    :raises moves.Refused: if another step was made since.
    """
    donor = common.locked(donor)
    step = moves.steps_of(donor).last()
    if step is None or str(step.pk) != approval.facts.get("step"):
        raise moves.Refused([_("Something else has happened since. Look at the donor again.")])
    saves = [*_restore_contact(donor, since=step.at), *restore_columns(donor)]
    moves.put_back(donor, step.from_state, move="mark_as_error", by=by, at=at, reason=step.move, saves=saves)
    if step.move == "withdraw":
        _restore_after_withdrawal(donor, step, by=by, at=at)
    if step.move == "die" and donor.subject.died_reported_at == step.at:  # the same word, so the same mistake
        lift_death_report(donor, by=Actor.of(approval), at=at)
    _reopen_calls(donor, step)
    signals.donor_restored.send(Donor, donor=donor, move=step.move, since=step.at, by=by, at=at)
    return donor


def _checked(donor: Donor, *, by: Actor, at: datetime) -> Step:
    step = undoable(donor, at=at)
    if step is None:
        raise moves.Refused([_("Only what staff did here in the last 72 hours can be undone.")])
    if step.by_id != by.id and not _stands_above(step, donor, by=by, at=at):
        raise moves.Refused([_("Only who did it, or their branch above, can say that it was a mistake.")])
    return step


def _stands_above(step: Step, donor: Donor, *, by: Actor, at: datetime) -> bool:
    """Return whether the actor holds the act's right at the donor, in a branch above who did it."""
    paths = {
        str(pk): path
        for pk, path in Branch.objects.filter(
            pk__in=[pk for pk in (by.branch, step.by_branch) if pk]
        ).values_list("pk", "path")
    }
    here, there = paths.get(by.branch, ""), paths.get(step.by_branch, "")
    above = bool(here) and here != there and there.startswith(here)
    return above and access.may(by, CAN_BE_UNDONE[step.move], on=donor, at=at)


def _reopen_calls(donor: Donor, step: Step) -> None:
    """Ask again for the calls that the mistaken act called off."""
    there = CallTask.objects.open().filter(donor=donor).values("kind")
    called_off = CallTask.objects.filter(donor=donor, state=CallState.CANCELLED, ended_at=step.at)
    called_off.exclude(kind__in=there).update(state=CallState.OPEN, ended_at=None)


def restore_columns(donor: Donor) -> list[str]:
    """Put back what the mistaken move cleared; return the fields to save."""
    before: dict[str, Any] = donor.before
    for name in ("return_to", "hold_reason", "left_reason"):
        setattr(donor, name, before.get(name) or "")
    for name in ("hold_until", "listed_on"):
        setattr(donor, name, _date(before.get(name)))
    donor.left_at = _moment(before.get("left_at"))
    donor.before = {}
    return ["return_to", "hold_reason", "left_reason", "hold_until", "listed_on", "left_at", "before"]


def _restore_contact(donor: Donor, *, since: datetime) -> list[str]:
    """
    Put back whether somebody was found, and when last reached, where the mistaken move touched it.

    A call that reached them after it was no mistake.
    """
    if "found_at" not in donor.before:
        return []
    donor.found_at = _moment(donor.before["found_at"])
    known = _date(donor.before["contact_verified_on"])
    calls = donor.calls.standing().filter(result=CallResult.REACHED, at__gt=since)
    reached = [common.day_of(call.at) for call in calls if not call.number.isdecimal()]
    donor.contact_verified_on = max([*reached, *([known] if known else [])], default=None)
    return ["found_at", "contact_verified_on"]


def _date(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None


def _moment(kept: str | None) -> datetime | None:
    return datetime.fromisoformat(kept) if kept else None


def _restore_after_withdrawal(donor: Donor, step: Step, *, by: Actor, at: datetime) -> None:
    """Give back the consents it withdrew, and lift the restriction; cancelled messages stay cancelled."""
    donor.withdrawals.filter(ended_at__isnull=True).update(ended_at=at)
    taken_back = Consent.objects.filter(subject_id=donor.subject_id, withdrawn_at=step.at)
    consents.restore(list(taken_back), by=by, at=at, reason=step.move)
    Subject.objects.filter(pk=donor.subject_id).update(restricted_at=None)
    trail.record("subject.restriction_lifted", by=by, at=at, object=donor.subject)
    ledger.write("reversed", donor.subject_id, at=at)
