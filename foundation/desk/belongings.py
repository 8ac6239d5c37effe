"""What belongs to a person besides their record: the rooms above say it, the report of looks asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from foundation.trail.recording import object_name
from foundation.vault import Subject

_paths: dict[type[Model], str] = {Subject: "pk"}


def register(paths: Mapping[type[Model], str]) -> None:
    """
    Count the rows of models as belonging to a person.

    :param paths: for each model, by which columns a row leads to its subject, as ``donor__subject``.
    """
    _paths.update(paths)


def models() -> set[type[Model]]:
    """Return the models whose rows belong to somebody."""
    return set(_paths)


def person_of(thing: str) -> UUID | None:
    """
    Return the subject that a thing belongs to, None where it is nobody's; in one query.

    :param thing: an id; or kind and id, as the trail names things.
    """
    kind, _, text = thing.rpartition(":")
    try:
        pk = UUID(text)
    except ValueError:
        return None
    asked = {m: path for m, path in _paths.items() if kind in {"", m._meta.label_lower}}
    found: list[Any] = [QuerySet(m).filter(pk=pk).values_list(path, flat=True) for m, path in asked.items()]
    either = found[0].union(*found[1:]) if found else ()
    return next((subject for subject in either if subject is not None), None)


def of(subject_id: UUID) -> list[str]:
    """Return everything that belongs to a person, as the trail names it."""
    return [
        object_name((model._meta.label_lower, str(pk)))
        for model, path in _paths.items()
        for pk in QuerySet(model).filter(**{path: subject_id}).values_list("pk", flat=True)
    ]
