"""One occasion of a year over all households: whom it reached, whom not, and why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import Count, Max, Min, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.access import Scope
from notifications import recipients
from notifications.care.queries.days import SHOWN, Line, lines_of, named
from notifications.care.queries.desk import of_families
from notifications.message_states import REACHED
from notifications.outbox import Message
from notifications.plans import sendings
from notifications.plans.models import Touchpoint
from notifications.plans.states import AHEAD
from notifications.plans.states import TouchpointState as State
from notifications.plans.whys import Why
from notifications.programmes.models import ProgrammeStep
from notifications.recipients import Recipient


class Outcome(models.TextChoices):
    """What became of an occasion for one household, what asks for a person first."""

    FAILED = "failed", _("Nobody was reached")
    UNKNOWN = "unknown", _("May have been sent")
    HELD = "held", _("Held")
    COMING = "coming", pgettext_lazy("occasion", "Still to come")
    LEFT_OUT = "left_out", _("Left out")
    REACHED = "reached", pgettext_lazy("occasion", "Reached")


KINDS: Final[dict[str, str]] = {  # the colour and shape of each
    Outcome.FAILED: "bad",
    Outcome.UNKNOWN: "bad",
    Outcome.HELD: "wait",
    Outcome.COMING: "due",
    Outcome.LEFT_OUT: "none",
    Outcome.REACHED: "good",
}
_SPOKEN: Final = frozenset({State.SENT, State.RESPONDED})  # to some of its people; others may be left
_OUTCOMES: Final[dict[str, Outcome]] = {
    **dict.fromkeys((*_SPOKEN, State.DONE), Outcome.REACHED),
    **dict.fromkeys((*AHEAD, State.APPROVED), Outcome.COMING),
    **dict.fromkeys((State.SKIPPED, State.CANCELLED), Outcome.LEFT_OUT),
    State.HELD: Outcome.HELD,
    State.UNKNOWN: Outcome.UNKNOWN,
    State.FAILED: Outcome.FAILED,
}
# It is no longer an occasion of this household here: nothing was left out.
_NOT_THEIRS: Final = (Why.NO_LONGER, Why.JOINED, Why.MOVED)


@dataclass(frozen=True, slots=True)
class Occasion:
    """One occasion of a year: its days, and how many households stand where."""

    key: str
    name: str
    first: date
    last: date
    counts: Mapping[Outcome, int]

    @property
    def households(self) -> int:
        """How many keep it."""
        return sum(self.counts.values())

    @property
    def tags(self) -> list[tuple[Outcome, int, str]]:
        """Where they stand: outcome, number and the kind of its tag; those without any left out."""
        return [(one, self.counts[one], KINDS[one]) for one in Outcome if self.counts.get(one)]


class _Row(NamedTuple):
    key: str
    state: str
    n: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Kept:
    """One household's occasion: where it stands, and for how many of its people it failed, by code."""

    line: Line
    outcome: Outcome
    whys: Sequence[tuple[str, int]] = field(default=())


def of_year(scope: Scope, year: int, *, language: str, key: str = "") -> list[Occasion]:
    """Return the occasions that households of a scope keep in a year, by their days; three queries."""
    found = _in_year(scope, year, key)
    rows = found.values("key", "state").annotate(n=Count("pk"), first=Min("on_date"), last=Max("on_date"))
    by_key: dict[str, list[_Row]] = {}
    for row in rows.order_by("key", "state").values_list("key", "state", "n", "first", "last"):
        by_key.setdefault(row[0], []).append(_Row(*row))
    names = _names(found, language)
    occasions = (_occasion(names[key], each) for key, each in by_key.items())
    return sorted(occasions, key=lambda one: (one.first, one.last, one.key))


def kept(scope: Scope, key: str, year: int, *, today: date, language: str) -> list[Kept]:
    """
    Return what became of one occasion of a year, what asks for a person first, then by day.

    At most ``SHOWN`` households.
    """
    found = list(_in_year(scope, year, key).order_by("on_date", "id")[:SHOWN])
    lines = lines_of(found, today=today, language=language)
    unreached = _unreached(found)
    all_of = [
        Kept(line, _OUTCOMES[line.touchpoint.state], _whys(line.touchpoint, unreached)) for line in lines
    ]
    order = list(Outcome)
    return sorted(all_of, key=lambda one: order.index(one.outcome))


def _in_year(scope: Scope, year: int, key: str) -> QuerySet[Touchpoint]:
    found = of_families(scope).filter(on_date__year=year)
    found = found.exclude(state=State.CANCELLED, why__in=_NOT_THEIRS)
    return found.filter(key=key) if key else found


def _names(found: QuerySet[Touchpoint], language: str) -> dict[str, str]:
    """Return what the newest step of each key is called."""
    kept_by = dict(found.order_by("key", "step").values_list("key", "step").distinct())
    steps = ProgrammeStep.objects.in_bulk(list(kept_by.values()))
    return {key: named(steps[step].names, language) for key, step in kept_by.items()}


def _occasion(name: str, rows: Sequence[_Row]) -> Occasion:
    counts: dict[Outcome, int] = {}
    for row in rows:
        outcome = _OUTCOMES[row.state]
        counts[outcome] = counts.get(outcome, 0) + row.n
    first, last = min(row.first for row in rows), max(row.last for row in rows)
    return Occasion(rows[0].key, name, first, last, counts)


def _whys(touchpoint: Touchpoint, unreached: Mapping[UUID, Mapping[str, int]]) -> list[tuple[str, int]]:
    """Return why people of it were not reached: codes, and for how many people; 0 is for all of them."""
    if touchpoint.state == State.HELD:
        return [(touchpoint.held_reason, 0)]
    if touchpoint.state in (State.SKIPPED, State.CANCELLED):
        return [(touchpoint.why, 0)]
    return sorted(unreached.get(touchpoint.pk, {}).items())


def _unreached(found: Iterable[Touchpoint]) -> dict[UUID, dict[str, int]]:
    """Return for how many people each touchpoint failed, by touchpoint and by the code of why."""
    spoken = [one for one in found if one.state in (*_SPOKEN, State.FAILED)]
    against = _against(spoken)
    asked = [one for one in spoken if against[one.pk]]
    had = sendings.reached_by(asked)  # of those alone: it looks for whose address is theirs too
    return {
        one.pk: Counter(code for who, code in against[one.pk].items() if who not in had.get(one.pk, {}))
        for one in asked
    }


def _against(spoken: Sequence[Touchpoint]) -> dict[UUID, dict[UUID, str]]:
    """Return what stood, or stands, against reaching people without a copy: by touchpoint and subject."""
    meant, whys, had = sendings.people_of_many(spoken), _last_whys(spoken), _had(spoken)
    left = {one.pk: [who for who in meant[one.pk] if (one.pk, who.subject.pk) not in had] for one in spoken}
    now = _now_against((sendings.way_of(one), who) for one in spoken for who in left[one.pk])
    found: dict[UUID, dict[UUID, str]] = {}
    for one in spoken:
        way = sendings.way_of(one)
        codes = (
            (pk, whys.get((one.pk, pk)) or now.get((way, pk)))
            for who in left[one.pk]
            if (pk := who.subject.pk)
        )
        found[one.pk] = {pk: code for pk, code in codes if code}
    return found


def _now_against(asked: Iterable[tuple[str, Recipient]]) -> dict[tuple[str, UUID], str]:
    """Return what stands against each way to each person now, in as many queries as there are ways."""
    by_way: dict[str, list[Recipient]] = {}
    for way, who in asked:
        by_way.setdefault(way, []).append(who)
    by_way.pop("", None)  # a step that no channel serves
    return {
        (way, pk): code
        for way, people in by_way.items()
        for pk, code in recipients.stand_against(people, way).items()
    }


def _last_whys(found: Sequence[Touchpoint]) -> dict[tuple[UUID, UUID], str]:
    """Return why the last message to each of its people did not reach them: by touchpoint and subject."""
    ended = Message.objects.filter(touchpoint__in=found).exclude(state__in=REACHED).exclude(why="")
    rows = ended.order_by("id").values_list("touchpoint", "subject", "why")
    return {(touchpoint, subject): why for touchpoint, subject, why in rows if touchpoint}


def _had(found: Sequence[Touchpoint]) -> set[tuple[UUID | None, UUID]]:
    """Return who has a copy of their own that reached them, or may have: touchpoint and subject."""
    rows = Message.objects.filter(touchpoint__in=found, state__in=REACHED)
    return set(rows.values_list("touchpoint", "subject"))
