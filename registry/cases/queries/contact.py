"""What the pages of contact read: matches to reach, attempts, the family map, talks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count

from foundation import vault
from registry.cases.models import Attempt, FamilyView, MatchCase, Talk
from registry.cases.states import BOARD
from registry.donors import queries as donors
from registry.donors.models import Contact

if TYPE_CHECKING:
    from registry.cases.querysets import MatchCaseQuerySet

TO_REACH = BOARD["contact"][1]
SHOWN = 20


def to_reach(cases: MatchCaseQuerySet) -> MatchCaseQuerySet:
    """Return the matches whose donor is to be reached, with how often they were tried."""
    reaching = cases.filter(state__in=TO_REACH).select_related("donor__service_branch", "owner")
    return reaching.annotate(tries=Count("attempts"))


@dataclass(frozen=True, slots=True)
class ToReach:
    """One line of the list: masked name, when the first attempt is due, how often it was tried."""

    case: MatchCase
    name: object
    tries: int
    late: bool


def lines(cases: Sequence[MatchCase], *, today: date) -> list[ToReach]:
    """Return the lines of a page of matches to reach; names in one query."""
    names = donors.masked_names([case.donor for case in cases])
    return [
        ToReach(
            case,
            name,
            getattr(case, "tries", 0),
            late=case.first_tried_at is None and case.contact_due_on < today,
        )
        for case, name in zip(cases, names, strict=True)
    ]


def attempts_of(case: MatchCase) -> list[tuple[Attempt, object]]:
    """Return the attempts of a case with their words, the newest first."""
    made = list(case.attempts.order_by("-at", "-id")[:SHOWN])
    return [(one, plain["words"]) for one, plain in zip(made, vault.open(made, ["words"]), strict=True)]


@dataclass(frozen=True, slots=True)
class Relative:
    """One of the family map; name and words are opened, and masked by the page."""

    view: FamilyView
    name: object
    words: object


def family_of(case: MatchCase) -> list[Relative]:
    """Return the family map of a case: of each person the newest word, those whose word weighs first."""
    rows = list(case.family_views.filter(replaced_at=None).order_by("-weighs", "id"))
    opened = vault.open(rows, ["name", "words"])
    return [Relative(row, plain["name"], plain["words"]) for row, plain in zip(rows, opened, strict=True)]


def contacts_not_asked(case: MatchCase, family: Sequence[Relative]) -> list[tuple[Contact, object]]:
    """Return the donor's contacts of whom the family map says nothing yet."""
    known = {str(relative.name) for relative in family}
    return [(one.contact, one.name) for one in donors.contacts_of(case.donor) if str(one.name) not in known]


def talks_of(case: MatchCase) -> list[tuple[Talk, object]]:
    """Return the talks of a case with their words, the newest first."""
    talks = list(case.talks.select_related("peer").order_by("-id")[:SHOWN])
    return [(one, plain["words"]) for one, plain in zip(talks, vault.open(talks, ["words"]), strict=True)]
