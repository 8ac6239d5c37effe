"""Paper lists of a drive: find the columns, read untidy rows, say row by row what is wrong."""

from registry.drives.sheets.check import Checker, SheetRow, check
from registry.drives.sheets.codes import Code
from registry.drives.sheets.layout import Column, Layout, LayoutProblem, find_header
from registry.drives.sheets.report import Report, in_words, sheet_to_mend

__all__ = [
    "Checker",
    "Code",
    "Column",
    "Layout",
    "LayoutProblem",
    "Report",
    "SheetRow",
    "check",
    "find_header",
    "in_words",
    "sheet_to_mend",
]
