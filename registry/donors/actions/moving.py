"""Donors who go from one branch to another: taken in, offered, or moved within one's own branches."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import access, approvals, moves, trail
from foundation.access import Branch, Permission
from foundation.approvals import Approval
from foundation.trail import Actor
from foundation.vault import Subject
from registry import signals
from registry.donors.actions import common, doors, rights
from registry.donors.actions.doors import SecondFact, known_by
from registry.donors.actions.tasks import move_tasks
from registry.donors.models import BranchMove, Donor, What, WhyMoved
from registry.donors.states import DonorState

TAKE_IN: Final = "donors.take_in"
OFFER: Final = "donors.offer"
NOT_SENT: Final = ("TAKEN", "BATCHED")  # tubes that lie at the branch which would give the donor away


@transaction.atomic
def ask_to_take_in(
    *,
    kind: str,
    number: str,
    second: SecondFact,
    what: str,
    reason: str,
    to: Branch,
    by: Actor,
    at: datetime,
) -> Approval | None:
    """
    Ask whichever branch keeps somebody to give them to one's own; nothing of the record is shown.

    :param what: a code of ``What``. :param reason: a code of ``WhyMoved``.
    :returns: the question, or None where nobody whom another branch keeps fits both facts.
    :raises documents.DocumentProblem: if the number cannot be one of its kind.
    :raises doors.AskedTooOften: beyond `DOOR_TAKEN_IN_PER_HOUR` of one person in an hour.
    :raises moves.NotAllowed: if the actor may not move donors at the branch that takes in.
    """
    doors.count_taking_in(by, at=at)
    rights.check(to, by=by, at=at, permissions=(Permission.DONOR_MOVE,))
    found, _facts = known_by(kind, number, second)
    found = found and common.locked(found)
    if found is None or found.is_gone or to.pk in _holders(found, what):
        trail.record("door.take_in_missed", by=by, at=at, branch=to.pk)
        return None
    asked = _ask(found, what=what, reason=reason, to=to, offered=False, by=by, at=at)
    trail.record("door.take_in_asked", by=by, at=at, object=asked[0], branch=to.pk)
    return asked[1]


@transaction.atomic
def move_to(
    donor: Donor, *, to: Branch, what: str, reason: str, by: Actor, at: datetime
) -> Approval | BranchMove:
    """
    Give a donor to another branch: at once where one may move donors at both, else by its yes.

    :param what: a code of ``What``. :param reason: a code of ``WhyMoved``.
    :returns: the move that was made, or the question that waits.
    :raises moves.Refused: if they stand there already, or something stands in the way.
    :raises moves.NotAllowed: if the actor may not move the donor.
    """
    donor = common.locked(donor)
    rights.check(donor, by=by, at=at, permissions=(Permission.DONOR_MOVE,))
    if _holders(donor, what) == {to.pk}:
        raise moves.Refused([_("They stand there already.")])
    _check(donor, what)
    if not access.may(by, Permission.DONOR_MOVE, on=to, at=at):
        return _ask(donor, what=what, reason=reason, to=to, offered=True, by=by, at=at)[1]
    move = _written(donor, what=what, reason=reason, to=to, offered=True, by=by, at=at)
    return _carry_out(move, donor, by=by, at=at)


@transaction.atomic
def answer_move(approval: Approval, *, by: Actor, at: datetime) -> BranchMove:
    """
    Let a donor go, or take them, as the other branch asked; open calls and tasks follow.

    Called in the transaction of the yes.

    :raises moves.Refused: if the donor has left, or moved on meanwhile.
    """
    moves_of_it = BranchMove.objects.select_related("to_branch", "donor").filter(pk=approval.object_id)
    donor = common.locked(moves_of_it.get().donor)
    move = moves_of_it.get()  # as it is under the lock: another may have been faster
    approvals.use(approval, by=by, at=at)
    elsewhere = move.donor_id != donor.pk or move.from_branch_id not in _holders(donor, move.what)
    if elsewhere or donor.is_gone or move.done_at is not None:
        raise moves.Refused([_("Something else has happened since. Look at the donor again.")])
    _check(donor, move.what)
    return _carry_out(move, donor, by=by, at=at)


def _ask(
    donor: Donor, *, what: str, reason: str, to: Branch, offered: bool, by: Actor, at: datetime
) -> tuple[BranchMove, Approval]:
    """Ask once: a question of this branch that waits already stands as it is."""
    kind = OFFER if offered else TAKE_IN
    earlier = BranchMove.objects.filter(
        donor=donor, to_branch=to, what=What(what), offered=offered, done_at__isnull=True
    )
    waiting = Approval.objects.waiting(at).filter(
        kind=kind, object_id__in=[str(pk) for pk in earlier.values_list("pk", flat=True)]
    )
    asked = [UUID(pk) for pk in waiting.values_list("object_id", flat=True)]
    move = earlier.filter(pk__in=asked).first() or _written(
        donor, what=what, reason=reason, to=to, offered=offered, by=by, at=at
    )
    return move, approvals.ask(kind, move, by=by, at=at, reason=reason)


def _written(
    donor: Donor, *, what: str, reason: str, to: Branch, offered: bool, by: Actor, at: datetime
) -> BranchMove:
    holder = donor.owner_branch if what in {What.OWNER, What.BOTH} else donor.service_branch
    if holder.pk == to.pk:  # both are wanted, and one of them is there already
        holder = donor.service_branch
    return BranchMove.objects.create(
        donor=donor,
        what=What(what),
        offered=offered,
        from_branch=holder,
        from_path=holder.path,
        to_branch=to,
        to_path=to.path,
        reason=WhyMoved(reason),
        asked_at=at,
        **by.columns(),
    )


def _carry_out(move: BranchMove, donor: Donor, *, by: Actor, at: datetime) -> BranchMove:
    saves, to = [], move.to_branch
    before = {"owner": donor.owner_branch_id, "service": donor.service_branch_id}
    if move.what in {What.OWNER, What.BOTH}:
        donor.owner_branch, donor.owner_path = to, to.path
        saves += ["owner_branch", "owner_path"]
    if move.what in {What.SERVICE, What.BOTH}:
        donor.service_branch, donor.service_path = to, to.path
        saves += ["service_branch", "service_path"]
        Subject.objects.filter(pk=donor.subject_id).update(branch=to, branch_path=to.path)
    donor.save(update_fields=saves)
    move_tasks(donor)
    move.done_at, move.done_by_id = at, by.id
    move.save(update_fields=["done_at", "done_by_id"])
    after = {"owner": donor.owner_branch_id, "service": donor.service_branch_id}
    trail.record(
        "donor.moved",
        by=by,
        at=at,
        object=donor,
        reason=move.reason,
        before=before,
        after=after,
        what=move.what,
    )
    if donor.service_branch_id != before["service"]:
        signals.donor_rehomed.send(Donor, donor=donor, by=by, at=at)
    return move


def _check(donor: Donor, what: str) -> None:
    """Refuse what would leave a tube or a match behind."""
    sentences = []
    if donor.is_gone:
        raise moves.WrongState(move="move", state=str(donor.state))
    if donor.state == DonorState.IN_CASE:
        sentences.append(_("During a match the branch stays. Ask the other one for help instead."))
    tubes: Any = donor.samples  # of the room above, by name
    if what == What.BOTH and tubes.filter(state__in=NOT_SENT).exists():
        sentences.append(_("A tube of theirs has not been sent. Send it first."))
    if sentences:
        raise moves.Refused(sentences)


def _holders(donor: Donor, what: str) -> set[Any]:
    """Return the branches that hold what is to move."""
    owner, service = {donor.owner_branch_id}, {donor.service_branch_id}
    return {What.OWNER: owner, What.SERVICE: service, What.BOTH: owner | service}[What(what)]
