"""What the page of a case says of its history, of the donor's other matches, and of who is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation import vault
from foundation.access import Scope
from foundation.approvals import Approval
from foundation.desk.naming import Names
from foundation.moves import Step
from registry.cases import confirming
from registry.cases.guards import CONDITIONING
from registry.cases.models import CaseNote, MatchCase
from registry.cases.models.case import POSTPONE_REASONS
from registry.cases.outcomes import CHOICES
from registry.cases.states import CaseState

DID: Final[dict[str, str | Promise]] = {
    "open": _("Notice received"),
    "wait": _("Notice received; it waits behind another match"),
    "come_up": _("Its turn came"),
    "contact": _("Reaching the donor"),
    "remobilise": _("Told of the match"),
    "agree": _("Agreed to typing again"),
    "take_sample": _("Sample taken for typing again"),
    "send_to_lab": _("Sample sent to the laboratory"),
    "confirm_match": _("Match confirmed"),
    "ask_hospital": _("Put before the hospital"),
    "start_work_up": _("The hospital wants this donor: work-up begun"),
    "schedule": _("Dates fixed"),
    "condition": _("Conditioning began"),
    "mobilise": _("Donor admitted and prepared"),
    "collect": _("Collection begun"),
    "hand_over": _("Handed over to the courier"),
    "donate": _("Donation recorded"),
    "keep_donation": _("Donation recorded: the donor left while the cells were on their way"),
    "postpone": _("Match postponed"),
    "resume": _("Taken up again"),
    "close": _("Match closed"),
    "mark_as_error": _("A mistake was undone"),
}
_REASONS: Final = {**dict(CHOICES), **dict(POSTPONE_REASONS)}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history: a step, or a note; ``said`` are its words, opened, and masked by the page."""

    words: str | Promise
    at: datetime
    who: str
    reason: object = ""
    said: object = None


def history_of(case: MatchCase, steps: Sequence[Step], *, opened: bool) -> list[Line]:
    """Return what happened, the newest first; the words of notes only where the page was opened."""
    notes = list(case.history.order_by("at", "id"))
    names = Names.of([*(step.by_id for step in steps), *(note.by_id for note in notes)])
    said = [one["words"] for one in vault.open(notes, ["words"])] if opened else [None] * len(notes)
    lines = [
        Line(DID.get(step.move, step.move), step.at, names[step.by_id], _REASONS.get(step.reason, ""))
        for step in steps
    ]
    lines += [
        Line(note.get_about_display(), note.at, names[note.by_id], _facts_of(note), words or _sealed(note))
        for note, words in zip(notes, said, strict=True)
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _sealed(note: CaseNote) -> object:
    return True if note.words else None


def _facts_of(note: CaseNote) -> object:
    if note.before_on and note.after_on:
        return f"{note.before_on:%Y-%m-%d} → {note.after_on:%Y-%m-%d}"
    if note.after_on:
        return f"{note.after_on:%Y-%m-%d}"
    return _REASONS.get(note.code, "")


def others_of(case: MatchCase, *, scope: Scope) -> list[MatchCase]:
    """Return the donor's other matches that go on or wait, which the reader may see."""
    others = MatchCase.objects.open().visible_to(scope).filter(donor=case.donor_id).exclude(pk=case.pk)
    return list(others.select_related("patient").order_by("id"))


def second_person_asked(case: MatchCase, *, at: datetime) -> Approval | None:
    """Return the question to a second person that waits about this case, as the case stands now."""
    waiting = Approval.objects.waiting(at).about(case).filter(kind=CONDITIONING)
    return next((one for one in waiting if confirming.still_holds(one, case)), None)


def of_donor(donor_id: UUID, *, scope: Scope) -> list[MatchCase]:
    """Return all matches of a donor that the reader may see, the newest first."""
    found = MatchCase.objects.visible_to(scope).filter(donor=donor_id)
    return list(found.select_related("patient").order_by("-id"))


def waiting_behind(case: MatchCase) -> Q:
    """Return the condition for the matches of the same donor that wait for this one to end."""
    return Q(donor=case.donor_id, state=CaseState.WAITING) & ~Q(pk=case.pk)
