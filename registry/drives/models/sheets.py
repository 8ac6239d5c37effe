"""Paper lists that came in: the file until it is dealt with, which row made which donor, names of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.drives.models.drives import Drive

if TYPE_CHECKING:
    from typing import Self

    from foundation.access import Scope


class SheetFileQuerySet(models.QuerySet["SheetFile"]):
    """Sheets a reader may see."""

    def visible_to(self, scope: Scope) -> Self:
        """Return the sheets of the drives in a scope."""
        return self.filter(scope.q("drive__branch_path"))


class SheetFile(SealedModel, ActedBy):
    """
    A sheet handed in on a page, sealed under a key of its own until it is imported or thrown away.

    ``refused`` holds the rows to mend that came of it, ``asked`` the headers that are not
    known, each with a masked example. ``by_…`` handed it in.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    drive = models.ForeignKey(Drive, on_delete=models.CASCADE, related_name="sheets")
    key = models.ForeignKey("foundation.DataKey", on_delete=models.PROTECT, null=True, related_name="+")
    name = SealedField(null=True)
    content = SealedField(binary=True, null=True)
    refused = SealedField(binary=True, null=True)
    asked = SealedField(null=True)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    strict = models.BooleanField(default=False)
    trial = models.BooleanField(default=False)  # say what would come of it, bring nothing in
    at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SheetFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sheet_without_key_keeps_nothing",
                condition=Q(key__isnull=False)
                | Q(content__isnull=True, refused__isnull=True, name__isnull=True, asked__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Return the branch whose staff may work with it; ask for the drive with the sheet."""
        return self.drive.branch_paths


class SheetEntry(models.Model):
    """
    The row of a sheet that made a donor, with the tube the sheet gave then.

    The same row handed in again is known by it, even if the tube was exchanged or turned away since.
    It stays when the person is erased: the row of the same file then makes nobody.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    donor = models.OneToOneField("registry.Donor", on_delete=models.CASCADE, related_name="sheet_entry")
    drive = models.ForeignKey(Drive, on_delete=models.PROTECT, related_name="sheet_entries")
    row = models.PositiveIntegerField()
    barcode = models.CharField(max_length=20, blank=True)
    sheet_sha256 = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.row}"


class HeaderName(ActedBy):
    """
    What the people of a branch call a column of their sheets, as somebody said on the page.

    ``column`` is empty for a header that is left out. What a paper list has no place for may be a
    column of the records, so each kind of sheet has its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    branch = models.ForeignKey("foundation.Branch", on_delete=models.PROTECT, related_name="+")
    header = models.CharField(max_length=60)  # as ``layout.plain`` writes it
    column = models.CharField(max_length=20, blank=True)
    of_records = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="sheet_header_once_a_branch", fields=["branch", "header", "of_records"]
            ),
        ]

    def __str__(self) -> str:
        return self.header
