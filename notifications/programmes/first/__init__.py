"""The programmes that come with the program, one file each; drafts, to be approved by counsel."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings

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
        steps = tuple(_in_numbers(step) for step in said.pop("steps"))
        yield FirstProgramme(path.stem, said, steps)


def _in_numbers(step: dict[str, Any]) -> dict[str, Any]:
    """Return a step with its minutes: the file names the rule of the house that has their number."""
    return {**step, "minutes": getattr(settings, step["minutes"])} if "minutes" in step else step
