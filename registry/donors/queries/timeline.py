"""The donor's timeline from the steps: what happened, when, by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from foundation.access import Branch, Role, Staff
from foundation.moves import Step
from foundation.trail import ActorKind
from registry.donors.queries.mending import Mended
from registry.donors.reasons import Reason, SampleReason

DID: Final[dict[str, str | Promise]] = {
    "register": _("Registered"),
    "take_over": _("Taken over from the records before"),
    "collect_sample": _("Sample taken"),
    "reject_sample": _("The sample could not be used"),
    "swap_tubes": _("Tubes exchanged"),
    "dispatch": _("Sample sent to the laboratory"),
    "record_typing": _("Typing received"),
    "dispute_typing": _("Typing in doubt"),
    "list": _("Listed"),
    "hold": _("Paused"),
    "change_hold": _("Pause changed"),
    "release": _("Pause ended"),
    "lose": _("Out of contact"),
    "recover": _("Found again"),
    "reserve": _("Kept for a patient"),
    "free": _("Let go from a match"),
    "donate": _("Donated"),
    "relist": _("Listed again"),
    "withdraw": _("Withdrew"),
    "rejoin": _("Came back"),
    "exclude": _("Excluded for medical reasons"),
    "age_out": _("Age limit reached"),
    "die": _("Died"),
    "transfer": _("Moved to another registry"),
    "mark_as_error": _("A mistake was undone"),
    "merge": _("Joined with another record of the same person"),
}
_REASONS: Final = {**dict(Reason.choices), **dict(SampleReason.choices)}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline."""

    words: str | Promise
    at: datetime
    reason: str | Promise
    who: str
    branch: str


def timeline(steps: Sequence[Step], mended: Sequence[Mended] = ()) -> list[Event]:
    """
    Return what happened as lines, the newest first, with names of staff and branches in two queries.

    :param mended: what was mended in the record, which is no step and changes no state.
    """
    lines: list[Step | Mended] = sorted([*steps, *mended], key=lambda line: line.at)
    staff = Staff.objects.in_bulk([UUID(s.by_id) for s in lines if s.by_kind == ActorKind.STAFF])
    branches = Branch.objects.in_bulk([UUID(s.by_branch) for s in lines if s.by_branch])
    return [
        Event(
            words=line.words if isinstance(line, Mended) else DID.get(line.move, line.move),
            at=line.at,
            reason="" if isinstance(line, Mended) else _reason(line),
            who=_who(line, staff),
            branch=str(branches.get(UUID(line.by_branch)) or "") if line.by_branch else "",
        )
        for line in reversed(lines)
    ]


def _reason(step: Step) -> str | Promise:
    if step.move == "mark_as_error":
        return DID.get(step.reason, step.reason)
    return _REASONS.get(step.reason, "")


def _who(step: Step | Mended, staff: dict[UUID, Staff]) -> str:
    if step.by_kind == ActorKind.STAFF:
        person = staff.get(UUID(step.by_id))
        role = Role(step.by_role).label if step.by_role in Role.values else ""
        return " · ".join(str(part) for part in (person, role) if part)
    if step.by_kind == ActorKind.SUBJECT:
        return _now("the person themself")
    return _now("the program")
