"""What was mended in a record, and how it was before: corrected identities, records joined into one."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.donors.documents import DocumentKind


class CorrectionReason(models.TextChoices):
    """Why an identity was corrected."""

    WRITTEN_WRONG = "WRITTEN_WRONG", _("It was written down wrong")
    NEW_DOCUMENT = "NEW_DOCUMENT", _("They have another document now")
    NEW_NAME = "NEW_NAME", _("Their name was changed by the authorities")
    AUTHORITY = "AUTHORITY", _("The authorities corrected the document")


class IdentityChange(SealedModel, ActedBy):
    """
    One correction of who a donor is. ``by_…`` saw the document.

    The old values are sealed under the donor's key as one text; which they are is in clear.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    donor = models.ForeignKey("registry.Donor", models.PROTECT, related_name="identity_changes")
    at = models.DateTimeField()
    reason = models.CharField(max_length=16, choices=CorrectionReason)
    seen = models.CharField(max_length=24, choices=DocumentKind)  # the document that was shown
    fields = models.JSONField()  # names of what changed, never values
    was = SealedField(null=True)

    class Meta:
        indexes = [models.Index(name="donors_identity_changes", fields=["donor", "-id"])]

    def __str__(self) -> str:
        return str(self.pk)


class Merge(SealedModel, ActedBy):
    """
    Two records of one person that became one. ``by_…`` asked, ``agreed_by_id`` agreed.

    ``moved`` names what came from the other record, so that a mistake can be undone; ``was`` holds
    what the kept record said before and ``wrote`` what it said right after, sealed under its key:
    what says something else by then was learned since, and stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    donor = models.ForeignKey("registry.Donor", models.PROTECT, related_name="merges")
    emptied = models.ForeignKey("registry.Donor", models.PROTECT, related_name="emptied_by")
    at = models.DateTimeField()
    agreed_by_id = models.CharField(max_length=64)
    both_documents = models.BooleanField()  # the other document is theirs too, and stays known
    chosen = models.JSONField(default=dict)  # which record each value was taken from: codes
    moved = models.JSONField(default=dict)  # ids by kind
    was = SealedField(null=True)
    wrote = SealedField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="donors_emptied_once", fields=["emptied"], condition=Q(undone_at__isnull=True)
            ),
            models.CheckConstraint(name="donors_merge_of_two", condition=~Q(donor=F("emptied"))),
            models.CheckConstraint(
                name="donors_merge_agreed_by_another", condition=~Q(agreed_by_id=F("by_id"))
            ),
        ]
        indexes = [models.Index(name="donors_merges", fields=["donor", "-id"])]

    def __str__(self) -> str:
        return str(self.pk)
