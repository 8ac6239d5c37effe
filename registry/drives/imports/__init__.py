"""Bring the paper list of a drive in: judge, seal, and insert the good rows in one transaction."""

from registry.drives.imports.importing import Imported, TooManyRows, import_rows
from registry.drives.imports.uploads import (
    KIND,
    asked_of,
    explain,
    go_on,
    hand_in,
    job_of,
    mend_sheet,
    throw_away,
    work,
)

__all__ = [
    "KIND",
    "Imported",
    "TooManyRows",
    "asked_of",
    "explain",
    "go_on",
    "hand_in",
    "import_rows",
    "job_of",
    "mend_sheet",
    "throw_away",
    "work",
]
