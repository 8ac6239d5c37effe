"""What came of the records before: the report of a paper list, and how the lines came back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Self

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.drives import sheets
from registry.drives.sheets.codes import Code

# What is to be mended otherwise than in the paper list of a drive.
_SENTENCES: Final[Mapping[Code, Promise]] = {
    Code.ALREADY_REGISTERED: gettext_lazy(
        "This person is registered already, here or at another branch. Delete the row, "
        "so that nobody is entered twice."
    ),
    Code.PHONE_INVALID: gettext_lazy(
        "A telephone number is not valid. Correct it, or empty the cell: the person is taken over without it."
    ),
    Code.DATE_UNREADABLE: gettext_lazy(
        "A date is not readable or still to come, or 登记日期 and 入库日期 are both missing. "
        "Write it as year-month-day: 2025-03-05."
    ),
    Code.TYPING_UNREADABLE: gettext_lazy(
        "The typing is not written as one: A*02:01+A*11:01^B*46:01+B*40:01^DRB1*09:01+DRB1*15:01. "
        "What cannot be written so goes into the column 备注."
    ),
}


def sentence_of(code: Code) -> str:
    """Return what is wrong with a row and how to mend it, in the reader's language."""
    return str(_SENTENCES.get(code, code.label))


@dataclass(slots=True)
class RoundTrip:
    """How many lines went in, and which came back otherwise: numbers of rows and names of columns only."""

    lines: int = 0
    same: int = 0
    differing: dict[int, list[str]] = field(default_factory=dict)

    def add(self, row: int, columns: list[str]) -> None:
        """Count one line that was read back."""
        self.lines += 1
        if columns:
            self.differing[row] = columns
        else:
            self.same += 1

    def as_json(self) -> dict[str, Any]:
        """Return it as commands print it and jobs keep it."""
        differing = {str(row): columns for row, columns in sorted(self.differing.items())}
        return {"lines": self.lines, "same": self.same, "differing": differing}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> RoundTrip:
        """Read it back."""
        differing = {int(row): list(columns) for row, columns in kept["differing"].items()}
        return cls(kept["lines"], kept["same"], differing)

    @property
    def sentence(self) -> str:
        """How many lines come back the same, in the reader's language."""
        return _("%(same)s of %(lines)s lines come back the same.") % {"same": self.same, "lines": self.lines}


@dataclass
class Report(sheets.Report):
    """Numbers, codes and names of columns only: it may be kept, printed and sent."""

    round_trip: RoundTrip | None = None  # None where nothing went in

    def as_json(self) -> dict[str, Any]:
        """Return the report as commands print it and jobs keep it."""
        trip = self.round_trip.as_json() if self.round_trip else None
        return super().as_json() | {"round_trip": trip}

    def to_keep(self) -> dict[str, Any]:
        """Return the report as jobs keep it for the page: of a refused row every code."""
        trip = self.round_trip.as_json() if self.round_trip else None
        return super().to_keep() | {"round_trip": trip}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read a report back that a job kept."""
        found = sheets.Report.from_json(kept)
        trip = RoundTrip.from_json(kept["round_trip"]) if kept["round_trip"] else None
        return cls(**{one.name: getattr(found, one.name) for one in fields(found)}, round_trip=trip)

    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """Yield every refused row with what is wrong and how to mend it, in the reader's language."""
        for number, codes in sorted(self.rejected.items()):
            yield number, [sentence_of(code) for code in codes]
