"""Draw the pages of a scan that may be anything at all, in ``child``: a process with limits."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from django.conf import settings

from foundation.papers.kept import MEBIBYTE
from registry.drives.piles.prints import Prints
from registry.drives.piles.problems import SENTENCES, PileProblem

_CHILD: Final = Path(__file__).with_name("child.py")
_HEAD: Final = 1024
_PICTURES: Final = (b"II*\0", b"MM\0*", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One page as it was drawn; without a picture it could not be, or is blank."""

    number: int
    picture: bytes | None = field(default=None, repr=False)
    codes: tuple[str, ...] = ()
    mark: str = ""
    blank: bool = False
    sketch: bytes = field(default=b"", repr=False)


def check(content: bytes) -> None:
    """
    Let a file pass that may be a scan, by its first bytes and its size, whatever its name says.

    :raises PileProblem: otherwise, or on a machine that cannot hold a file in memory alone.
    """
    if not hasattr(os, "memfd_create"):
        raise PileProblem("not_here")
    if not content:
        raise PileProblem("empty")
    if len(content) > settings.PILE_LARGEST_MB * MEBIBYTE:
        raise PileProblem("too_big")
    if not content.startswith(_PICTURES) and b"%PDF-" not in content[:_HEAD]:
        raise PileProblem("not_a_scan")


class Scan:
    """
    A scan under the child's hands. It lies in memory only: no disk ever has it in clear.

    Each page without a barcode gets a long look, until the backs of the forms are known by their looks.

    >>> with Scan(content) as scan:
    ...     for page in scan.pages(1, scan.count()): ...
    """

    def __init__(self, content: bytes) -> None:
        """Lay the file where children can read it, a piece each."""
        self._prints = Prints(settings.PILE_BACKS_LIKENESS)
        self._file = os.memfd_create("scan")
        with open(self._file, "wb", closefd=False) as file:
            file.write(content)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)

    def count(self) -> int:
        """
        Return how many pages it has.

        :raises PileProblem: with a sentence, if it cannot be read within the limits.
        """
        lines, ended = self._ask("LOOK")
        if not lines:
            raise PileProblem(ended or "broken")
        return int(lines[0][0]["pages"])

    def pages(self, first: int, count: int) -> Iterator[Drawn]:
        """
        Yield some pages, a piece each process. A page that takes its process down comes without a picture.

        :raises PileProblem: if several pages do.
        """
        missed, number, end, piece = 0, first, first + count, settings.PILE_PIECE
        while number < end:
            asked, short = min(piece, end - number), self._prints.knows_backs
            lines, ended = self._ask(str(number), str(asked), "SHORT" if short else "LONG")
            for said, picture in lines:
                page = _drawn(said, picture)
                yield self._looked_at(page, again=short)
                number = page.number + 1
            piece = 1 if ended else settings.PILE_PIECE  # the next one has all the time for itself
            if ended and asked == 1 and not lines:
                missed += 1
                if missed > settings.PILE_MISSED_MOST:
                    raise PileProblem("unreadable")
                yield Drawn(number)
                number, piece = number + 1, settings.PILE_PIECE

    def _looked_at(self, page: Drawn, *, again: bool) -> Drawn:
        """Return a page as a long look tells it, where it may yet have a barcode; keep what came of it."""
        if page.blank or not page.sketch:
            return page
        if again and not page.codes and not self._prints.is_back(page.sketch):
            lines, _ended = self._ask(str(page.number), "1", "LONG")
            page = _drawn(*lines[0]) if lines else page
        self._prints.note(page.sketch, has_labels=bool(page.codes))
        return page

    def _ask(self, *asked: str) -> tuple[list[tuple[dict[str, Any], bytes]], str]:
        """Return what a child said before it ended, and why it ended before its time."""
        limits = (settings.PILE_MEGABYTES_MOST, settings.PILE_SECONDS_MOST, settings.PILE_PAGES_MOST)
        os.lseek(self._file, 0, os.SEEK_SET)
        try:
            done = subprocess.run(  # noqa: S603 our own file, and numbers
                [sys.executable, "-I", str(_CHILD), *map(str, limits), *asked],
                stdin=self._file,
                capture_output=True,
                timeout=settings.PILE_SECONDS_MOST,
                check=False,
            )
            said, ended = done.stdout, "too_large" if done.returncode else ""
        except subprocess.TimeoutExpired as slow:
            said, ended = slow.stdout or b"", "too_slow"
        lines, problem = _parse(said)
        return lines, problem or ended


def _parse(said: bytes) -> tuple[list[tuple[dict[str, Any], bytes]], str]:
    """Return the whole pages of what a child said, and the problem it named."""
    lines: list[tuple[dict[str, Any], bytes]] = []
    stream = io.BytesIO(said)
    while (line := stream.readline()).endswith(b"\n"):
        head = json.loads(line)
        if "problem" in head:
            return lines, head["problem"] if head["problem"] in SENTENCES else "broken"
        size = head.get("size", 0)
        picture = stream.read(size)
        if len(picture) < size:
            break
        lines.append((head, picture))
    return lines, ""


def _drawn(said: dict[str, Any], picture: bytes) -> Drawn:
    return Drawn(
        int(said["page"]),
        picture or None,
        tuple(said["codes"]),
        said["mark"],
        said["blank"],
        bytes.fromhex(said["sketch"]),
    )
