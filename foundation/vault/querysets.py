"""Reads of subjects by the reader's scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from django.db import models

if TYPE_CHECKING:
    from django.db.models import Q


class HasScope(Protocol):
    """What a scope offers to a query; it is defined on the floor above."""

    def q(self, *paths: str) -> Q:
        """Return the condition that one of the path columns lies in the scope."""


class SubjectQuerySet(models.QuerySet[Any]):
    """Subjects as a reader may see them."""

    def visible_to(self, scope: HasScope) -> SubjectQuerySet:
        """Return those whose branch lies in the scope."""
        return self.filter(scope.q("branch_path"))
