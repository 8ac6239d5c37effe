"""Open a household, put it right, give it an officer, or give it to another branch."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import access, approvals, moves, trail, vault
from foundation.access import Branch, Permission, Staff
from foundation.approvals import Approval
from foundation.trail import Actor, ActorKind
from foundation.vault import Subject
from registry.families import places
from registry.families.actions import common
from registry.families.models import About, Family, FamilyMove, FamilyNote, Giver, Member

MOVE: Final = "families.move"


@transaction.atomic
def open_family(
    giver: Giver,
    *,
    by: Actor,
    at: datetime,
    branch: Branch | None = None,
    officer: Staff | None = None,
    address: str = "",
    note: str = "",
    offered: bool = False,
) -> Family:
    """
    Open a household of one who gave. It has no rites until it ticks some itself.

    :param branch: who looks after it; by default the branch that keeps the one who gave.
    :param offered: they are asked first whether they want to be cared for; nothing is planned till then.
    :raises moves.NotAllowed: if the actor may not keep families at the branch.
    """
    vault.lock(giver.subject_id)
    giver = Giver.objects.select_related("subject", "branch").get(pk=giver.pk)
    branch = branch or giver.branch
    common.check(branch, by=by, at=at, permissions=common.MAY_EDIT)
    common.check_kept(giver)
    if officer is not None:
        _check_officer(officer, branch, at=at)
    family = Family(
        giver=giver,
        branch=branch,
        branch_path=branch.path,
        officer=officer,
        opened_at=at,
        counts_the_day=places.counts_the_day(branch),  # until the family says it
        **by.columns(),
    )
    vault.seal(family, key=giver.subject.key, address=address.strip() or None, note=note.strip() or None)
    family.save(force_insert=True)
    common.remember(family, About.OPENED, by=by, at=at)
    trail.record("family.opened", by=by, at=at, object=family, branch=branch.pk)
    common.tell(family, by=by, at=at, offered=offered)
    return family


@transaction.atomic
def correct_family(family: Family, *, address: str, note: str, by: Actor, at: datetime) -> None:
    """
    Put right where a household lives, and what is noted of it.

    :raises moves.NotAllowed: if the actor may not change it.
    """
    family = common.locked(family)
    common.check(family, by=by, at=at, permissions=common.MAY_EDIT)
    common.check_kept(family.giver)
    sealed = {"address": address.strip() or None, "note": note.strip() or None}
    family.save(update_fields=vault.seal(family, key=family.giver.subject.key, **sealed))
    common.remember(family, About.CORRECTED, by=by, at=at)
    trail.record("family.corrected", by=by, at=at, object=family)
    common.tell(family, by=by, at=at)


@transaction.atomic
def write_note(
    family: Family, *, words: str, by: Actor, at: datetime, member: Member | None = None
) -> FamilyNote:
    """
    Write something down beside a household, sealed.

    :param member: whom of it the words are about.
    :raises moves.NotAllowed: if the actor may not change it.
    """
    family = common.locked(family)
    common.check(family, by=by, at=at, permissions=common.MAY_EDIT)
    common.check_kept(family.giver)
    line = common.remember(family, About.NOTE, by=by, at=at, member=member, words=words)
    trail.record("family.noted", by=by, at=at, object=family, note=line.pk)
    return line


@transaction.atomic
def assign_officer(family: Family, officer: Staff | None, *, by: Actor, at: datetime) -> Family:
    """
    Name the one officer who stays with a household.

    :raises moves.Refused: if they may not see families there.
    :raises moves.NotAllowed: if the actor may not change the household.
    """
    family = common.locked(family)
    common.check(family, by=by, at=at, permissions=common.MAY_EDIT)
    if officer is not None:
        _check_officer(officer, family.branch, at=at)
    return _name(family, officer, by=by, at=at)


@transaction.atomic
def hand_over(family: Family, officer: Staff, *, by: Actor, at: datetime) -> Family:
    """Let somebody else stay with a household whose officer hands their work over; the desk asked who may."""
    return _name(common.locked(family), officer, by=by, at=at)


@transaction.atomic
def move_to(family: Family, *, to: Branch, by: Actor, at: datetime) -> Approval | FamilyMove:
    """
    Give a household to another branch: at once where one keeps families at both, else by its yes.

    :returns: the move that was made, or the question that waits.
    :raises moves.Refused: if it stands there already.
    :raises moves.NotAllowed: if the actor may not change the household.
    """
    family = common.locked(family)
    common.check(family, by=by, at=at, permissions=common.MAY_EDIT)
    if to.pk == family.branch_id:
        raise moves.Refused([_("This family is looked after there already.")])
    if not to.active or to.is_organisation:
        raise moves.Refused([_("This branch looks after no families.")])
    offers = FamilyMove.objects.filter(family=family, from_branch=family.branch, done_at__isnull=True)
    move = offers.filter(to_branch=to).first() or FamilyMove.objects.create(
        family=family,
        from_branch=family.branch,
        to_branch=to,
        to_path=to.path,
        asked_at=at,
        **by.columns(),
    )
    if by.kind == ActorKind.STAFF and not access.may(by, Permission.FAMILY_EDIT, on=to, at=at):
        return approvals.ask(MOVE, move, by=by, at=at)
    return _carry_out(move, family, by=by, at=at)


@transaction.atomic
def answer_move(approval: Approval, *, by: Actor, at: datetime) -> FamilyMove:
    """
    Take in a household that was offered. Called in the transaction of the yes.

    :raises moves.Refused: if it moved on meanwhile.
    """
    moves_of_it = FamilyMove.objects.select_related("to_branch", "family__giver")
    move = moves_of_it.get(pk=approval.object_id)
    family = common.locked(move.family)
    move = moves_of_it.get(pk=move.pk)  # as it is under the lock
    approvals.use(approval, by=by, at=at)
    if move.done_at is not None or move.from_branch_id != family.branch_id:
        raise moves.Refused([_("Something else has happened since. Look at the family again.")])
    return _carry_out(move, family, by=by, at=at)


def _carry_out(move: FamilyMove, family: Family, *, by: Actor, at: datetime) -> FamilyMove:
    """The people go with their household; the one who gave goes with the last household that stays."""
    to, before = move.to_branch, family.branch_id
    family.branch, family.branch_path, family.officer = to, to.path, None
    if family.wishes_recorded_on is None:
        family.counts_the_day = places.counts_the_day(to)
    family.save(update_fields=["branch", "branch_path", "officer", "counts_the_day"])
    members = Subject.objects.filter(member__family=family)
    members.update(branch=to, branch_path=to.path)
    giver = family.giver
    if not giver.families.exclude(branch=to).exists():
        giver.branch, giver.branch_path = to, to.path
        giver.save(update_fields=["branch", "branch_path"])
        Subject.objects.filter(pk=giver.subject_id).update(branch=to, branch_path=to.path)
    move.done_at = at
    move.save(update_fields=["done_at"])
    approvals.close(MOVE, family.moves.values_list("pk", flat=True), by=by, at=at)  # other offers of it
    common.remember(family, About.MOVED, by=by, at=at)
    after = {"branch": to.pk}
    trail.record("family.moved", by=by, at=at, object=family, before={"branch": before}, after=after)
    common.tell(family, by=by, at=at)
    return move


def _name(family: Family, officer: Staff | None, *, by: Actor, at: datetime) -> Family:
    before, family.officer = family.officer_id, officer
    family.save(update_fields=["officer"])
    common.remember(family, About.OFFICER, by=by, at=at)
    trail.record(
        "family.officer_assigned",
        by=by,
        at=at,
        object=family,
        before={"officer": before},
        after={"officer": family.officer_id},
    )
    common.tell(family, by=by, at=at)
    return family


def _check_officer(officer: Staff, branch: Branch, *, at: datetime) -> None:
    scope = access.scope_of(officer.pk, Permission.FAMILY_EDIT, at=at)
    if not officer.is_active or not scope.covers(branch.path):
        raise moves.Refused([_("This person does not look after families here.")])
