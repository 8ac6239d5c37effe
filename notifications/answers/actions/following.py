"""Let answers follow the people who gave them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from notifications.answers.models import Answer


def follow(subject_ids: Iterable[UUID], *, path: str) -> int:
    """Have the answers of people read where they are looked after now; return how many went."""
    elsewhere = Answer.objects.filter(subject__in=list(subject_ids)).exclude(branch_path=path)
    return elsewhere.update(branch_path=path)
