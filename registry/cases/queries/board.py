"""What the board shows: five columns, bounded, the most urgent first; filters with their counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.access import Branch, Permission, Scope, Staff, StaffRequest
from foundation.approvals import Approval
from foundation.pages import keyset
from foundation.trail import Actor
from registry.cases import mends
from registry.cases.guards import CONDITIONING
from registry.cases.hospitals import NOT_WANTED, WANTED
from registry.cases.models import About, CaseNote, DueWhat, MatchCase
from registry.cases.queries import after, staff
from registry.cases.queries.lacks import Lacks
from registry.cases.queries.standing import Clock, Clocks
from registry.cases.querysets import MatchCaseQuerySet
from registry.cases.states import BOARD, OPEN, RED_ZONE, CaseState
from registry.donors import queries as donors

S = CaseState
SHOWN: Final = 15  # cards of a column; the rest stands in the column's own list
AFTER: Final = "after"
SHOWS: Final[dict[str, str | Promise]] = {  # which cases: in plain words
    "": _("All that go on"),
    "mine": _("Mine"),
    "today": _("Due today"),
    "overdue": _("Overdue"),
    "others": _("Waits for others"),
    "untried": _("First attempt overdue"),
    "ended": _("Postponement over"),
    "nobody": _("In nobody's hands"),
    "given": _("Waits, though the donor has given"),
    "take_over": _("To be taken over"),
}
# Until conditioning a reservation may run out; afterwards the donor's cells are the patient's life.
RESERVED: Final = tuple(state for state in OPEN if state not in {*RED_ZONE, S.HANDED_OVER})
_ALWAYS: Final = ("", "mine", "today", "overdue", "others")  # shown even where there is none


@dataclass(frozen=True, slots=True)
class Show:
    """One filter in words, with how many it keeps."""

    key: str
    words: str | Promise
    count: int


@dataclass(frozen=True, slots=True)
class Card:
    """One case on the board."""

    case: MatchCase
    short: str
    name: object
    stands: str  # its state in words
    clock: Clock | None
    run_out: Clock | None  # of its reservation, where another date stands before it
    missing: str
    beside: str | Promise  # what it waits for, where that is not a guard
    take_over: bool

    @property
    def colour(self) -> str:
        """Return the colour of the card's edge."""
        if self.case.state in RED_ZONE or self.run_out:
            return "red"
        return self.clock.colour if self.clock else ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its first cards, and how many there are."""

    key: str
    words: str | Promise
    cards: Sequence[Card]
    count: int
    count_words: str


def in_column(key: str) -> Q:
    """Return the condition for the cases of a column: a postponed one stands where it returns to."""
    states = BOARD[key][1]
    found = Q(state__in=states) | Q(state=S.POSTPONED, return_to__in=states)
    return found | Q(state=S.WAITING) if key == "contact" else found


def conditions(*, staff_id: UUID, today: date, at: datetime, decides: bool) -> dict[str, Q]:
    """Return the condition of each filter; what is to be taken over is asked for who may decide alone."""
    waits = Q(state=S.WAITING, due_on__isnull=False) | Q(state__in=[S.POSTPONED, S.HR_LAB])
    waits |= Q(state=S.TC_DECISION) & ~Q(Exists(_decisions().filter(case=OuterRef("pk"))))
    found = {
        "": Q(),
        "mine": Q(owner=staff_id) | Q(patient_officer=staff_id),
        "today": Q(due_on=today),
        "overdue": Q(due_on__lt=today) | run_out(today),
        "others": waits | Q(pk__in=second_person_asked(at=at)),
        "untried": Q(state=S.NOTIFIED, first_tried_at=None, contact_due_on__lt=today),
        "ended": Q(state=S.POSTPONED, postponed_until__lte=today),
        "nobody": Q(owner=None),
        "given": Q(state=S.WAITING, due_on=None),
    }
    return found | {"take_over": staff.to_take_over(on=today)} if decides else found


def run_out(today: date) -> Q:
    """Return the condition for reservations that have run out, whatever other date stands there."""
    return Q(clock_ends_on__lt=today, state__in=RESERVED, due_on__isnull=False)


def _decisions() -> QuerySet[CaseNote]:
    """Return what transplant hospitals said of whether they want a donor."""
    return CaseNote.objects.filter(about=About.MESSAGE, code__in=(WANTED, NOT_WANTED))


def second_person_asked(*, at: datetime) -> list[UUID]:
    """Return the cases about which a second person is asked; they are few."""
    waiting = Approval.objects.waiting(at).filter(kind=CONDITIONING)
    return [UUID(pk) for pk in waiting.values_list("object_id", flat=True)]


class Board:
    """
    The board as one reader has filtered it.

    Its number of queries is the same however many cases there are.
    """

    def __init__(self, request: StaffRequest, said: Mapping[str, str]) -> None:
        self.at = request.at
        self.today = timezone.localdate(request.at)
        self.by: Actor = request.actor
        self.cases = _filtered(MatchCase.objects.visible_to(request.scope), said)
        self._conditions = conditions(
            staff_id=request.staff.pk,
            today=self.today,
            at=self.at,
            decides=request.holds(Permission.CASE_DECIDE),
        )
        self.show: str = said.get("show", "") if said.get("show", "") in self._conditions else ""
        self._following = after.by_due(self.today)
        self._counts = self._counted()

    @property
    def shows(self) -> list[Show]:
        """Return the filters with their counts; those that keep nothing only where one looks for them."""
        all_of_them = [Show(key, SHOWS[key], self._counts[f"show_{key}"]) for key in self._conditions]
        return [one for one in all_of_them if one.count or one.key in _ALWAYS or one.key == self.show]

    def count(self, show: str) -> int:
        """Return how many cases a filter keeps."""
        return int(self._counts[f"show_{show}"])

    def columns(self) -> list[Column]:
        """Return the columns with their first cards, the most urgent on top."""
        ids = {key: list(self.of_column(key).values_list("pk", flat=True)[:SHOWN]) for key in BOARD}
        found = MatchCase.objects.select_related("donor__subject", "patient", "owner")
        rows = found.in_bulk([pk for several in ids.values() for pk in several])
        cards = {card.case.pk: card for card in self.cards(list(rows.values()))}
        given = keyset.count(self.of_column(AFTER))
        return [
            Column(
                key,
                words,
                [cards[pk] for pk in ids[key] if pk in cards],
                given.number if key == AFTER else self._counts[f"column_{key}"],
                given.words if key == AFTER else f"{self._counts[f'column_{key}']:,}",
            )
            for key, (words, _states) in BOARD.items()
        ]

    def of_column(self, key: str) -> MatchCaseQuerySet:
        """Return the cases of a column in their order: by the next date, those without one by age."""
        chosen = self._conditions[self.show]
        if key == AFTER and self.show in self._following:
            chosen |= Q(pk__in=self._following[self.show].values("case"))
        found = self.cases.filter(chosen, in_column(key))
        if key == AFTER:
            return found.order_by("-id")
        return found.filter(state__in=OPEN).order_by("due_on", "id")  # as the index of the open ones

    def cards(self, cases: Sequence[MatchCase]) -> list[Card]:
        """Return cases as cards: names, clocks and what is missing are read for all of them at once."""
        names = donors.masked_names([case.donor for case in cases])
        lacks, clocks = Lacks(cases), Clocks(self.today)
        left_behind = staff.without_the_right(cases, on=self.today)
        following = after.next_of(cases)
        decided = _decided(cases)
        briefly = mends.in_brief()
        words = {state.value: str(state.label) for state in S}  # once for all: labels are dear to look up
        return [
            Card(
                case=case,
                short=case.short_number,
                name=name,
                stands=words[case.state],
                clock=_clock(case, clocks, following),
                run_out=run_out_of(case, clocks),
                missing=briefly.get(first := lacks.first_of(case, by=self.by, at=self.at), first),
                beside=_beside(case, decided),
                take_over=case.pk in left_behind,
            )
            for case, name in zip(cases, names, strict=True)
        ]

    def _counted(self) -> dict[str, int]:
        """Count filters, and columns under the chosen one, in one look at the open cases."""
        chosen = self._conditions[self.show]
        asked = {f"show_{key}": Count("pk", filter=condition) for key, condition in self._conditions.items()}
        asked["show_"] = Count("pk")
        asked |= {
            f"column_{key}": Count("pk", filter=chosen & in_column(key)) for key in BOARD if key != AFTER
        }
        counted: dict[str, int] = self.cases.filter(state__in=OPEN).aggregate(**asked)
        for show, rows in self._following.items():
            counted[f"show_{show}"] += self.cases.filter(pk__in=rows.values("case")).count()
        return counted


def choices(request: StaffRequest) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the branches and officers of the open cases that the reader sees, to choose from."""
    seen = MatchCase.objects.open().visible_to(request.scope)
    found = set(seen.values_list("service_path", "owner", "patient_officer").distinct().order_by())
    branches = Branch.objects.filter(path__in={path for path, *_both in found}).order_by("path")
    officers = Staff.objects.filter(pk__in={one for _path, *both in found for one in both if one})
    return (
        [(str(branch.pk), branch.name) for branch in branches],
        sorted(((str(one.pk), str(one)) for one in officers), key=lambda one: one[1]),
    )


def _filtered(cases: MatchCaseQuerySet, said: Mapping[str, Any]) -> MatchCaseQuerySet:
    if said.get("branch"):
        branch = Branch.objects.filter(pk=said["branch"]).first()
        low_high = Scope.of([branch.path]) if branch else Scope()
        cases = cases.filter(low_high.q("service_path"))
    if said.get("officer") == "nobody":
        cases = cases.filter(owner=None)
    elif said.get("officer"):
        cases = cases.of_officer(UUID(said["officer"]))
    return cases.filter(source=said["source"]) if said.get("source") else cases


def _clock(case: MatchCase, clocks: Clocks, following: Mapping[UUID, date]) -> Clock | None:
    if case.pk in following:
        return clocks.until(following[case.pk], str(DueWhat.FOLLOW_UP.label))
    return clocks.of(case)


def run_out_of(case: MatchCase, clocks: Clocks) -> Clock | None:
    """Return the clock of a reservation that has run out behind another date, None elsewhere."""
    if case.state not in RESERVED or case.clock_ends_on >= clocks.today:
        return None
    if case.due_on is None or case.due_what == DueWhat.RESERVATION:
        return None  # it is the next date itself
    return clocks.reservation(case, str(DueWhat.RESERVATION.label))


def _decided(cases: Sequence[MatchCase]) -> set[UUID]:
    """Return those of some cases that stand at a decision which the hospital has written; one query."""
    asked = [case.pk for case in cases]  # all of them: the number of queries stays the same
    found = _decisions().filter(case__in=asked, case__state=S.TC_DECISION)
    return set(found.values_list("case", flat=True))


def _beside(case: MatchCase, decided: Collection[UUID]) -> str | Promise:
    """Return what a case waits for that is no guard of its next step."""
    if case.pk in decided:
        return _("The hospital has decided.")
    if case.state == S.TC_DECISION:
        return _("The transplant hospital has the word.")
    if case.state == S.WAITING and case.due_on is None:
        return _("The donor has given: ask the medical reviewer anew, or close it.")
    if case.state == S.WAITING:
        return _("It begins when the match before it ends.")
    return ""
