"""What happens to a person's record as a whole: made, locked, reported dead, erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from django.db import IntegrityError, connection, models, transaction

from foundation import rows, standing, trail
from foundation.standing import Asked
from foundation.trail import Actor
from foundation.vault import indexes, keys, ledger, residue
from foundation.vault.models import Capacity, DataKey, Subject
from foundation.vault.signals import died_reported, erased


class AlreadyThere(Exception):
    """A subject of this capacity has this document already."""


class HasPath(Protocol):
    """A branch, which is defined on the floor above."""

    pk: UUID
    path: str


def create_subject(
    *,
    capacity: Capacity,
    branch: HasPath,
    document_index: str | None,
    at: datetime,
    language: str = "zh-hans",
) -> Subject:
    """
    Make a person in one capacity, with a key of their own.

    :param document_index: from ``vault.index.document``; None where no document is known.
    :raises AlreadyThere: if the capacity has this document; nothing is written.
    """
    try:
        with transaction.atomic():
            subject = Subject(
                capacity=capacity,
                branch_id=branch.pk,
                branch_path=branch.path,
                document_index=document_index,
                key=keys.new_key(),
                language=language,
                created_at=at,
            )
            indexes.settle([subject])
            rows.keep(subject)
    except IntegrityError as fault:
        if document_index and _has(capacity, document_index):
            raise AlreadyThere from fault
        raise
    return subject


def lock(*subject_ids: UUID) -> None:
    """
    Hold these people's rows until the transaction ends, always in the order of their ids.

    The first line of every action on a person, so that two of them never deadlock. SQLite has no
    lock of a row: a transaction of ours holds the whole file from its beginning, so nothing is asked.
    """
    if not connection.features.has_select_for_update:
        return
    if len(subject_ids) == 1:
        _LOCK.ask(pk=subject_ids[0])
    else:
        list(_locked(Subject.objects.filter(pk__in=subject_ids)).values_list("pk"))


def lock_if_free(subject_id: UUID) -> bool:
    """
    Hold a person's row as ``lock`` does, unless another holds it; return whether it is held.

    For one that holds rows already, and must not wait.
    """
    if not connection.features.has_select_for_update:
        return True
    one = Subject.objects.filter(pk=subject_id).select_for_update(of=("self",), skip_locked=True)
    return bool(one.values_list("pk").first())


def locking(subject_id: UUID) -> Sequence[Asked]:
    """Return what ``lock`` will ask, to be asked first of several things at hand."""
    return [_LOCK.about(pk=subject_id)] if connection.features.has_select_for_update else []


@transaction.atomic
def report_dead(subject: Subject, *, by: Actor, at: datetime, reason: str = "") -> list[Subject]:
    """
    Silence everything for a person who is said to have died, in every capacity.

    Any word is enough. All subjects with the same document are marked; each is told
    to the rooms above in the same transaction.

    :returns: the subjects that were marked now; those reported before are left.

    Source: design/domain.md section 2, ``report_dead``
    """
    same = models.Q(pk=subject.pk)
    if subject.document_index:
        same |= indexes.same_as(subject, "document_index")
    told = [one for one in _locked(Subject.objects.filter(same)) if one.died_reported_at is None]
    for one in told:
        one.died_reported_at = at
        one.save(update_fields=["died_reported_at"])
        trail.record("subject.reported_dead", by=by, at=at, object=one, branch=one.branch_id, reason=reason)
        died_reported.send(Subject, subject=one, by=by, at=at)
    return told


@transaction.atomic
def lift_death_report(subject: Subject, *, by: Actor, at: datetime, reason: str = "") -> list[Subject]:
    """Take back a death report that was a mistake, in every capacity of the person."""
    same = models.Q(pk=subject.pk)
    if subject.document_index:
        same |= indexes.same_as(subject, "document_index")
    told = [one for one in _locked(Subject.objects.filter(same)) if one.died_reported_at is not None]
    for one in told:
        one.died_reported_at = None
        one.save(update_fields=["died_reported_at"])
        trail.record("subject.report_lifted", by=by, at=at, object=one, branch=one.branch_id, reason=reason)
    return told


@transaction.atomic
def erase(subject: Subject, *, by: Actor, at: datetime, reason: str = "") -> None:
    """
    Destroy a person's key and every index that could find them.

    What was sealed under the key reads as ``Erased`` from now on, in every room.
    Erasing twice changes nothing.
    """
    lock(subject.pk)
    subject = Subject.objects.get(pk=subject.pk)
    if subject.erased_at is not None:
        return
    key_id = subject.key_id
    subject.key, subject.erased_at = None, at
    subject.save(update_fields=["key", "erased_at", *indexes.put(subject, document_index=None)])
    DataKey.objects.filter(pk__in=[key_id]).delete()
    erased.send(Subject, subject=subject, by=by, at=at)
    trail.record("subject.erased", by=by, at=at, object=subject, branch=subject.branch_id, reason=reason)
    ledger.write("erased", subject.pk, at=at)
    transaction.on_commit(residue.clear, robust=True)


def _has(capacity: Capacity, document_index: str) -> bool:
    asked = document_index.each if isinstance(document_index, indexes.Whole) else [document_index]
    return Subject.objects.filter(indexes.among("document_index", asked), capacity=capacity).exists()


def _locked(people: models.QuerySet[Subject]) -> models.QuerySet[Subject]:
    return people.select_for_update(of=("self",)).order_by("pk")


_LOCK: Final = standing.Question(
    lambda: _locked(Subject.objects.filter(pk=standing.slot("pk", standing.ID))).values_list("pk")
)
