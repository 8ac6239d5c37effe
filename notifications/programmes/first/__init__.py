"""The programmes that come with the program, one file each; drafts, to be approved by counsel."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class FirstProgramme:
    """A programme as its file says it: what it is, and its steps in order."""

    key: str
    said: dict[str, Any]
    steps: tuple[dict[str, Any], ...]


def read() -> Iterator[FirstProgramme]:
    """Read every programme that comes with the program."""
    for path in sorted(FOLDER.glob("*.toml")):
        said = tomllib.loads(path.read_text("utf-8"))
        steps = tuple(said.pop("steps"))
        yield FirstProgramme(path.stem, said, steps)
