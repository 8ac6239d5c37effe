"""The records a branch kept before this program: the file until it is dealt with, and which row made whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel

if TYPE_CHECKING:
    from typing import Self

    from foundation.access import Scope


class RecordsFileQuerySet(models.QuerySet["RecordsFile"]):
    """Files a reader may see."""

    def visible_to(self, scope: Scope) -> Self:
        """Return the files of the branches in a scope."""
        return self.filter(scope.q("branch_path"))


class RecordsFile(SealedModel, ActedBy):
    """
    The records of one branch, sealed under a key of their own until they are taken over or thrown away.

    ``refused`` is the sheet to mend that came of it, ``asked`` the headers that are not known.
    ``by_…`` handed it in.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    branch = models.ForeignKey("foundation.Branch", on_delete=models.PROTECT, related_name="+")
    branch_path = models.CharField(max_length=32)
    key = models.ForeignKey("foundation.DataKey", on_delete=models.PROTECT, null=True, related_name="+")
    name = SealedField(null=True)
    content = SealedField(binary=True, null=True)
    refused = SealedField(binary=True, null=True)
    asked = SealedField(null=True)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    box = models.CharField(max_length=64, blank=True)  # where the papers lie
    strict = models.BooleanField(default=False)
    trial = models.BooleanField(default=False)  # say what would come of it, take nobody over
    at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RecordsFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="records_without_key_keep_nothing",
                condition=Q(key__isnull=False)
                | Q(content__isnull=True, refused__isnull=True, name__isnull=True, asked__isnull=True),
            ),
        ]
        indexes = [models.Index(name="records_of_branch", fields=["branch_path", "-id"])]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Return the branch whose records these are."""
        return (self.branch_path,)


class RecordsEntry(models.Model):
    """
    The row of the records that made a donor, with the tube the sheet gave then.

    The same row handed in again is known by it. It stays when the person is erased: the row
    of the same file then makes nobody.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    donor = models.OneToOneField("registry.Donor", on_delete=models.CASCADE, related_name="records_entry")
    branch = models.ForeignKey("foundation.Branch", on_delete=models.PROTECT, related_name="+")
    row = models.PositiveIntegerField()
    barcode = models.CharField(max_length=20, blank=True)
    sheet_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="records_row_makes_one_donor", fields=["sheet_sha256", "branch", "row"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row}"
