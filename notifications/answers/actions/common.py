"""What every act on an answer begins with: all who may be concerned are locked, in one order."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from foundation import vault
from foundation.vault import Subject


def lock_with_households(subject_ids: Iterable[UUID | None]) -> list[Subject]:
    """Lock these people and those their households' plans are kept for; return them as they are now."""
    ids = {pk for pk in subject_ids if pk is not None}
    kept_for = Subject.objects.filter(giver__families__members__subject__in=ids).values_list("pk", flat=True)
    vault.lock(*ids.union(kept_for))
    return list(Subject.objects.filter(pk__in=ids).order_by("pk"))
