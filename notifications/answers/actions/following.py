"""Let answers follow the people who gave them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from notifications.answers.models import Answer, Writer
from registry.donors.models import Donor


def follow(subject_ids: Iterable[UUID], *, path: str) -> int:
    """Have the answers of people read where they are looked after now; return how many went."""
    elsewhere = Answer.objects.filter(subject__in=list(subject_ids)).exclude(branch_path=path)
    return elsewhere.update(branch_path=path)


def bring(emptied: Donor, kept: Donor, *, path: str) -> list[str]:
    """
    Have what one record of a person answered stand at the one that is kept; return which answers went.

    While one of them is unread nothing leaves to the record that is kept either.
    """
    written = Writer.objects.filter(subject=emptied.subject_id).values_list("answer", flat=True)
    again = [Writer(answer_id=pk, subject_id=kept.subject_id) for pk in written]
    Writer.objects.bulk_create(again, ignore_conflicts=True)
    theirs = Answer.objects.filter(subject=emptied.subject_id)
    moved = [str(pk) for pk in theirs.values_list("pk", flat=True)]
    theirs.update(subject=kept.subject_id, branch_path=path)
    return moved


def give_back(ids: Iterable[str], kept: Donor, emptied: Donor, *, path: str) -> None:
    """Have answers stand at the record they came to: two people after all."""
    mine = Answer.objects.filter(pk__in=list(ids), subject=kept.subject_id)
    mine.update(subject=emptied.subject_id, branch_path=path)
