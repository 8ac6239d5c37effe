"""Which own forms wait at a drive, and which one a scan or a typed number means."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from foundation import vault
from foundation.pages import masks
from foundation.vault import normal
from registry.drives.answers import Answers
from registry.drives.models import Draft, Drive
from registry.drives.states import Step

_SHOWN: Final = 60  # on the board: a long queue; the number finds the others
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LARGEST: Final = 32_767  # of a number


@dataclass(frozen=True, slots=True)
class Waits:
    """An own form on the board: its number, since when, and a masked name."""

    draft: Draft
    minutes: int
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The own forms of a drive that nobody has seen yet."""

    shown: tuple[Waits, ...]
    more: bool

    @property
    def is_empty(self) -> bool:
        """Return whether nobody waits."""
        return not self.shown


def waiting(drive: Drive, *, at: datetime) -> Waiting:
    """Return the forms that were handed in and not seen yet, the longest waiting first."""
    handed_in = drive.drafts.filter(own_form=True, handed_in_at__isnull=False, seen_at=None, donor=None)
    drafts = list(handed_in.select_related("started_by").order_by("number")[: _SHOWN + 1])
    opened = vault.open(drafts[:_SHOWN], ["answers"])
    names = (_masked(row["answers"]) for row in opened)
    shown = (
        Waits(draft, _minutes(draft, at), name) for draft, name in zip(drafts[:_SHOWN], names, strict=True)
    )
    return Waiting(tuple(shown), more=len(drafts) > _SHOWN)


def found(drive: Drive, text: str) -> Draft | None:
    """Return the handed-in form that a scanned code or a typed number means, at this drive."""
    handed_in = drive.drafts.filter(own_form=True, handed_in_at__isnull=False)
    if code := _ID.search(text):
        return handed_in.filter(pk=UUID(code[0])).first()
    number = normal.number(text)
    if not number.isascii() or not number.isdecimal() or len(number) > len(str(_LARGEST)):
        return None
    return handed_in.filter(number=int(number)).first()


def _masked(answers: object) -> str:
    typed = Answers.read(answers).typed(Step.DOCUMENT) if isinstance(answers, str) else None
    name = ((typed or {}).get("name") or [""])[0]
    return masks.name(name) if name else ""


def _minutes(draft: Draft, at: datetime) -> int:
    since = draft.handed_in_at or at
    return max(0, int((at - since).total_seconds() // 60))
