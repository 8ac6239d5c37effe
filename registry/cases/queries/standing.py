"""Where a match stands: the way walked and to walk, its clocks in words, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation import moves
from foundation.access import Permission
from foundation.moves import Rule
from foundation.moves.offers import transition_named
from foundation.trail import Actor
from registry.cases import ahead, clocks, mends
from registry.cases.models import DueWhat, MatchCase
from registry.cases.states import THE_WAY, CaseState

KINDS = {clocks.RED: "bad", clocks.AMBER: "due", clocks.GREEN: "none"}
BESIDE = frozenset({CaseState.POSTPONED, CaseState.CLOSED})


@dataclass(frozen=True, slots=True)
class Stage:
    """One station of the way."""

    words: str | Promise
    state: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a case in words and colour; ``kind`` is that of its tag."""

    what: str
    words: str
    colour: str
    kind: str
    on: date
    shifts: str = ""  # that the day may be another once a calendar is published


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next step, what is missing for it with where it is mended, and whether its button opens."""

    step: ahead.Step
    needs: list[mends.Need]
    missing: list[str]
    permissions: tuple[Permission, ...]

    @property
    def shut(self) -> bool:
        """Whether something is missing that the step's own page does not meet."""
        met = {str(sentence) for sentence in self.step.meets}
        return any(sentence not in met for sentence in self.missing)


def way(case: MatchCase, steps: Iterable[moves.Step]) -> list[Stage]:
    """Return the stations from notice to donation, and beside which of them a case pauses or ended."""
    reached = {step.to_state: step.at for step in steps}
    here = case.stands_at
    place = THE_WAY.index(CaseState(here)) if here in THE_WAY else -1
    passed = case.state in BESIDE or case.state == CaseState.DONATED
    stages = []
    for index, station in enumerate(THE_WAY):
        now = index == place and not passed
        state = "now" if now else "done" if index <= place else ""
        stages.append(Stage(station.label, state, _day(reached.get(station)) if index <= place else ""))
    if case.state in BESIDE or place < 0:
        stages.insert(place + 1, Stage(CaseState(case.state).label, "stop", _beside(case)))
    return stages


def _day(when: datetime | None) -> str:
    return f"{timezone.localtime(when):%Y-%m-%d}" if when else ""


def _beside(case: MatchCase) -> str:
    if case.state == CaseState.POSTPONED and case.postponed_until:
        return f"→ {case.postponed_until:%Y-%m-%d}"
    return _day(case.closed_at)


class Clocks:
    """Clocks in words; each date is counted once, however many cards show it."""

    def __init__(self, today: date) -> None:
        self.today = today
        self._words = {one.value: str(one.label) for one in DueWhat} | {DueWhat.RESERVATION: ""}
        self._left: dict[date, tuple[int, str]] = {}
        self._ends: dict[tuple[date, str, str], date] = {}

    def of(self, case: MatchCase) -> Clock | None:
        """Return the next date of a case as a clock, None where there is none."""
        if case.due_on is None:
            return None
        clock = self.until(case.due_on, self._words.get(case.due_what, ""))
        return self._shifting(clock, case) if case.due_what == DueWhat.RESERVATION else clock

    def reservation(self, case: MatchCase, what: str = "") -> Clock:
        """Return the clock of a reservation, and whether its end may shift."""
        return self._shifting(self.until(case.clock_ends_on, what), case)

    def _shifting(self, clock: Clock, case: MatchCase) -> Clock:
        """Return the clock of a reservation with what it says of a calendar to come."""
        years = clocks.years_to_come(case.requested_on, case.clock_ends_on)
        if not years or not self._is_counted(case):
            return clock
        said = _("may shift when the calendar of %(year)s is published") % {"year": years[0]}
        return replace(clock, shifts=said)

    def _is_counted(self, case: MatchCase) -> bool:
        """Return whether nobody chose the end of a reservation."""
        asked = (case.requested_on, case.source, case.request)
        if asked not in self._ends:
            self._ends[asked] = clocks.reservation_ends(asked[0], source=asked[1], request=asked[2])
        return self._ends[asked] == case.clock_ends_on

    def until(self, day: date, what: str = "") -> Clock:
        """Return the clock of a day."""
        if day not in self._left:
            self._left[day] = clocks.left(day, today=self.today), clocks.colour(day, today=self.today)
        left, colour = self._left[day]
        return Clock(what, in_words(left, over=day < self.today), colour, KINDS[colour], day)


def in_words(left: int, *, over: bool) -> str:
    """Return working days that are left, or over, in words."""
    if over:
        over_by = max(1, -left)
        return ngettext("%(n)s working day over", "%(n)s working days over", over_by) % {"n": over_by}
    if left == 0:
        return _("today")
    return ngettext("%(n)s working day left", "%(n)s working days left", left) % {"n": left}


def what_is_ahead(case: MatchCase, *, by: Actor, at: datetime) -> Ahead | None:
    """Return the next step of a case with its checklist; None where nothing follows by a person's hand."""
    step = ahead.NEXT.get(case.state)
    if step is None:
        return None
    asked = rule_of(case, step.move)
    missing = [str(sentence) for sentence in moves.missing(case, step.move, by=by, at=at) or []]
    planned = [guard.sentence for guard in asked.guards if not guard.when_given]
    tells_all = step.move != "resume"
    return Ahead(step, mends.needs(case, planned, missing, all_of_it=tells_all), missing, asked.permissions)


def rule_of(case: MatchCase, move: str) -> Rule:
    """Return who may make a move from where a case stands, and what it asks."""
    transition = transition_named(case, move)
    rule: Rule = transition.custom["rule"]  # type: ignore[union-attr]
    return rule
