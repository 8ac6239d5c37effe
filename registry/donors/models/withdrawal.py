"""The receipt of a withdrawal: what stopped, when, and what is still to come."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.moves.stops import Stop
from foundation.trail.models import ActedBy
from registry.donors import reasons
from registry.donors.states import DonorState


class Word(models.TextChoices):
    """How the donor's own word reached us."""

    STAFF_TWO_FACTS = "STAFF_TWO_FACTS", _("Told us, two facts checked")
    LINK = "LINK", _("By their own signed link")
    CONSENT = "CONSENT", _("By withdrawing a consent")
    LEDGER = "LEDGER", _("Applied again after a restore")
    RECORDS = "RECORDS", _("Stood in the records before")
    MERGE = "MERGE", _("They had withdrawn under another record")


class Withdrawal(ActedBy):
    """One withdrawal of one donor. It is kept when a mistake is undone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    donor = models.ForeignKey("registry.Donor", models.PROTECT, related_name="withdrawals")
    at = models.DateTimeField()
    word = models.CharField(max_length=16, choices=Word)
    facts = models.JSONField(default=list, blank=True)  # codes of what was checked, never values
    reason = models.CharField(max_length=24, choices=reasons.Reason, default=reasons.Reason.PR_NOT_STATED)
    from_state = models.CharField(max_length=12, choices=DonorState)
    destroy_now = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)  # undone as a mistake, or the person rejoined

    settling: Sequence[Stop] = ()  # what is still under way when the receipt is made; no column

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="donors_one_withdrawal_in_force",
                fields=["donor"],
                condition=Q(ended_at__isnull=True),
            ),
        ]
        indexes = [models.Index(name="donors_withdrawals", fields=["donor", "-id"])]

    def __str__(self) -> str:
        return str(self.pk)


class WithdrawalLine(models.Model):
    """One thing that stopped, or that failed to and is tried again every minute."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    withdrawal = models.ForeignKey(Withdrawal, models.CASCADE, related_name="lines")
    order = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=160)  # a code of the room that stopped it
    count = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()  # when it stopped, or is to stop
    ok = models.BooleanField()
    remains = models.CharField(max_length=80, blank=True)  # a code of what is still to come
    due = models.ForeignKey("foundation.StopDue", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="donors_receipt_line_has_its_place", fields=["withdrawal", "order"]),
        ]

    def __str__(self) -> str:
        return f"{self.withdrawal_id}:{self.order}"
