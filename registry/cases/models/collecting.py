"""What happened when cells were collected and handed over, and what a donor felt of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel


class CollectionDay(SealedModel, ActedBy):
    """One day of collection. ``by_*`` say who entered it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("registry.MatchCase", models.PROTECT, related_name="collection_days")
    on = models.DateField()
    volume_ml = models.DecimalField(max_digits=6, decimal_places=1)
    cd34_per_kg = models.DecimalField(
        max_digits=6, decimal_places=2, null=True, blank=True
    )  # 10⁶ a kg of patient
    entered_at = models.DateTimeField()
    words = SealedField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="cases_one_collection_a_day", fields=["case", "on"]),
            models.CheckConstraint(
                name="cases_collected_something",
                condition=Q(volume_ml__gt=0) & (Q(cd34_per_kg__isnull=True) | Q(cd34_per_kg__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.pk}"


class Phase(models.TextChoices):
    """When an adverse event happened."""

    MOBILISATION = "MOBILISATION", _("While the donor was prepared")
    COLLECTION = "COLLECTION", _("During or after collection")
    FOLLOW_UP = "FOLLOW_UP", _("In follow-up")


class AdverseEvent(SealedModel, ActedBy):
    """Something that did a donor harm, graded 1 to 5. Source: CTCAE grades, docs/sources.md#adverse-events"""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("registry.MatchCase", models.PROTECT, related_name="adverse_events")
    on = models.DateField()
    phase = models.CharField(max_length=12, choices=Phase)
    grade = models.PositiveSmallIntegerField()
    serious = models.BooleanField(default=False)  # reported upward
    entered_at = models.DateTimeField()
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_to = models.CharField(max_length=120, blank=True)  # an office, never a person
    reference = models.CharField(max_length=60, blank=True)
    words = SealedField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cases_grade_is_one_to_five", condition=Q(grade__gte=1, grade__lte=5)
            ),
            models.CheckConstraint(
                name="cases_reported_says_to_whom",
                condition=Q(reported_at__isnull=True, reported_to="")
                | Q(reported_at__isnull=False) & ~Q(reported_to=""),
            ),
        ]
        indexes = [models.Index(name="cases_adverse_events", fields=["case", "-on"])]

    def __str__(self) -> str:
        return f"{self.grade} {self.pk}"


class HandOver(SealedModel, ActedBy):
    """The cells leave: label checked by two people, a courier, a temperature. ``by_*`` checked first."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.OneToOneField("registry.MatchCase", models.PROTECT, related_name="handing_over")
    at = models.DateTimeField()
    second_id = models.CharField(max_length=64, blank=True)  # the login of who checked the label too
    second_at = models.DateTimeField(null=True, blank=True)
    bags = models.PositiveSmallIntegerField()
    temperature_c = models.DecimalField(max_digits=4, decimal_places=1)  # in the box when it left
    arrived_at = models.DateTimeField(null=True, blank=True)
    arrived_c = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    courier = SealedField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cases_label_checked_by_two",
                condition=Q(second_id="", second_at__isnull=True)
                | ~Q(second_id="") & ~Q(second_id=F("by_id")) & Q(second_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
