"""What proves a person's word: a drawn signature, a scan, a witness. Sealed under the person's key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from consent.states import EvidenceKind, State
from foundation.ids import uuid7
from foundation.trail import ActedBy
from foundation.vault import SealedField, SealedModel

if TYPE_CHECKING:
    from typing import Self

    from foundation.access import Scope

RETURNED_BECAUSE = ("unreadable", "not_signed", "wrong_person", "wrong_text", "pages_missing")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Evidence as a reader may see it."""

    def visible_to(self, scope: Scope) -> Self:
        """Return the evidence of people whose branch lies in the scope."""
        return self.filter(scope.q("subject__branch_path"))

    def waiting(self) -> Self:
        """Return the evidence of consents that are signed and not verified."""
        return self.filter(consents__state=State.SIGNED).distinct()

    def missing(self) -> Self:
        """Return signed papers whose scan is not there, or was sent back."""
        lacking = Q(attached_at__isnull=True) | Q(returned_at__isnull=False)
        return self.waiting().filter(lacking, kind=EvidenceKind.PAPER)

    def verifiable(self) -> Self:
        """Return what a second person can look at: a scan, or a witnessed word."""
        scanned = Q(kind=EvidenceKind.PAPER, attached_at__isnull=False, returned_at__isnull=True)
        other = Q(
            kind__in=[EvidenceKind.WITNESSED_WORD, EvidenceKind.SCREEN_SIGNATURE], returned_at__isnull=True
        )
        return self.waiting().filter(scanned | other)


class Evidence(SealedModel, ActedBy):
    """One signing: all consents given at once share it. ``by_…`` took it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey("foundation.Subject", on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=8, choices=EvidenceKind)
    taken_at = models.DateTimeField()
    content = SealedField(binary=True, null=True)
    witness = SealedField(null=True)  # the witness's name, in words
    witness_id = models.CharField(max_length=64, blank=True)  # the witness's login, if they have one
    content_type = models.CharField(max_length=32, blank=True)
    size_bytes = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)  # of what was attached, before sealing
    box = models.CharField(max_length=64, blank=True)  # where the paper lies
    attached_at = models.DateTimeField(null=True, blank=True)
    attached_by_id = models.CharField(max_length=64, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by_id = models.CharField(max_length=64, blank=True)
    returned_because = models.CharField(max_length=16, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="evidence_attached_says_by_whom",
                condition=Q(attached_at__isnull=True, attached_by_id="", sha256="")
                | (Q(attached_at__isnull=False) & ~Q(attached_by_id="") & ~Q(sha256="")),
            ),
            models.CheckConstraint(
                name="evidence_returned_says_by_whom_and_why",
                condition=Q(returned_at__isnull=True, returned_by_id="", returned_because="")
                | (Q(returned_at__isnull=False) & ~Q(returned_by_id="") & ~Q(returned_because="")),
            ),
            models.CheckConstraint(
                name="evidence_witness_is_not_the_taker",
                condition=Q(witness_id="") | ~Q(witness_id=models.F("by_id")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def is_missing(self) -> bool:
        """Whether the scan of a signed paper is still to come."""
        return self.kind == EvidenceKind.PAPER and (self.attached_at is None or self.returned_at is not None)

    @property
    def is_picture(self) -> bool:
        """Whether a page can show it."""
        return self.content_type.startswith("image/")
