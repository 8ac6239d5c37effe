"""Find the one donor that a notice means: by number of ours, of the national register, or of a tube.

Nobody is found by name or document here: a notice holds neither.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from foundation.access import Scope
from registry.donors import grid
from registry.donors.models import Donor
from registry.donors.national import numbers
from registry.donors.querysets import DonorQuerySet


def donor_meant(text: str, *, scope: Scope) -> Donor | None:
    """
    Return the donor of a scope whom a number means, None where there is none, or more than one.

    Of two records that became one it is the record that was kept. Whether another branch has such a
    donor is not said.
    """
    for found in _answers(text.strip()):
        donors = {donor.merged_into_id or donor.pk for donor in found[:3]}
        if donors:
            seen = Donor.objects.filter(pk__in=donors).select_related("service_branch")
            mine = [donor for donor in seen if any(map(scope.covers, donor.branch_paths))]
            return mine[0] if len(mine) == 1 else None
    return None


def _answers(text: str) -> Iterator[DonorQuerySet]:
    """Yield whom each way of reading a number finds, the surest first: one index each."""
    number = grid.normal(text)
    if not number:
        return
    donors = Donor.objects.only("pk", "merged_into").order_by("pk")
    if grid.is_valid(number):
        yield donors.filter(grid=number)
    yield donors.filter(Q(samples__barcode=number)).distinct()
    if spellings := numbers.spellings(text):
        yield donors.with_national_no(spellings)
