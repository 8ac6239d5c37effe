"""What plans show in, and ask of, the rooms below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _

from foundation import vault
from foundation.desk import belongings
from notifications.plans import receivers
from notifications.plans.models import Plan
from notifications.programmes import signals as of_programmes
from registry import signals as of_registry
from registry.donors import words
from registry.families import signals as of_families


def register() -> None:
    """Register the words of a receipt, the person's rows and the receivers."""
    words.register({receivers.STOPPED: _("What was planned for you was taken away")})
    belongings.register({Plan: "subject"})
    connected: dict[Signal, Callable[..., Any]] = {
        of_families.family_changed: receivers.family_changed,
        of_families.no_more: receivers.no_more,
        of_registry.donor_moved: receivers.donor_moved,
        of_registry.donor_withdrawn: receivers.donor_withdrawn,
        of_registry.donor_restored: receivers.donor_restored,
        of_registry.donor_merged: receivers.donor_merged,
        vault.died_reported: receivers.died_reported,
        vault.erased: receivers.erased,
        of_programmes.programme_published: receivers.programme_published,
    }
    for signal, receiver in connected.items():
        signal.connect(receiver, dispatch_uid=f"plans.{receiver.__name__}")
