"""Which tubes and boxes a person may see, and the few questions asked of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Q

from registry.samples.states import BatchState, SampleState

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from foundation.access import Scope
    from registry.samples.models import Batch, Sample  # noqa: F401


class BatchQuerySet(models.QuerySet["Batch"]):
    """Boxes."""

    def visible_to(self, scope: Scope) -> Self:
        """Return boxes sent from the scope, or sent to a laboratory in it."""
        outward = scope.q("from_path")
        inward = scope.q("laboratory_path") & Q(sent_at__isnull=False)
        return self.filter(outward | inward)

    def sent_to(self, scope: Scope) -> Self:
        """Return boxes that have left for a laboratory of the scope."""
        return self.filter(scope.q("laboratory_path"), sent_at__isnull=False)

    def sent_from(self, scope: Scope) -> Self:
        """Return boxes that were packed in the scope."""
        return self.filter(scope.q("from_path"))

    def on_the_way(self) -> Self:
        """Return boxes that have not been received."""
        return self.filter(state=BatchState.SENT)

    def with_counts(self) -> Self:
        """Add how many tubes are in each box now, and how many of them have arrived."""
        return self.annotate(
            inside=Count("samples"),
            arrived=Count("samples", filter=Q(samples__arrived_at__isnull=False)),
        )


class SampleQuerySet(models.QuerySet["Sample"]):
    """Tubes."""

    def visible_to(self, scope: Scope) -> Self:
        """Return tubes of donors whom the scope reaches."""
        return self.filter(scope.q("donor__service_path", "donor__owner_path"))

    def sent_to(self, scope: Scope) -> Self:
        """Return tubes that have left for a laboratory of the scope."""
        return self.filter(scope.q("batch__laboratory_path"), batch__sent_at__isnull=False)

    def of_drive(self, drive_id: UUID) -> Self:
        """Return tubes of the volunteers of one drive."""
        return self.filter(donor__drive_id=drive_id)

    def waiting_to_go(self) -> Self:
        """Return tubes that lie in no box."""
        return self.filter(state=SampleState.TAKEN)

    def missing(self) -> Self:
        """Return tubes on a manifest that have neither arrived nor been turned away."""
        return self.filter(
            arrived_at__isnull=True,
            state__in=[SampleState.SENT, SampleState.DESTRUCTION_ORDERED],
        )

    def to_be_destroyed(self) -> Self:
        """Return tubes that are to be destroyed and were not lost on the way."""
        return self.filter(state=SampleState.DESTRUCTION_ORDERED).exclude(reject_reason="LOST")

    def kept_by_sender(self) -> Self:
        """Return tubes to be destroyed that never left."""
        return self.to_be_destroyed().filter(Q(batch__isnull=True) | Q(batch__sent_at__isnull=True))

    def to_destroy(self, on: date) -> Self:
        """Return tubes whose day has come."""
        return self.filter(state=SampleState.DESTRUCTION_ORDERED, destroy_on__lte=on)
