"""Read the trail for a person: which rows they may see, found by ids, days and verbs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone

from foundation.access import Branch, Role, RoleAt, Scope
from foundation.desk import belongings
from foundation.trail import ActorKind
from foundation.trail.models import TrailRow

LOOKS = (
    "viewed",
    "named",
    "opened",
    "revealed",
    "found",
    "exported",
    "printed",
    "disclosed",
    "downloaded",
    "listed_out",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the trail as a page shows it."""

    row: TrailRow
    at: datetime
    body: Mapping[str, Any]

    @property
    def role(self) -> str:
        """The role the actor was in."""
        code = str(self.body.get("by", {}).get("by_role", ""))
        return str(Role(code).label) if code in Role.values else code

    @property
    def kind(self) -> str:
        """What kind of doer it was."""
        code = str(self.body.get("by", {}).get("by_kind", ActorKind.STAFF))
        return str(ActorKind(code).label) if code in ActorKind.values else code

    @property
    def refused(self) -> bool:
        """Whether the act was refused."""
        return bool(self.body.get("facts", {}).get("refused"))

    @property
    def more(self) -> list[tuple[str, str]]:
        """What else the row says, as names and values."""
        parts = {name: self.body.get(name) for name in ("reason", "before", "after", "facts", "request")}
        return [(name, _text(value)) for name, value in parts.items() if value]


def visible_to(scope: Scope) -> QuerySet[TrailRow]:
    """
    Return the rows of the branches in a scope, and what their staff did at no branch.

    Whoever reads at the top of every tree reads everything.
    """
    if covers_everything(scope):
        return TrailRow.objects.all()
    branches = [str(pk) for pk in Branch.objects.visible_to(scope).values_list("pk", flat=True)]
    staff = RoleAt.objects.visible_to(scope).values_list("staff", flat=True).distinct()
    return TrailRow.objects.filter(Q(branch__in=branches) | Q(branch="", by_id__in=[str(pk) for pk in staff]))


def covers_everything(scope: Scope) -> bool:
    """Return whether a scope reaches every branch there is."""
    tops = Branch.objects.filter(parent__isnull=True).values_list("path", flat=True)
    return bool(scope.ranges) and all(scope.covers(path) for path in tops)


def narrowed(rows: QuerySet[TrailRow], asked: Mapping[str, Any]) -> QuerySet[TrailRow]:
    """Return the rows that fit what was asked: verb, actor, object, branch, from and until."""
    conditions = {
        "verb__startswith": asked.get("verb"),
        "by_id": asked.get("by"),
        "branch": asked.get("branch"),
        "pk__gte": first_id_of(asked["first"]) if asked.get("first") else None,
        "pk__lt": first_id_of(asked["last"] + timedelta(days=1)) if asked.get("last") else None,
    }
    rows = rows.filter(**{name: value for name, value in conditions.items() if value})
    return about(rows, asked["object"]) if asked.get("object") else rows


def about_the_person(rows: QuerySet[TrailRow], thing: str) -> QuerySet[TrailRow]:
    """Return the rows about a person and all that is theirs, by the id of any of it; else about the thing."""
    subject_id = belongings.person_of(thing)
    return about(rows, thing) if subject_id is None else rows.filter(object__in=belongings.of(subject_id))


def about(rows: QuerySet[TrailRow], thing: str) -> QuerySet[TrailRow]:
    """Return the rows about the thing with this id, whatever it is; or named in full, kind and id."""
    if ":" in thing:
        return rows.filter(object=thing)
    return rows.filter(object__in=[f"{model._meta.label_lower}:{thing}" for model in apps.get_models()])


def looks(rows: QuerySet[TrailRow]) -> QuerySet[TrailRow]:
    """Return the rows that say that somebody saw something."""
    found = Q(pk__in=[])
    for word in LOOKS:
        found |= Q(verb__endswith=f".{word}")
    return rows.filter(found)


def lines(rows: Iterable[TrailRow]) -> list[Line]:
    """Return rows as the page shows them."""
    return [Line(row, datetime.fromisoformat(row.at), json.loads(bytes(row.body))) for row in rows]


def first_id_of(day: date) -> UUID:
    """Return the smallest id that a row made on a day can have: ids begin with the moment."""
    start = datetime.combine(day, time(), tzinfo=timezone.get_current_timezone()).astimezone(UTC)
    return UUID(int=max(0, int(start.timestamp() * 1000)) << 80)


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_text(inner)}" for name, inner in value.items())
    return str(value)
