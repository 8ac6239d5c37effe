"""Take a pile of scanned paper forms: told apart by the tube's barcode, and filed as evidence."""

from registry.drives.piles.dealing import begin_anew, discard, file_for, file_under, join
from registry.drives.piles.filing import Reach, reach_of
from registry.drives.piles.problems import NotFiled, PileProblem
from registry.drives.piles.uploads import KIND, counts, go_on, hand_in, job_of, purge, throw_away, work

__all__ = [
    "KIND",
    "NotFiled",
    "PileProblem",
    "Reach",
    "begin_anew",
    "counts",
    "discard",
    "file_for",
    "file_under",
    "go_on",
    "hand_in",
    "job_of",
    "join",
    "purge",
    "reach_of",
    "throw_away",
    "work",
]
