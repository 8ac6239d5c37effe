"""The donor's journey: where to be when, what it costs, who pays, and the letter for employer or school."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel


class Journey(SealedModel, ActedBy):
    """What a journey pack says of insurance and leave. One a case."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.OneToOneField("registry.MatchCase", models.PROTECT, related_name="journey")
    changed_at = models.DateTimeField()
    insurer = models.CharField(max_length=120, blank=True)
    insured_from = models.DateField(null=True, blank=True)
    insured_until = models.DateField(null=True, blank=True)
    leave_from = models.DateField(null=True, blank=True)
    leave_until = models.DateField(null=True, blank=True)
    letter_says_why = models.BooleanField(default=False)  # the donor wishes that it names the reason
    policy = SealedField(null=True)
    leave_for = SealedField(null=True)  # the employer or school that the letter is for
    words = SealedField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class Leg(SealedModel, ActedBy):
    """One entry of the itinerary, or one thing to do before a day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("registry.MatchCase", models.PROTECT, related_name="legs")
    at = models.DateTimeField()
    task = models.BooleanField(default=False)  # something to be done by then, else somewhere to be
    done_at = models.DateTimeField(null=True, blank=True)
    place = SealedField(null=True)
    words = SealedField(null=True)

    class Meta:
        indexes = [models.Index(name="cases_legs", fields=["case", "at"])]

    def __str__(self) -> str:
        return str(self.pk)


class ExpenseKind(models.TextChoices):
    """What money was spent on."""

    TRAVEL = "TRAVEL", _("Travel")
    STAY = "STAY", _("Accommodation")
    MEALS = "MEALS", _("Meals")
    LOST_PAY = "LOST_PAY", _("Lost pay")
    OTHER = "OTHER", _("Other")


class Expense(ActedBy):
    """Money a donor or their companion laid out, to be given back. Nobody is paid for donating."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("registry.MatchCase", models.PROTECT, related_name="expenses")
    on = models.DateField()
    kind = models.CharField(max_length=10, choices=ExpenseKind)
    amount_fen = models.PositiveIntegerField()  # hundredths of a yuan
    entered_at = models.DateTimeField()
    paid_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="cases_expense_is_money", condition=models.Q(amount_fen__gt=0)),
        ]
        indexes = [models.Index(name="cases_expenses", fields=["case", "on"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
