"""Ask a second person to read a wording, and let it be sent once they agreed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from foundation import access, approvals, moves, trail
from foundation.access import Permission
from foundation.access.scopes import LEVEL_DIGITS
from notifications.wordings import signals
from notifications.wordings.actions.writing import locked, may_write
from notifications.wordings.models import WordingState, WordingVersion

if TYPE_CHECKING:
    from foundation.approvals import Approval
    from foundation.trail import Actor

CARE = "wordings.care"  # for the bereaved: who approves family care answers
WORDS = "wordings.words"


@transaction.atomic
def ask(version: WordingVersion, *, by: Actor, at: datetime) -> Approval:
    """
    Ask a second person at the top of the tree to read a draft.

    :raises moves.Refused: if words are missing in a language, or a check stops it.
    """
    fresh = locked(version)
    branch = may_write(fresh.wording, by=by, at=at)
    if branch is not None:  # a command that brought it in had none
        fresh.branch_path = branch.path[:LEVEL_DIGITS]
    moves.make(fresh, "ask", by=by, at=at, on=branch, saves=["branch_path"])
    return approvals.ask(CARE if fresh.wording.bereaved else WORDS, fresh, by=by, at=at)


@transaction.atomic
def take_back(version: WordingVersion, *, by: Actor, at: datetime) -> None:
    """
    Go on writing what a second person was asked to read.

    :raises moves.Refused: if it waits for nobody; another's question cannot be taken back.
    """
    fresh = locked(version)
    branch = may_write(fresh.wording, by=by, at=at)
    if waiting := _question(fresh, at=at):
        approvals.take_back(waiting, by=by, at=at)
    moves.make(fresh, "take_back", by=by, at=at, on=branch)


def release(approval: Approval, *, by: Actor, at: datetime) -> None:
    """
    Approve what was asked about; the version in use until now retires in the same moment.

    :raises moves.Refused: if something speaks against the words by now, or the question was used up.
    :raises moves.NotAllowed: if the actor may not approve words.
    """
    version = WordingVersion.objects.select_related("wording").get(pk=approval.object_id)
    in_use = WordingVersion.objects.filter(wording=version.wording_id, state=WordingState.APPROVED)
    for older in in_use:
        moves.make(older, "retire", by=by, at=at, on=version)
    version.approved_at, version.approved_by_id = at, by.id
    moves.make(version, "approve", by=by, at=at, saves=["approved_at", "approved_by_id"])
    approvals.use(approval, by=by, at=at)
    signals.words_approved.send(WordingVersion, version=version, by=by, at=at)


@transaction.atomic
def approve_by_counsel(version: WordingVersion, *, by: Actor, at: datetime) -> None:
    """
    Record that counsel has read the words; the mark "draft" goes.

    :raises moves.NotAllowed: if the actor does not edit programmes.
    """
    fresh = locked(version)
    branch = may_write(fresh.wording, by=by, at=at)
    if branch is not None and not access.may(by, Permission.PROGRAMME_EDIT, on=branch, at=at):
        raise moves.NotAllowed(Permission.PROGRAMME_EDIT)
    fresh.counsel_approved = True
    fresh.save(update_fields=["counsel_approved"])
    trail.record("wording.approved_by_counsel", by=by, at=at, object=fresh)


def _question(version: WordingVersion, *, at: datetime) -> Approval | None:
    return approvals.Approval.objects.waiting(at).about(version).filter(kind__in=[CARE, WORDS]).first()
