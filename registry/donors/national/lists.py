"""Who is to be entered at the national register or taken out of it, and what it wants typed of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from consent import gate
from consent.purposes import Purpose
from foundation import trail
from foundation.access import Scope
from foundation.trail import Actor
from registry.donors.exports import reading
from registry.donors.exports.fields import chosen, headers_of, writer_of
from registry.donors.models import TO_TAKE_OUT, Donor, NationalState
from registry.donors.querysets import DonorQuerySet

# What the national system's form asks of a volunteer, in the order in which a sheet has it. [ask]
COLUMNS: Final = (
    "grid", "name", "sex", "ethnic_group", "document", "born_on", "phone", "email", "contacts",
    "education", "workplace", "address", "blood_group", "weight", "registered_on", "barcode", "typing",
)  # fmt: skip
FIELDS: Final = chosen(COLUMNS)
HEADERS: Final = tuple(headers_of(FIELDS))


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One person as the national system wants them typed: header and text, opened. Never logged."""

    donor: Donor
    cells: tuple[tuple[str, str], ...]


def to_enter(scope: Scope) -> DonorQuerySet:
    """Return the listed donors whom the national register does not have: not yet, or no longer."""
    return _listed(scope).filter(national_state__in=[NationalState.NONE, NationalState.LEFT])


def sent(scope: Scope) -> DonorQuerySet:
    """Return those who were sent and are not accepted yet."""
    return _listed(scope).filter(national_state=NationalState.SENT)


def to_take_out(scope: Scope) -> DonorQuerySet:
    """Return those who have left here and whom the national register may still offer to patients."""
    return Donor.objects.filter(scope.q("owner_path"), TO_TAKE_OUT)


def _listed(scope: Scope) -> DonorQuerySet:
    """Those whom branches of the scope own, who are in the registry and nobody reported dead."""
    found = Donor.objects.filter(scope.q("owner_path"), listed_on__isnull=False).live()
    return found.filter(death_reported_at__isnull=True, objected_at__isnull=True)


def sharing(donors: Sequence[Donor]) -> list[Donor]:
    """Return those of some donors whose consent lets them be shared with the national register."""
    allowed = gate.allows_many([donor.subject_id for donor in donors], Purpose.SHARE_REGISTRY)
    return [donor for donor in donors if donor.subject_id in allowed]


@transaction.atomic
def opened(donors: Sequence[Donor], *, reason: str, by: Actor, at: datetime) -> list[Entry]:
    """Open those who agreed to be shared, for entering them there; each look is written down."""
    agreed = sharing(donors)
    trail.record_many(
        trail.Entry(
            "donor.opened_for_national",
            by,
            at,
            object=donor,
            branch=str(donor.owner_branch_id),
            reason=reason,
            facts={"columns": list(COLUMNS)},
        )
        for donor in agreed
    )
    write = writer_of(FIELDS, opened=True)
    return [
        Entry(line.donor, tuple(zip(HEADERS, write(line), strict=True)))
        for line in reading.lines_of(agreed, FIELDS)
    ]
