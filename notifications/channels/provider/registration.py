"""The door to signs and templates behind Administration."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from foundation.access import Permission
from foundation.desk import administration


def register() -> None:
    """Register the door."""
    administration.register(
        administration.Door(
            "provider",
            _("Short messages"),
            _("The sign of each branch, and which texts the provider has approved."),
            "provider:overview",
            frozenset({Permission.SETTINGS}),
            65,
            "phone",
        )
    )
