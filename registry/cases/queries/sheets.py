"""The lists of this room as sheets: the same rows in the same words as on the page, names masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from registry.cases.followups import title_of
from registry.cases.models import FollowUp, MatchCase
from registry.cases.queries import contact
from registry.cases.queries.board import Board, Card
from registry.cases.querysets import MatchCaseQuerySet
from registry.donors import queries as donors

PIECE: Final = 200  # rows that are read at once


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    One list to be handed out.

    Which rows stand in it, and in which order, is settled once by ``gathered``. They are read piece by
    piece, and what has left the list by then is left out.
    """

    key: str
    header: Sequence[str]
    found: QuerySet[Any]
    cells: Callable[[Sequence[Any]], Iterable[Sequence[object]]]

    def gathered(self, *, most: int | None = None) -> list[UUID]:
        """Return which rows stand in it, in their order: at most so many of them."""
        return list(self.found.values_list("pk", flat=True)[:most])

    def rows(self, gathered: Sequence[UUID]) -> Iterator[list[str]]:
        """Yield the header and then each row that was gathered, as text."""
        yield list(self.header)
        for start in range(0, len(gathered), PIECE):
            ids = gathered[start : start + PIECE]
            known = {row.pk: row for row in self.found.filter(pk__in=ids)}
            for cells in self.cells([known[pk] for pk in ids if pk in known]):
                yield [_text(cell) for cell in cells]


def of_column(seen: Board, key: str, cases: MatchCaseQuerySet) -> Sheet:
    """Return a column of the board, as it is filtered. ``cases``: those in it whom the reader may take."""
    header = [
        *_case_and_donor(),
        _("Where it stands"),
        _("Clock"),
        _("Due on"),
        _("Missing"),
        pgettext("case", "Patient"),
        pgettext("case", "Owner"),
    ]

    def cells(rows: Sequence[MatchCase]) -> Iterator[list[object]]:
        return (_of_card(card) for card in seen.cards(rows))

    return Sheet(f"column.{key}", header, cases.select_related("donor__subject", "patient", "owner"), cells)


def of_ledger(cases: MatchCaseQuerySet) -> Sheet:
    """Return the cases that one number of the ledger counts."""
    header = [
        *_case_and_donor(),
        _("Where it stands"),
        pgettext("case", "Where it ended"),
        _("How it ended"),
        _("Opened"),
        _("Ended"),
    ]

    def cells(rows: Sequence[MatchCase]) -> Iterator[list[object]]:
        for case, name in zip(rows, _names(rows), strict=True):
            yield [
                case.short_number, name, case.get_state_display(), case.get_closed_from_display(),
                case.get_outcome_display(), case.opened_at, case.closed_at,
            ]  # fmt: skip

    return Sheet("ledger", header, cases.select_related("donor__subject").order_by("-id"), cells)


def of_follow_ups(asked: QuerySet[FollowUp]) -> Sheet:
    """Return whom to ask how they are."""
    header = [*_case_and_donor(), _("Which"), _("Due on"), _("Donated on")]

    def cells(rows: Sequence[FollowUp]) -> Iterator[list[object]]:
        for row, name in zip(rows, _names([row.case for row in rows]), strict=True):
            yield [row.case.short_number, name, title_of(row.key), row.due_on, row.case.donated_on]

    return Sheet("follow-ups", header, asked.select_related("case__donor").order_by("due_on", "id"), cells)


def of_contact(cases: MatchCaseQuerySet, *, today: date) -> Sheet:
    """Return the matches whose donor is to be reached; of the patient nothing."""
    header = [
        *_case_and_donor(),
        _("Where it stands"),
        _("First attempt by"),
        _("Tries"),
        pgettext("case", "Owner"),
    ]

    def cells(rows: Sequence[MatchCase]) -> Iterator[list[object]]:
        for line in contact.lines(rows, today=today):
            case = line.case
            stands = case.get_state_display()
            yield [case.short_number, line.name, stands, case.contact_due_on, line.tries, case.owner]

    return Sheet("contacting", header, contact.to_reach(cases).order_by("contact_due_on", "id"), cells)


def _case_and_donor() -> list[str]:
    return [pgettext("case", "Match"), _("Donor")]


def _names(cases: Sequence[MatchCase]) -> Sequence[object]:
    return donors.masked_names([case.donor for case in cases])


def _of_card(card: Card) -> list[object]:
    clocks = [clock for clock in (card.clock, card.run_out) if clock]
    said = [f"{clock.what}: {clock.words}" if clock.what else clock.words for clock in clocks]
    return [
        card.short,
        card.name,
        card.stands,
        " · ".join(said),
        clocks[0].on if clocks else None,
        card.missing or card.beside,
        card.case.patient.code,
        card.case.owner,
    ]


def _text(cell: object) -> str:
    """Return what a cell says: a moment is its day, nothing is empty."""
    if isinstance(cell, datetime):
        cell = timezone.localdate(cell)
    return "" if cell is None else str(cell)
