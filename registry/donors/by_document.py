"""Whom a document means, also where two records of a person were joined and both documents stay known."""

from __future__ import annotations

from foundation.vault import Capacity
from foundation.vault.indexes import Whole
from registry.donors.models import Donor


def holder_of(document: Whole) -> Donor | None:
    """Return the record under this document, which may be the empty one of two that were joined."""
    of_it = Donor.objects.filter(subject__capacity=Capacity.DONOR, subject__document_index__in=document.each)
    return of_it.select_related("merged_into").first()


def of_document(document: Whole) -> Donor | None:
    """Return the donor who has this document; of one whose records were joined, the record that was kept."""
    found = holder_of(document)
    return (found.merged_into or found) if found else None
