"""Ask a second person, and answer. Nobody answers their own question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _

from foundation import access, moves, trail
from foundation.access.scopes import LEVEL_DIGITS
from foundation.approvals.kinds import Kind, kind_of
from foundation.approvals.models import Answer, Approval, Decision
from foundation.trail import Actor


class OnBranch(Protocol):
    """A thing that knows where it stands in the tree, without asking the database."""

    @property
    def branch_paths(self) -> tuple[str, ...]: ...


class NotYours(moves.Refused):
    """Another person must answer: this one asked, or holds no right to answer here."""


@transaction.atomic
def ask(
    kind: str,
    obj: models.Model,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    facts: Mapping[str, Any] | None = None,
    until: datetime | None = None,
) -> Approval:
    """
    Ask a second person. A question that waits already is returned as it stands.

    :param obj: a saved thing with ``branch_paths``.
    :param facts: ids, codes and counts that ``on_yes`` needs; never a personal field.
    :param until: from when on it is too old; the settings say so where it is None.
    :raises KeyError: if no room registered this kind.
    """
    standing = Approval.objects.waiting(at).about(obj).filter(kind=kind).first()
    if standing is not None:
        return standing
    _let_lapse(kind, obj, at=at)
    paths = _paths(kind_of(kind), obj)
    approval = Approval.objects.create(
        kind=kind,
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        path=paths[0],
        second_path=paths[1] if len(paths) > 1 else "",
        facts=dict(facts or {}),
        reason=reason,
        asked_at=at,
        until=until or at + timedelta(days=settings.APPROVAL_DAYS),
        **by.columns(),
    )
    trail.record("approval.asked", by=by, at=at, object=approval, reason=reason, kind=kind, about=str(obj.pk))
    return approval


@transaction.atomic
def decide(approval: Approval, *, yes: bool, by: Actor, at: datetime, answer: str = "") -> Approval:
    """
    Answer a question. With yes, what was asked for happens in the same transaction.

    :raises NotYours: if the actor asked it, or may not answer here.
    :raises moves.Refused: if it was answered before or is too old, what follows is refused,
        or it is not agreed to for the reason that it is right.
    """
    answer = answer or Answer.CHECKED
    if not yes and answer == Answer.CHECKED:
        raise moves.Refused([_("You do not agree, yet say that it is right. Choose what speaks against it.")])
    approval = Approval.objects.select_for_update().get(pk=approval.pk)
    _may_be_answered(approval, by=by, at=at)
    _settle(approval, Decision.YES if yes else Decision.NO, by=by, at=at, answer=answer)
    verb = "approval.agreed" if yes else "approval.refused"
    trail.record(
        verb,
        by=by,
        at=at,
        object=approval,
        reason=approval.answer,
        kind=approval.kind,
        about=approval.object_id,
    )
    if yes:
        kind_of(approval.kind).on_yes(approval, by=by, at=at)
    return approval


@transaction.atomic
def take_back(approval: Approval, *, by: Actor, at: datetime) -> Approval:
    """
    Take one's own question back.

    :raises NotYours: if somebody else asked it.
    :raises moves.Refused: if it was answered before.
    """
    approval = Approval.objects.select_for_update().get(pk=approval.pk)
    if approval.by_id != by.id:
        raise NotYours([_("Only the one who asked can take this back.")])
    _not_answered(approval)
    _settle(approval, Decision.NO, by=by, at=at, answer=Answer.TAKEN_BACK)
    trail.record(
        "approval.taken_back", by=by, at=at, object=approval, kind=approval.kind, about=approval.object_id
    )
    return approval


@transaction.atomic
def close(kind: str, object_ids: Iterable[UUID], *, by: Actor, at: datetime) -> None:
    """
    Close waiting questions to which something else was the answer; nothing follows.

    One that somebody answers at this moment is left: their act is refused by what has happened.
    """
    about = [str(pk) for pk in object_ids]
    waiting = Approval.objects.waiting(at).filter(kind=kind, object_id__in=about)
    for approval in waiting.select_for_update(skip_locked=True):
        _settle(approval, Decision.NO, by=by, at=at, answer=Answer.NOT_NEEDED)
        trail.record(
            "approval.closed", by=by, at=at, object=approval, kind=approval.kind, about=approval.object_id
        )


@transaction.atomic
def use(approval: Approval, *, by: Actor, at: datetime) -> None:
    """
    Use an answer up, so that it serves one act only.

    :raises moves.Refused: if it does not stand, or was used before.
    """
    if not Approval.objects.agreed(at).filter(pk=approval.pk).update(used_at=at):
        raise moves.Refused([_("This agreement does not stand any more. Please ask again.")])
    trail.record("approval.used", by=by, at=at, object=approval, kind=approval.kind, about=approval.object_id)


def may_decide(approval: Approval, *, by: Actor, at: datetime) -> bool:
    """Return whether this actor is another person who may answer here."""
    permissions = kind_of(approval.kind).permissions
    return approval.by_id != by.id and any(access.may(by, right, on=approval, at=at) for right in permissions)


def _may_be_answered(approval: Approval, *, by: Actor, at: datetime) -> None:
    _not_answered(approval)
    if approval.until <= at:
        raise moves.Refused([_("This question is too old to be answered. Please ask again.")])
    if approval.by_id == by.id:
        raise NotYours([_("You asked this yourself: a second person must answer.")])
    if not may_decide(approval, by=by, at=at):
        raise NotYours([_("Your role does not let you answer this question.")])


def _not_answered(approval: Approval) -> None:
    if approval.decision:
        raise moves.Refused([_("This question has been answered already.")])


def _settle(approval: Approval, decision: Decision, *, by: Actor, at: datetime, answer: str) -> None:
    approval.decision = decision
    approval.answer = answer
    approval.decided_at = at
    approval.decided_by_kind = by.kind.value
    approval.decided_by_id = by.id
    approval.decided_by_role = by.role
    approval.decided_by_branch = by.branch
    approval.save()


def _let_lapse(kind: str, obj: models.Model, *, at: datetime) -> None:
    """Close a question that nobody answered in time, so that it can be asked anew."""
    Approval.objects.about(obj).filter(kind=kind, decision="", until__lte=at).update(
        decision=Decision.NO,
        answer=Answer.UNCLEAR,
        decided_at=at,
        decided_by_kind="task",
        decided_by_id="lapsed",
    )


def _paths(kind: Kind, obj: OnBranch | models.Model) -> tuple[str, ...]:
    paths: tuple[str, ...] = obj.branch_paths  # type: ignore[union-attr]  # models that are asked about have it
    if kind.from_parent:
        return tuple(dict.fromkeys(path[:-LEVEL_DIGITS] or path for path in paths))
    return tuple(dict.fromkeys(paths))
