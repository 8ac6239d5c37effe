"""Read questions and answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from foundation.access import Permission, Scope, Staff, scope_of
from foundation.approvals.kinds import every_kind
from foundation.approvals.models import Approval, ApprovalQuerySet


def standing(obj: models.Model, kind: str, *, at: datetime | None = None) -> Approval | None:
    """
    Return the agreement that a second person gave to this act on this thing, or None.

    :param at: the moment it must hold; a guard passes ``move.at``.
    """
    agreed = Approval.objects.agreed(at or timezone.now()).about(obj).filter(kind=kind)
    return agreed.order_by("-id").first()


def waiting_for(staff: Staff, *, at: datetime) -> ApprovalQuerySet:
    """Return the questions of others that this person may answer, newest first."""
    rights = _any_of(_answerable(staff, at=at))
    return Approval.objects.waiting(at).filter(rights).exclude(by_id=str(staff.pk)).order_by("-id")


def asked_by(staff: Staff) -> ApprovalQuerySet:
    """Return this person's own questions, newest first."""
    return Approval.objects.filter(by_id=str(staff.pk)).order_by("-id")


def seen_by(staff: Staff, *, at: datetime) -> ApprovalQuerySet:
    """Return the questions that this person asked or may answer, answered or not."""
    return Approval.objects.filter(Q(by_id=str(staff.pk)) | _any_of(_answerable(staff, at=at)))


def _answerable(staff: Staff, *, at: datetime) -> Iterable[Q]:
    scopes: dict[Permission, Scope] = {}
    for kind in every_kind():
        for permission in kind.permissions:
            if permission not in scopes:
                scopes[permission] = scope_of(staff.pk, permission, at=at)
            yield Q(kind=kind.key) & scopes[permission].q("path", "second_path")


def _any_of(conditions: Iterable[Q]) -> Q:
    """Return "one of these"; of none, nothing."""
    found = Q(pk__in=[])
    for condition in conditions:
        found |= condition
    return found
