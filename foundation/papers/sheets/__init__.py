"""Read sheets that strangers hand in, within limits, and write sheets in which nothing runs."""

from foundation.papers.sheets.problems import SheetProblem
from foundation.papers.sheets.reading import Cell, Row, read
from foundation.papers.sheets.streaming import stream_xlsx
from foundation.papers.sheets.writing import write_csv, write_xlsx

__all__ = ["Cell", "Row", "SheetProblem", "read", "stream_xlsx", "write_csv", "write_xlsx"]
