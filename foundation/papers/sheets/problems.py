"""Why a file cannot be read as a sheet, as a sentence that says how to mend it."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

SENTENCES: Final = {
    "empty": _("The file is empty."),
    "not_a_sheet": _("The file is neither an Excel workbook (.xlsx) nor a table in text (.csv)."),
    "not_what_its_name_says": _(
        "The file's name ends in .xlsx, but it is no Excel workbook. Save it again as .xlsx."
    ),
    "old_excel": _("The file is in the old Excel format. Open it and save it as .xlsx."),
    "protected": _("The workbook is protected by a password. Take the password off and save it again."),
    "broken": _("The workbook is damaged. Open it, save it again as .xlsx, and try once more."),
    "refers_outside": _(
        "The workbook contains a document type declaration. Save it again with Excel or WPS."
    ),
    "too_many_rows": _(
        "The sheet has content below row 100,000. Divide it, or clear the cells below the list."
    ),
    "too_many_columns": _(
        "The sheet has content to the right of column 200. Clear the cells beside the list."
    ),
    "too_large": _("The workbook is larger than can be read here. Divide it, or save it as .csv."),
    "too_slow": _("The workbook took longer than 30 seconds to read. Divide it, or save it as .csv."),
    "encoding": _("The text is neither in UTF-8 nor in GB18030. Save it as “CSV UTF-8”."),
    "nul": _("The file contains binary data, so it is no table in text. Save it again as .csv or .xlsx."),
    "quoting": _(
        "A quotation mark is opened and not closed, or a cell is too long. Save the file again as .csv."
    ),
    "no_sheet": _("The workbook has no sheet with content."),
    "unreadable": _("The file cannot be opened."),
}


class SheetProblem(ValueError):
    """A file cannot be read as a sheet. ``code`` is one of ``SENTENCES``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentences(self) -> list[str]:
        """Say what is wrong and how to mend it."""
        return [str(SENTENCES[self.code])]
