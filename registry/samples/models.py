"""Tubes, and the boxes they travel in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.donors.reasons import SampleReason
from registry.samples.querysets import BatchQuerySet, SampleQuerySet
from registry.samples.states import BatchState, BatchWay, SampleKind, SampleState, SampleWay

_WITH_A_BOX = [SampleState.BATCHED, SampleState.SENT, SampleState.RECEIVED]


class Batch(BatchWay, SealedModel, ActedBy):
    """
    A box of tubes for one laboratory. ``by_*`` say who opened it.

    The manifest is frozen when the box is sealed: barcodes only, sealed under the
    box's own key, with the SHA-256 of its bytes beside it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=20, unique=True)
    from_branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    from_path = models.CharField(max_length=32)
    laboratory = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    laboratory_path = models.CharField(max_length=32)
    opened_at = models.DateTimeField()
    manifest = SealedField(null=True)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    tubes = models.PositiveSmallIntegerField(default=0)  # as sealed; 0 while the box is open
    sealed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(name="batch_of_laboratory", fields=["laboratory_path", "state", "-id"]),
            models.Index(name="batch_of_sender", fields=["from_path", "state", "-id"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="batch_open_has_no_manifest",
                condition=Q(state=BatchState.OPEN, sealed_at__isnull=True, manifest_sha256="", tubes=0)
                | (
                    ~Q(state=BatchState.OPEN)
                    & Q(sealed_at__isnull=False, manifest__isnull=False, tubes__gt=0)
                    & ~Q(manifest_sha256="")
                ),
            ),
            models.CheckConstraint(
                name="batch_sent_says_when",
                condition=Q(state__in=[BatchState.OPEN, BatchState.SEALED], sent_at__isnull=True)
                | Q(state__in=[BatchState.SENT, BatchState.RECEIVED], sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="batch_received_says_when",
                condition=Q(state=BatchState.RECEIVED, received_at__isnull=False)
                | (~Q(state=BatchState.RECEIVED) & Q(received_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """The sender's and the laboratory's place in the tree."""
        return (self.from_path, self.laboratory_path)


class Sample(SampleWay, ActedBy):
    """
    One tube of one donor. ``by_*`` say who recorded it.

    Its barcode stays when the person is erased, so that importing an old sheet again
    cannot revive anybody.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    barcode = models.CharField(max_length=20, unique=True)
    donor = models.ForeignKey("registry.Donor", models.PROTECT, related_name="samples")
    kind = models.CharField(max_length=8, choices=SampleKind)
    volume_ml = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # unknown where the tube came in with a sheet
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, blank=True, related_name="samples")
    arrived_at = models.DateTimeField(null=True, blank=True)  # scanned at the laboratory, whatever then
    reject_reason = models.CharField(max_length=16, choices=SampleReason, blank=True)
    return_to = models.CharField(max_length=24, choices=SampleState, blank=True)
    destroy_on = models.DateField(null=True, blank=True)
    destruction_called_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    objects = SampleQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(name="sample_of_donor", fields=["donor", "-id"]),
            models.Index(name="sample_of_batch", fields=["batch", "state"]),
            models.Index(name="sample_to_destroy", fields=["state", "destroy_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="sample_volume_is_of_blood",
                condition=Q(volume_ml__isnull=True)
                | Q(kind=SampleKind.BLOOD, volume_ml__gt=0, volume_ml__lte=50),
            ),
            models.CheckConstraint(
                name="sample_in_a_box_or_not",
                condition=Q(state=SampleState.TAKEN, batch__isnull=True)
                | Q(state__in=_WITH_A_BOX, batch__isnull=False)
                | ~Q(state__in=[SampleState.TAKEN, *_WITH_A_BOX]),
            ),
            models.CheckConstraint(
                name="sample_rejected_says_why",
                condition=~Q(state=SampleState.REJECTED) | ~Q(reject_reason=""),
            ),
            models.CheckConstraint(
                name="sample_to_destroy_says_when",
                condition=~Q(state=SampleState.DESTRUCTION_ORDERED)
                | (Q(destroy_on__isnull=False) & ~Q(return_to="")),
            ),
            models.CheckConstraint(
                name="sample_destroyed_says_when",
                condition=Q(state=SampleState.DESTROYED, destroyed_at__isnull=False)
                | (~Q(state=SampleState.DESTROYED) & Q(destroyed_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.barcode
