"""Sheets of donors that go out: what was asked, and the sealed pieces of the answer until it expires."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel

if TYPE_CHECKING:
    from typing import Self

    from foundation.access import Scope


class ExportReason(models.TextChoices):
    """What a sheet of donors is for; kept on the trail."""

    CHECK = "CHECK", _("To check the records")
    CONTACT = "CONTACT", _("To reach volunteers")
    FIGURES = "FIGURES", _("For counting and reports")
    NATIONAL = "NATIONAL", _("For the national register")
    MOVING = "MOVING", _("To hand records over within the Red Cross")


class ExportQuerySet(models.QuerySet["Export"]):
    """Exports a reader may see."""

    def visible_to(self, scope: Scope) -> Self:
        """Return those of branches in the scope; what is in them is the asker's alone."""
        return self.filter(scope.q("branch_path"))


class Export(ActedBy):
    """
    One sheet of donors that somebody asked for. ``by_…`` asked.

    The donors are those whom the asker may see under ``branch`` when the work is done.
    ``opened`` says that personal fields stand in it unmasked, which a second person agreed to.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    branch_path = models.CharField(max_length=32)
    key = models.ForeignKey("foundation.DataKey", models.PROTECT, null=True, blank=True, related_name="+")
    columns = models.JSONField()  # keys of fields, never values
    filters = models.JSONField(default=dict, blank=True)  # codes of the donor list's filters
    opened = models.BooleanField(default=False)
    reason = models.CharField(max_length=12, choices=ExportReason)
    people = models.PositiveIntegerField(null=True, blank=True)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # thrown away or expired: nothing is left

    objects = ExportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="export_ready_says_how_many_and_until_when",
                condition=Q(ready_at__isnull=True, expires_at__isnull=True)
                | Q(ready_at__isnull=False, expires_at__isnull=False, people__isnull=False),
            ),
            models.CheckConstraint(
                name="export_ended_keeps_no_key", condition=Q(ended_at__isnull=True) | Q(key__isnull=True)
            ),
        ]
        indexes = [
            models.Index(name="export_of_branch", fields=["branch_path", "-id"]),
            models.Index(name="export_asked_by", fields=["by_id", "-id"]),
            models.Index(name="export_ending", fields=["asked_at"], condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where it stands in the tree."""
        return (self.branch_path,)


class ExportPiece(SealedModel):
    """Some rows of an export, sealed under its own key: a run that was stopped goes on behind the last."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    export = models.ForeignKey(Export, models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    last = models.UUIDField()  # the last donor in it: the work goes on behind them
    content = SealedField(binary=True, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="export_pieces_in_order", fields=["export", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.export_id} {self.number}"
