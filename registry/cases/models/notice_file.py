"""A file of notices that was handed in: sealed until its rows are taken, then what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.cases.models.patient import Source

if TYPE_CHECKING:
    from typing import Self

    from foundation.access import Scope


class NoticeFileQuerySet(models.QuerySet["NoticeFile"]):
    """Files a reader may see."""

    def visible_to(self, scope: Scope) -> Self:
        """Return the files that were handed in at the branches of a scope."""
        return self.filter(scope.q("branch_path"))


class NoticeFile(SealedModel, ActedBy):
    """
    One file of notices, sealed under a key of its own until it is thrown away.

    ``content`` is kept until every row is taken, ``report`` says of each what became of it.
    ``source`` is that of rows that name none. ``by_…`` handed it in.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    branch = models.ForeignKey("foundation.Branch", on_delete=models.PROTECT, related_name="+")
    branch_path = models.CharField(max_length=32)
    key = models.ForeignKey("foundation.DataKey", on_delete=models.PROTECT, null=True, related_name="+")
    name = SealedField(null=True)
    content = SealedField(binary=True, null=True)
    report = SealedField(null=True)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=16, choices=Source)
    at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notices_without_key_keep_nothing",
                condition=Q(key__isnull=False)
                | Q(content__isnull=True, report__isnull=True, name__isnull=True),
            ),
        ]
        indexes = [models.Index(name="notices_of_branch", fields=["branch_path", "-id"])]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Return the branch at which it was handed in."""
        return (self.branch_path,)
