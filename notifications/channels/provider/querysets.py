"""Which signs one may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from foundation.access import Scope
    from notifications.channels.provider.models import ProviderSign  # noqa: F401


class SignQuerySet(models.QuerySet["ProviderSign"]):
    """Signs."""

    def visible_to(self, scope: Scope) -> SignQuerySet:
        """Keep those of the branches in a scope."""
        return self.filter(scope.q("branch_path"))
