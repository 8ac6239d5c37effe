"""Take the rows of a file of notices in: good ones open, the others come back with what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation import moves
from foundation.access import Scope
from foundation.trail import Actor
from registry.cases.actions.noticing import take_notice
from registry.cases.models import MatchCase
from registry.cases.notices import Line
from registry.cases.queries.opening import donor_meant
from registry.cases.states import CaseState


class Verdict(TextChoices):
    """What became of one row."""

    OPENED = "OPENED", gettext_lazy("Opened")
    WAITS = "WAITS", gettext_lazy("Waits behind another match")
    ASKED = "ASKED", gettext_lazy("The medical reviewer is asked")
    STANDS = "STANDS", gettext_lazy("Was there already")
    NOT_OURS = "NOT_OURS", gettext_lazy("Not ours")
    REFUSED = "REFUSED", gettext_lazy("To be mended")


TO_MEND = frozenset({Verdict.NOT_OURS, Verdict.REFUSED})
KINDS = {
    Verdict.OPENED: "good",
    Verdict.WAITS: "wait",
    Verdict.ASKED: "wait",
    Verdict.STANDS: "none",
    Verdict.NOT_OURS: "due",
    Verdict.REFUSED: "bad",
}


@dataclass(frozen=True, slots=True, repr=False)
class Taken:
    """One row, its cells in the order of ``notices.HEADERS``, and what became of it."""

    number: int
    cells: tuple[str, ...]
    verdict: Verdict
    sentences: tuple[str, ...] = ()
    case: str = ""  # the id of the match

    @property
    def kind(self) -> str:
        """How its tag looks."""
        return KINDS[self.verdict]

    @property
    def to_mend(self) -> bool:
        """Whether it comes back."""
        return self.verdict in TO_MEND

    def to_json(self) -> list[Any]:
        """Return it as it is kept."""
        return [self.number, self.cells, self.verdict, self.sentences, self.case]

    @classmethod
    def from_json(cls, said: Sequence[Any]) -> Taken:
        """Return it as it was kept."""
        number, cells, verdict, sentences, case = said
        return cls(number, tuple(cells), Verdict(verdict), tuple(sentences), case)


def not_ours() -> str:
    """Return what is said of a number that no donor of one's branches has, wherever else it may be known."""
    return _("No donor of your branches has this number. Is it typed right? Otherwise send the notice on.")


def take(
    lines: Sequence[Line],
    *,
    scope: Scope,
    by: Actor,
    at: datetime,
    progress: Callable[[int, int], object] = lambda _done, _total: None,
) -> list[Taken]:
    """
    Take rows in, each in a transaction of its own: what is wrong with one holds no other back.

    The same rows again change nothing; at the same moment they are told the same.
    """
    taken = []
    for line in lines:
        taken.append(_take(line, scope=scope, by=by, at=at))
        progress(len(taken), len(lines))
    return taken


def _take(line: Line, *, scope: Scope, by: Actor, at: datetime) -> Taken:
    if line.notice is None:
        return Taken(line.number, line.cells, Verdict.REFUSED, line.sentences)
    donor = donor_meant(line.donor, scope=scope)
    if donor is None:
        return Taken(line.number, line.cells, Verdict.NOT_OURS, (not_ours(),))
    try:
        made = take_notice(donor, patient_code=line.patient, notice=line.notice, by=by, at=at)
    except (moves.Refused, moves.NotAllowed) as refusal:
        sentences = tuple(str(sentence) for sentence in refusal.sentences)
        return Taken(line.number, line.cells, Verdict.REFUSED, sentences)
    if not isinstance(made, MatchCase):
        return Taken(line.number, line.cells, Verdict.ASKED)
    return Taken(line.number, line.cells, _verdict(made, at=at), case=str(made.pk))


def _verdict(made: MatchCase, *, at: datetime) -> Verdict:
    if made.opened_at != at:
        return Verdict.STANDS
    return Verdict.WAITS if made.state == CaseState.WAITING else Verdict.OPENED
