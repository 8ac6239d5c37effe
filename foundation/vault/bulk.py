"""Make many people at once: sealed outside the transaction, inserted inside it in one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from foundation import rows
from foundation.vault import indexes, keys
from foundation.vault.models import Capacity, DataKey, Epoch, Subject

_PIECE = 500


class HasPath(Protocol):
    """A branch, which is defined on the floor above."""

    pk: UUID
    path: str


def new_subjects(
    document_indexes: Sequence[str | None],
    *,
    capacity: Capacity,
    branch: HasPath,
    at: datetime,
    language: str = "zh-hans",
    epoch: Epoch | None = None,
) -> list[Subject]:
    """
    Return people with keys of their own, neither of them saved: ``insert_subjects`` does that.

    :param epoch: ``newest_epoch``, where it was asked for before; then no database is asked.
    """
    return [
        rows.new(
            Subject,
            capacity=capacity,
            branch_id=branch.pk,
            branch_path=branch.path,
            document_index=index,
            key=key,
            language=language,
            created_at=at,
        )
        for index, key in zip(document_indexes, keys.unsaved_keys(len(document_indexes), epoch), strict=True)
    ]


def insert_subjects(subjects: Collection[Subject]) -> set[UUID]:
    """
    Insert people and their keys; one whose document another has by now is left out, without an error.

    Inserted in the order of their documents, so that two sheets at once do not deadlock.

    :returns: the ids of those who are in: the others were registered before.
    """
    ordered = sorted(subjects, key=lambda subject: subject.document_index or "")
    indexes.settle(ordered)
    rows.insert(Subject, ordered, skip_conflicts=True)
    ids = [subject.pk for subject in ordered]
    inside = {
        pk
        for start in range(0, len(ids), _PIECE)
        for pk in Subject.objects.filter(pk__in=ids[start : start + _PIECE]).values_list("pk", flat=True)
    }
    made = [subject.key for subject in ordered if subject.pk in inside and subject.key is not None]
    rows.insert(DataKey, made)
    return inside


class Packed(NamedTuple):
    """A person who is not saved yet and their key, as values that are kept cheaply."""

    subject: rows.Values
    key: rows.Values

    @classmethod
    def of(cls, subject: Subject) -> Packed:
        """Pack a person of ``new_subjects``."""
        if subject.key is None:
            raise TypeError("A person without a key is not packed.")
        return cls(rows.values_of(subject), rows.values_of(subject.key))

    def unpacked(self) -> Subject:
        """Return the person again."""
        subject = rows.model_of(Subject, self.subject)
        subject.key = rows.model_of(DataKey, self.key)
        return subject


def insert_new(people: Collection[Packed]) -> None:
    """
    Insert people and their keys, all of them.

    :raises IntegrityError: if another has one of their documents by now.
    """
    rows.insert(DataKey, [one.key for one in people])
    rows.insert(Subject, indexes.settled(Subject, [one.subject for one in people]))


def take_out(subjects: Collection[Subject]) -> None:
    """Delete people inserted in this transaction who came to nothing, with their keys."""
    key_ids = [subject.key_id for subject in subjects if subject.key_id is not None]
    Subject.objects.filter(pk__in=[subject.pk for subject in subjects]).delete()
    DataKey.objects.filter(pk__in=key_ids).delete()
