"""Roots kept outside the database: without them a cut or recomputed trail would look whole."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from foundation.trail.models import TrailBatch


class AnchorProblem(Exception):
    """The anchor cannot be written or read; the message says why."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What stands outside for one batch."""

    number: int
    last_position: int
    sealed_at: str
    root: str


def anchor() -> int:
    """
    Write the newest root outside, unless it is there, and return how many were written.

    :raises AnchorProblem: if the store cannot be written.
    """
    newest = TrailBatch.objects.order_by("-number").first()
    if newest is None:
        return 0
    known = last()
    if known and known.number >= newest.number:
        return 0
    line = Anchor(newest.number, newest.last_position, newest.sealed_at, newest.root)
    path = _path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            file.write(json.dumps(asdict(line)) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        message = f"The anchor of the trail could not be written: {fault.strerror}."
        raise AnchorProblem(message) from fault
    return 1


def anchors() -> Iterator[Anchor]:
    """
    Read what stands outside, the oldest first.

    :raises AnchorProblem: if a line is not one of ours.
    """
    path = _path()
    if not path.exists():
        return
    with path.open() as file:
        for number, text in enumerate(file, start=1):
            try:
                yield Anchor(**json.loads(text))
            except (ValueError, TypeError) as fault:
                message = f"Line {number} of the anchor is not readable."
                raise AnchorProblem(message) from fault


def last() -> Anchor | None:
    """Return the newest anchor, or None."""
    newest = None
    for newest in anchors():  # noqa: B007 - the last one is wanted
        pass
    return newest


def _path() -> Path:
    kind, _, rest = str(settings.ANCHOR_URL).partition(":")
    if kind != "file":
        message = "ANCHOR_URL must begin with file:."
        raise AnchorProblem(message)
    return Path(rest.removeprefix("//"))
