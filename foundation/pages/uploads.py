"""Say which views take a file, and of what size: every other view is handed no large body at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.conf import settings

View = TypeVar("View", bound=Callable[..., Any])
MEBIBYTE: Final = 1 << 20
_MARK: Final = "largest_file_setting"


def takes_files(setting: str) -> Callable[[View], View]:
    """
    Let a view take files; stands below ``requires``.

    :param setting: name of the rule that says how large a file may be, in MB.
    """

    def decorate(view: View) -> View:
        setattr(view, _MARK, setting)
        return view

    return decorate


def largest_file_mb(view: object) -> int:
    """Return the size of the largest file a view takes, 0 for one that takes none. Unit: MB."""
    setting = getattr(view, _MARK, "")
    return int(getattr(settings, setting)) if setting else 0


def largest_mb(view: object) -> int:
    """Return how much a view takes, as a sentence says it: a file, or without files a form. Unit: MB."""
    return largest_file_mb(view) or int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE) // MEBIBYTE


def largest_body(view: object) -> int:
    """
    Return how large a body a view may be sent. Unit: bytes.

    Its files, and a form beside them. Never so much that a file would wait on disk in clear.
    """
    with_files = largest_file_mb(view) * MEBIBYTE + settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return min(with_files, settings.FILE_UPLOAD_MAX_MEMORY_SIZE)
