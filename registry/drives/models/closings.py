"""The counting up of a day: people, tubes, signatures, and why something is missing."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from registry.drives.models.drives import Drive
from registry.drives.states import Difference, GapReason, Lack


class DriveClosing(ActedBy):
    """
    The counting up of one day of a drive: people, tubes, signatures.

    Beside what the program knows stands what a hand counted in the box and the folder.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    drive = models.ForeignKey(Drive, on_delete=models.PROTECT, related_name="closings")
    on_date = models.DateField()
    people = models.PositiveSmallIntegerField()
    tubes = models.PositiveSmallIntegerField()
    signatures = models.PositiveSmallIntegerField()
    papers = models.PositiveSmallIntegerField(default=0)  # of the signatures, those on paper
    tubes_in_box = models.PositiveSmallIntegerField()
    papers_in_folder = models.PositiveSmallIntegerField(default=0)
    difference = models.CharField(max_length=16, choices=Difference, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="drive_closing_says_why_it_differs",
                condition=Q(tubes_in_box=F("tubes"), papers_in_folder=F("papers"), difference="")
                | (~Q(tubes_in_box=F("tubes"), papers_in_folder=F("papers")) & ~Q(difference="")),
            ),
        ]
        indexes = [models.Index(name="drive_closing_of_a_day", fields=["drive", "on_date"])]

    def __str__(self) -> str:
        return f"{self.drive_id} {self.on_date}"


class ClosingGap(models.Model):
    """What one volunteer lacked when the day was counted up, and why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    closing = models.ForeignKey(DriveClosing, on_delete=models.CASCADE, related_name="gaps")
    donor = models.ForeignKey("registry.Donor", on_delete=models.CASCADE, related_name="+")
    lack = models.CharField(max_length=12, choices=Lack)
    reason = models.CharField(max_length=16, choices=GapReason)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="closing_gap_once_a_person_and_lack", fields=["closing", "donor", "lack"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lack}: {self.reason}"
