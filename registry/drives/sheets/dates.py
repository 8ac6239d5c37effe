"""Read dates as people write them in sheets: the year first, or not at all."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from typing import Final

from foundation.papers.sheets import Cell
from foundation.vault import normal

_FORMS: Final = (
    re.compile(
        r"(\d{4})[-/.\\、,](\d{1,2})[-/.\\、,](\d{1,2})[.。]?(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?"
    ),
    re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?"),
    re.compile(r"(\d{4}) (\d{1,2}) (\d{1,2})"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
_DAY_NOUGHT: Final = date(1899, 12, 30)  # of the spreadsheet's own count, past its leap day of 1900
_SERIALS: Final = range(7_000, 80_000)  # 1919 to 2119: shorter than any year-month-day
_EARLIEST: Final = date(1900, 1, 1)


class DateUnreadable(ValueError):
    """A cell holds no date that can be read in one way only."""


def read(cell: Cell) -> date | None:
    """
    Return the date in a cell, None if it is empty.

    A date that could be day-first is refused rather than guessed at.

    :raises DateUnreadable: if it is no date, or one that does not exist.
    """
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        raise DateUnreadable
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    return _of_number(cell) if isinstance(cell, int | float) else _of_text(cell)


def _of_number(number: float) -> date | None:
    if not math.isfinite(number):
        raise DateUnreadable
    if number == int(number) and len(str(int(number))) == len("20250305"):
        return _of_text(str(int(number)))
    if int(number) in _SERIALS:
        return _DAY_NOUGHT + timedelta(days=int(number))
    raise DateUnreadable


def _of_text(text: str) -> date | None:
    plain = re.sub(r"(?<=[-/.年月、,])\s+|\s+(?=[-/.年月日号、,])", "", normal.text(text).strip("'"))
    if not plain:
        return None
    for form in _FORMS:
        if match := form.fullmatch(plain):
            return _existing(*map(int, match.groups()[:3]))
    raise DateUnreadable


def _existing(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise DateUnreadable from None
    if found < _EARLIEST:
        raise DateUnreadable
    return found
