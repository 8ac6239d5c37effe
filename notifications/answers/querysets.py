"""Which answers one may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from foundation.access import Scope
    from notifications.answers.models import Answer  # noqa: F401


class AnswerQuerySet(models.QuerySet["Answer"]):
    """Answers."""

    def visible_to(self, scope: Scope) -> Self:
        """Keep those of people of the branches in a scope; the desk is asked besides."""
        return self.filter(scope.q("branch_path"))

    def open(self) -> Self:
        """Keep those that nobody has read yet."""
        return self.filter(state="OPEN")
