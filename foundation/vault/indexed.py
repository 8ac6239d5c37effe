"""Which rows have blind indexes, who can make them anew, and which wait for a step of a change of the key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, Q

from foundation.vault.indexes import NEXT, Blind, columns_of

Rows = models.QuerySet[Any]
Waits = Callable[[type[models.Model]], Q]  # the condition that a row waits for a step


@dataclass(frozen=True, slots=True)
class Indexed:
    """
    Rows with blind indexes, and how the room that knows their words makes these anew.

    ``remake`` takes rows and returns for each, in order, its indexes by column; None where
    the words do not open.
    """

    rows: Callable[[], Rows]
    remake: Callable[[Sequence[Any]], Sequence[Mapping[str, Blind] | None]]


_registered: list[Indexed] = []


def register(indexed: Indexed) -> None:
    """Let a room answer for the blind indexes of its rows."""
    _registered.append(indexed)


def registered() -> list[Indexed]:
    """Return what rooms answer for."""
    return list(_registered)


def tables() -> list[type[models.Model]]:
    """Return every model with blind indexes, whether a room answers for it or not."""
    return [model for model in apps.get_models() if columns_of(model)]


def rows_of(model: type[models.Model]) -> Rows:
    """Return all rows of a model."""
    return models.QuerySet(model)


def waiting(step: Waits) -> dict[str, int]:
    """Return how many rows wait for a step, by table; tables without any are left out."""
    counts = {model._meta.db_table: rows_of(model).filter(step(model)).count() for model in tables()}
    return {table: count for table, count in counts.items() if count}


def anything_waits(step: Waits) -> bool:
    """Return whether a row waits for a step."""
    return any(rows_of(model).filter(step(model)).exists() for model in tables())


def is_not_filled(model: type[models.Model]) -> Q:
    """Return the condition that a second column is empty beside a first that is not."""
    return _either(model, lambda c: Q(**{f"{c}__isnull": False, f"{c}{NEXT}__isnull": True}))


def is_not_turned(model: type[models.Model]) -> Q:
    """Return the condition that a second column holds what the first does not yet."""
    return _either(model, lambda c: Q(**{f"{c}{NEXT}__isnull": False}) & ~Q(**{c: F(c + NEXT)}))


def is_not_empty(model: type[models.Model]) -> Q:
    """Return the condition that a second column holds something."""
    return _either(model, lambda c: Q(**{f"{c}{NEXT}__isnull": False}))


def _either(model: type[models.Model], condition: Callable[[str], Q]) -> Q:
    return reduce(or_, (condition(column) for column in columns_of(model)))
