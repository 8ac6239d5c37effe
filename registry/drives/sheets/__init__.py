"""Paper lists of a drive: find the columns, read untidy rows, say row by row what is wrong."""

from registry.donors.columns import Column
from registry.drives.sheets.check import SheetRow, check, reader
from registry.drives.sheets.checking import Above, Checked, Judged, Reader
from registry.drives.sheets.codes import Code
from registry.drives.sheets.layout import Layout, LayoutProblem, find_header
from registry.drives.sheets.report import Report, in_words, sheet_to_mend

__all__ = [
    "Above",
    "Checked",
    "Code",
    "Column",
    "Judged",
    "Layout",
    "LayoutProblem",
    "Reader",
    "Report",
    "SheetRow",
    "check",
    "find_header",
    "in_words",
    "reader",
    "sheet_to_mend",
]
