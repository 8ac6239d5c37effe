"""The national register's own sheet, compared with what is known here; nothing changes by comparing."""

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


class Verdict(models.TextChoices):
    """What comparing found of one person."""

    DIFFERING = "DIFFERING", _("Written differently")
    ONLY_HERE = "ONLY_HERE", _("Only here")
    ONLY_THERE = "ONLY_THERE", _("Only there")


class Settlement(models.TextChoices):
    """What somebody did about a finding."""

    TAKEN = "TAKEN", _("Their number and day were taken")
    TO_SEND = "TO_SEND", _("Stands again among those to enter there")
    ASKED = "ASKED", _("The national register was asked")
    OUT = "OUT", _("Written down as taken out there")
    LEFT = "LEFT", _("Looked into: nothing to change here")


class TheirState(models.TextChoices):
    """
    How the national register's sheet says somebody stands: WMDA codes, where it says as much.

    在库 alone is no more than "there": whoever is on hold or in a match is 在库 as well.

    Source: design/domain.md 2 and 8
    """

    THERE = "IN", _("Stands there")
    AVAILABLE = "AV", _("Available there")
    ON_HOLD = "TU", _("On hold there")
    RESERVED = "RS", _("In a match there")
    LEFT = "DE", _("Left there")
    OTHER = "OTHER", _("Another state there")


class NationalSheetQuerySet(models.QuerySet["NationalSheet"]):
    """Sheets a reader may see."""

    def visible_to(self, scope: Scope) -> Self:
        """Return those of branches in the scope."""
        return self.filter(scope.q("branch_path"))


class NationalSheet(SealedModel, ActedBy):
    """
    A sheet of the national register, sealed under a key of its own until it has been compared.

    ``by_…`` handed it in; its findings concern the donors whom ``branch`` owns.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    branch_path = models.CharField(max_length=32)
    key = models.ForeignKey("foundation.DataKey", models.PROTECT, null=True, blank=True, related_name="+")
    name = SealedField(null=True)
    content = SealedField(binary=True, null=True)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    matched = models.PositiveIntegerField(default=0)
    unreadable = models.JSONField(default=list, blank=True)  # numbers of rows that name nobody

    objects = NationalSheetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="national_sheet_without_key_keeps_nothing",
                condition=Q(key__isnull=False) | Q(content__isnull=True, name__isnull=True),
            ),
        ]
        indexes = [models.Index(name="national_sheet_of_branch", fields=["branch_path", "-id"])]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where it stands in the tree."""
        return (self.branch_path,)


class NationalFinding(models.Model):
    """One person of a compared sheet about whom the two registers differ, until somebody settles it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sheet = models.ForeignKey(NationalSheet, models.CASCADE, related_name="findings")
    verdict = models.CharField(max_length=12, choices=Verdict)
    row = models.PositiveIntegerField(null=True)  # of their sheet; empty where only we have the person
    donor = models.ForeignKey("registry.Donor", models.CASCADE, null=True, related_name="+")
    differs = models.JSONField(default=list)  # codes: number, day, state, out, document
    their_no = models.CharField(max_length=24, blank=True)
    their_state = models.CharField(max_length=8, choices=TheirState, blank=True)
    their_on = models.DateField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_as = models.CharField(max_length=8, choices=Settlement, blank=True)
    settled_by_id = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="national_finding_names_its_donor",
                condition=Q(verdict=Verdict.ONLY_THERE, donor__isnull=True)
                | ~Q(verdict=Verdict.ONLY_THERE) & Q(donor__isnull=False),
            ),
            models.CheckConstraint(
                name="national_settled_says_how_and_by_whom",
                condition=Q(settled_at__isnull=True, settled_as="", settled_by_id="")
                | Q(settled_at__isnull=False) & ~Q(settled_as="") & ~Q(settled_by_id=""),
            ),
        ]
        indexes = [
            models.Index(name="national_findings_open", fields=["sheet", "settled_as", "verdict", "id"])
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.pk}"
