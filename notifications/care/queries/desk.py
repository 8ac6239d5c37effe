"""What waits at the desk, how much of it, and what was not sent and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, QuerySet

from foundation.access import Scope
from notifications.care.work import Work, waiting, work_of
from notifications.outbox.models import Refusal
from notifications.plans.models import Touchpoint
from notifications.plans.states import LIVE_PLANS
from notifications.programmes.models import Audience, Programme
from notifications.programmes.states import ProgrammeState
from registry.families import queries as families
from registry.families.models import Family, Giver

NAMED: Final = 50  # occasions under one reason
COUNTED: Final = 2000  # waiting touchpoints that are counted one by one; a branch has some tens


def of_families(scope: Scope) -> QuerySet[Touchpoint]:
    """Return the touchpoints of households in a scope, with all a line shows."""
    seen = Touchpoint.objects.visible_to(scope).filter(plan__family__isnull=False)
    return seen.select_related("plan__family__giver", "plan__branch", "step")


def not_begun(family: Family, *, language: str) -> list[tuple[str, str]]:
    """Return the programmes for families that none of a household's plans keeps now: code and name."""
    if family.stopped_at is not None:
        return []
    running = family.plans.filter(state__in=LIVE_PLANS).values("programme_key")
    in_use = Programme.objects.filter(state=ProgrammeState.PUBLISHED, audience=Audience.FAMILY)
    others = in_use.exclude(key__in=running).order_by("key")
    return [(one.key, one.name_in(language)) for one in others]


def to_do(scope: Scope, work: str, *, today: date) -> list[Touchpoint]:
    """Return the touchpoints of a scope with which this is to be done now, the oldest day first."""
    found = of_families(scope).filter(waiting(today)).order_by("on_date", "id")[:COUNTED]
    return [one for one in found if work_of(one, today=today) == work]


def counts(scope: Scope, *, today: date) -> dict[str, int]:
    """Return how much of each work waits, those without any left out, in the order of the work."""
    found = of_families(scope).filter(waiting(today)).order_by("on_date", "id")[:COUNTED]
    counted = Counter(work_of(one, today=today) for one in found)
    return {work: counted[work] for work in Work if counted[work]}


def names_of(givers: Sequence[Giver]) -> dict[UUID, object]:
    """Return the masked names of those who gave, by their ids."""
    one_each = list({giver.pk: giver for giver in givers}.values())
    return dict(zip((g.pk for g in one_each), families.masked_names(one_each), strict=True))


def unsent_since(scope: Scope, since: datetime) -> list[tuple[str, str, int]]:
    """Return why messages were not sent since a moment: code, way and how many, the most first."""
    by_why = (
        _refused(scope, since).values("why", "message__channel").annotate(n=Count("message", distinct=True))
    )
    return list(by_why.order_by("-n", "why").values_list("why", "message__channel", "n"))


def uninvited_since(scope: Scope, since: datetime) -> dict[tuple[str, str], list[Family]]:
    """Return the households to whom words about an event were not sent, as ``refused_since`` does."""
    found = _refused(scope, since).filter(message__touchpoint=None)
    cells = ("why", "message__channel", "message__subject__member__family")
    rows = found.order_by("-id").values_list(*cells)[:COUNTED]
    seen = Family.objects.visible_to(scope).select_related("giver").filter(pk__in={row[2] for row in rows})
    known = {one.pk: one for one in seen}
    by_why: dict[tuple[str, str], dict[UUID, Family]] = {}
    for why, way, pk in rows:
        if pk in known:
            by_why.setdefault((why, way), {})[pk] = known[pk]
    return {key: list(each.values())[:NAMED] for key, each in by_why.items()}


def refused_since(scope: Scope, since: datetime) -> dict[tuple[str, str], list[Touchpoint]]:
    """Return the occasions whose messages were not sent since a moment, by code and way, the newest first."""
    found = _refused(scope, since).filter(message__touchpoint__isnull=False)
    rows = found.order_by("-id").values_list("why", "message__channel", "message__touchpoint")[:COUNTED]
    ids = {row[2] for row in rows}
    known = {one.pk: one for one in of_families(scope).filter(pk__in=ids)}
    by_why: dict[tuple[str, str], dict[UUID, Touchpoint]] = {}
    for why, way, pk in rows:
        if pk in known:
            by_why.setdefault((why, way), {})[pk] = known[pk]
    return {key: list(each.values())[:NAMED] for key, each in by_why.items()}


def _refused(scope: Scope, since: datetime) -> QuerySet[Refusal]:
    return Refusal.objects.visible_to(scope).filter(at__gte=since, message__bereaved=True)
