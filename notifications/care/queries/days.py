"""The calendar by week, month and year: each day with its solar term and its households."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import ExtractMonth
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import calendar
from foundation.access import Scope
from notifications.care.queries.desk import names_of
from notifications.care.work import Work, kind_of, work_of
from notifications.outbox import Message, MessageState
from notifications.plans import joined, quiet, sendings, whys
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState
from notifications.programmes import reckoning
from registry.families.rites import BY_KEY

By = Literal["week", "month", "year"]
SHOWN: Final = 400  # touchpoints of one page; a branch has some tens a week
_OF_THE_MOON: Final = ((1, 1, "spring_festival"), (7, 15, "zhongyuan"), (9, 9, "chongyang"), (10, 1, "hanyi"))
IN_A_MONTH: Final = 3  # of one day of a month; the others stand in its week


@dataclass(frozen=True, slots=True)
class Line:
    """One touchpoint as the calendar shows it."""

    touchpoint: Touchpoint
    family: object  # its masked name
    what: str
    way: str
    work: str
    kind: str
    leaves_on: date | None = None  # where it is released, and leaves on another day than its own

    somebody_joined: bool = False  # since it was released, and it was not meant for them

    @property
    def is_early(self) -> bool:
        """Whether it lies before the hundredth day: it is released by itself, never with others."""
        return quiet.lies_before(self.touchpoint)

    @property
    def stands(self) -> str:
        """Where it stands: what a person is to do with it, why it is held, or its state."""
        touchpoint = self.touchpoint
        if touchpoint.state == TouchpointState.HELD:
            return _("Held: %(why)s") % {"why": whys.words(touchpoint.held_reason)}
        if self.leaves_on is not None:
            return _("Leaves on %(day)s") % {"day": self.leaves_on.isoformat()}
        word = Work(self.work) if self.work else TouchpointState(str(touchpoint.state))
        return str(word.label)


@dataclass(slots=True)
class Day:
    """One day and what lies on it."""

    date: date
    term: str = ""  # what day it is to many families
    lines: list[Line] = field(default_factory=list)
    most: int = SHOWN  # lines that are shown

    @property
    def first(self) -> list[Line]:
        """The lines that are shown."""
        return self.lines[: self.most]

    @property
    def others(self) -> int:
        """How many lines are not."""
        return max(0, len(self.lines) - self.most)


@dataclass(frozen=True, slots=True)
class Span:
    """The days a page shows, and how to go on from them."""

    by: By
    begins: date
    ends: date

    @property
    def earlier(self) -> date:
        """A day of the span before."""
        return self.begins - timedelta(days=1)

    @property
    def later(self) -> date:
        """A day of the span after."""
        return self.ends + timedelta(days=1)


def span_of(day: date, by: By) -> Span:
    """Return the week, month or year a day lies in; weeks begin on Monday."""
    if by == "year":
        return Span(by, date(day.year, 1, 1), date(day.year, 12, 31))
    if by == "month":
        last = months.monthrange(day.year, day.month)[1]
        return Span(by, day.replace(day=1), day.replace(day=last))
    begins = day - timedelta(days=day.weekday())
    return Span(by, begins, begins + timedelta(days=6))


def lines_of(found: Sequence[Touchpoint], *, today: date, language: str) -> list[Line]:
    """Return touchpoints of families as lines; the names are opened with all keys in one query."""
    names = names_of([one.plan.family.giver for one in found if one.plan.family])
    leaving = _leaving([one for one in found if one.state == TouchpointState.APPROVED])
    later = joined.in_any(found)
    return [
        Line(
            one,
            names.get(one.plan.family.giver_id, "") if one.plan.family else "",
            named(one.step.names, language),
            sendings.way_of(one),
            str(work_of(one, today=today) or ""),
            kind_of(one, today=today),
            leaving.get(one.pk),
            one.pk in later,
        )
        for one in found
    ]


def _leaving(released: Sequence[Touchpoint]) -> dict[UUID, date]:
    """Return on which day what is released leaves, where that is not its own: one query."""
    days = {one.pk: one.on_date for one in released}
    waiting = Message.objects.filter(touchpoint__in=list(days), state=MessageState.DUE) if days else ()
    found: dict[UUID, date] = {}
    for message in waiting:
        leaves = timezone.localdate(max(message.due_at, message.not_before or message.due_at))
        pk = message.touchpoint_id
        if pk is not None and leaves > days[pk]:
            found[pk] = min(leaves, found.get(pk, leaves))
    return found


def named(names: Mapping[str, str], language: str) -> str:
    """Return the name of a step in a language, else in Chinese."""
    return names.get(language) or names.get("zh-hans", "")


def days_of(span: Span, lines: Iterable[Line]) -> list[Day]:
    """Return the days of a span, each with its term and its lines."""
    days = [span.begins + timedelta(days=n) for n in range((span.ends - span.begins).days + 1)]
    terms = {day: words for year in {d.year for d in days} for day, words in _remembered_in(year)}
    most = IN_A_MONTH if span.by == "month" else SHOWN
    found = {day: Day(day, terms.get(day, ""), most=most) for day in days}
    for line in lines:
        found[line.touchpoint.on_date].lines.append(line)
    return list(found.values())


def _remembered_in(year: int) -> Iterator[tuple[date, str]]:
    """Return the days of a year on which many families remember, each with its name."""
    for month, day, rite in _OF_THE_MOON:
        yield reckoning.lunar_day(month, day, year), str(BY_KEY[rite].words)
    yield reckoning.solar_term(calendar.Term.QINGMING, year), str(BY_KEY["qingming"].words)
    yield reckoning.solar_term(calendar.Term.DONGZHI, year), _("Winter solstice (冬至)")


def year_of(scope: Scope, year: int) -> list[tuple[date, int, int]]:
    """Return the twelve months of a year: the first day, how many touchpoints, how many still to come."""
    of_year = (
        Touchpoint.objects.visible_to(scope)
        .filter(plan__family__isnull=False, on_date__year=year)
        .exclude(state=TouchpointState.CANCELLED)
    )
    by_month = of_year.annotate(month=ExtractMonth("on_date")).values("month").annotate(n=Count("pk"))
    all_of = dict(by_month.values_list("month", "n"))
    planned = dict(by_month.filter(state=TouchpointState.PLANNED).values_list("month", "n"))
    return [(date(year, m, 1), all_of.get(m, 0), planned.get(m, 0)) for m in range(1, 13)]
