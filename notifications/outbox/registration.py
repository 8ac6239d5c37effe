"""What the outbox asks of, and tells to, the rooms below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _

from consent import signals as of_consent
from foundation import approvals, vault
from foundation.access import Permission
from foundation.desk import belongings
from notifications.outbox import deciding, receivers, stopping
from notifications.outbox.models import Message
from notifications.plans import signals as of_plans
from registry import signals as of_registry
from registry.donors import words
from registry.families import signals as of_families


def register() -> None:
    """Register the second person's question, the words of a receipt, the person's rows and the receivers."""
    approvals.register(
        approvals.Kind(
            key=deciding.RESEND,
            label=_("Send a message again that may have arrived"),
            permission=Permission.CARE_APPROVE,
            on_yes=deciding.on_yes,
            describe=deciding.describe,
        )
    )
    words.register(
        {
            stopping.STOPPED: _("No message to you is on its way any more"),
            stopping.HANDED_OVER: _("One was already handed over at that moment, and may still reach you"),
        }
    )
    belongings.register({Message: "subject"})
    told: dict[Signal, Callable[..., Any]] = {
        of_registry.donor_withdrawn: receivers.donor_withdrawn,
        of_registry.donor_silenced: receivers.donor_silenced,
        of_registry.donor_merged: receivers.donor_merged,
        of_families.no_more: receivers.no_more,
        vault.died_reported: receivers.died_reported,
        vault.erased: receivers.erased,
        of_consent.withdrawn: receivers.consent_ended,
        of_consent.expired: receivers.consent_ended,
        of_plans.touchpoint_approved: receivers.touchpoint_approved,
        of_plans.touchpoint_released_to: receivers.touchpoint_released_to,
        of_plans.touchpoint_held: receivers.touchpoint_held,
        of_plans.plan_moved: receivers.plan_moved,
        of_plans.touchpoint_ended: receivers.touchpoint_ended,
    }
    for signal, receiver in told.items():
        signal.connect(receiver, dispatch_uid=f"outbox.{receiver.__name__}")
