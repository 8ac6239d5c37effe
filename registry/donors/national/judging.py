"""Judge a row of the national register's sheet: whom it is about, and in what our record differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from foundation import vault
from foundation.access import Scope
from registry.donors import documents
from registry.donors.models import STANDS_THERE, Donor, NationalState, TheirState
from registry.donors.national import numbers
from registry.donors.national.layout import TheirRow
from registry.donors.states import WMDA_STATUS, DonorState

_IN_STOCK = frozenset({TheirState.AVAILABLE, TheirState.ON_HOLD, TheirState.RESERVED})
_HAS_A_NUMBER = frozenset({NationalState.ACCEPTED, NationalState.LEFT})


@dataclass(frozen=True, slots=True)
class Known:
    """The donors some rows may be about, by what names them: four queries for any number of rows."""

    by_grid: Mapping[str, Donor]
    by_document: Mapping[str, Donor]
    by_number: Mapping[str, Donor]
    indexes: Mapping[int, Sequence[str]]  # by the row's number

    @classmethod
    def of(cls, rows: Sequence[TheirRow], scope: Scope) -> Known:
        """Find the donors whom the branches of a scope own."""
        indexes = {row.number: _indexes(row.document) for row in rows if row.document}
        wanted = [index for each in indexes.values() for index in each]
        ours = Donor.objects.filter(scope.q("owner_path")).select_related("subject")
        return cls(
            {donor.grid: donor for donor in ours.filter(grid__in=[row.grid for row in rows if row.grid])},
            {str(d.subject.document_index): d for d in ours.filter(subject__document_index__in=wanted)},
            {d.national_no: d for d in ours.with_national_no({row.national_no for row in rows})},
            indexes,
        )

    def donor_of(self, row: TheirRow) -> tuple[Donor | None, list[str]]:
        """Return whom a row is about, the surest name first, and in what that differs from the record."""
        if donor := self.by_grid.get(row.grid) or self._with_document_of(row):
            return donor, differences(row, donor)
        if donor := self.by_number.get(row.national_no):
            strange = ["document"] if self.indexes.get(row.number) else []
            return donor, [*strange, *differences(row, donor)]
        return None, []

    def _with_document_of(self, row: TheirRow) -> Donor | None:
        found = (self.by_document.get(index) for index in self.indexes.get(row.number, ()))
        return next(filter(None, found), None)


def differences(row: TheirRow, donor: Donor) -> list[str]:
    """Return in what their row and our record differ, as codes."""
    accepted = donor.national_state in _HAS_A_NUMBER
    found = [] if accepted and numbers.spelt(donor.national_no) == row.national_no else ["number"]
    if row.on is not None and (not accepted or donor.national_on != row.on):
        found.append("day")
    if row.state:
        found += _standing(row.state, donor)
    return found


def _standing(theirs: str, donor: Donor) -> list[str]:
    """Return ``out`` where only they wrote down that somebody left, ``state`` where the two contradict."""
    ours = WMDA_STATUS.get(DonorState(donor.state), "").partition("/")[0]
    if theirs == TheirState.LEFT == ours:
        return ["out"] if donor.national_state in STANDS_THERE else []
    if donor.national_state == NationalState.LEFT:
        return ["state"]
    alike = ours in _IN_STOCK if theirs == TheirState.THERE else theirs == ours
    return [] if alike else ["state"]


def _indexes(number: str) -> list[str]:
    """Return what a document's number may be indexed as; their sheet does not say its kind."""
    found: list[str] = []
    for kind in documents.KINDS:
        try:
            document = documents.check(kind, number, fifteen=True)
        except documents.DocumentProblem:
            continue
        found += vault.index.document(document.kind, document.number).each
    return found
