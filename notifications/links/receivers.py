"""What answers do when two records of one person become one, and when that was a mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notifications.links.models import FollowUp
from registry.donors.models import Donor


def donor_merged(*, kept: Donor, emptied: Donor, **_more: Any) -> dict[str, Any]:
    """Bring answers to the record that is kept; their words stay under the key they were sealed with."""
    answers = FollowUp.objects.filter(subject=emptied.subject_id)
    moved = [str(pk) for pk in answers.values_list("pk", flat=True)]
    answers.update(subject=kept.subject_id)
    return {"follow_ups": moved}


def donor_parted(*, kept: Donor, emptied: Donor, moved: Mapping[str, Any], **_more: Any) -> None:
    """Give answers back: two people after all."""
    mine = FollowUp.objects.filter(pk__in=moved.get("follow_ups", []), subject=kept.subject_id)
    mine.update(subject=emptied.subject_id)
