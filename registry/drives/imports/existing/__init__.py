"""Take over the registry a branch already has: judged, sealed, inserted, and read back line by line."""

from registry.drives.imports.existing.report import Report, RoundTrip
from registry.drives.imports.existing.taking_over import TakenOver, import_existing
from registry.drives.imports.existing.uploads import (
    KIND,
    asked_of,
    explain,
    go_on,
    hand_in,
    job_of,
    mend_sheet,
    purge,
    sheet_to_mend,
    throw_away,
    work,
)

__all__ = [
    "KIND",
    "Report",
    "RoundTrip",
    "TakenOver",
    "asked_of",
    "explain",
    "go_on",
    "hand_in",
    "import_existing",
    "job_of",
    "mend_sheet",
    "purge",
    "sheet_to_mend",
    "throw_away",
    "work",
]
