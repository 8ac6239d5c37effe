"""The ledger of disclosures: every handing-over of personal data, to whom, what, and under which consent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consent.purposes import Purpose
from foundation.ids import uuid7
from foundation.trail import ActedBy

if TYPE_CHECKING:
    from typing import Self

    from foundation.access import Scope


class Basis(models.TextChoices):
    """Why data may be handed over."""

    CONSENT = "consent", _("Consent")
    LAW = "law", _("Duty by law")
    LIFE = "life", _("To save a life")
    REVERSAL = "reversal", _("Reversal of an earlier line")


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    """Lines of the ledger as a reader may see them."""

    def visible_to(self, scope: Scope) -> Self:
        """Return the lines about people whose branch lies in the scope."""
        return self.filter(scope.q("subject__branch_path"))


class Disclosure(ActedBy):
    """
    One line: these fields of this person went to that recipient.

    Lines are only added. A mistake is answered by a reversal line.

    Source: PIPL article 23.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey("foundation.Subject", on_delete=models.PROTECT, related_name="disclosures")
    at = models.DateTimeField()
    recipient = models.CharField(max_length=120)  # an organisation, never a person
    recipient_branch = models.ForeignKey(
        "foundation.Branch", on_delete=models.PROTECT, null=True, related_name="+"
    )
    fields = models.JSONField()  # names of fields, never their values
    basis = models.CharField(max_length=8, choices=Basis)
    purpose = models.CharField(max_length=32, choices=Purpose, blank=True)
    consent = models.ForeignKey(
        "consent.Consent", on_delete=models.PROTECT, null=True, related_name="disclosures"
    )
    about = models.CharField(max_length=120, blank=True)  # kind and id of what carried them: a batch, a case
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="disclosure_by_consent_names_it",
                condition=Q(basis="consent", consent__isnull=False) & ~Q(purpose="")
                | (~Q(basis="consent") & Q(consent__isnull=True)),
            ),
            models.CheckConstraint(
                name="disclosure_reversal_names_its_line",
                condition=Q(basis="reversal", reverses__isnull=False)
                | (~Q(basis="reversal") & Q(reverses__isnull=True)),
            ),
            models.CheckConstraint(name="disclosure_names_the_recipient", condition=~Q(recipient="")),
        ]
        indexes = [models.Index(name="disclosure_of_person", fields=["subject", "at"])]

    def __str__(self) -> str:
        return str(self.id)
