"""Sealed drafts of volunteers who are not done yet, and who is expected at an office."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.drives.models.drives import Drive
from registry.drives.states import Step


class Draft(SealedModel):
    """
    An enrolment that is not done yet, sealed under a key of its own.

    It has no index on the document, so that nobody can block another's number.
    When it is done the key is destroyed and only the number of the donor stays,
    so that sending the last step twice answers the same.

    An own form is one that the volunteer fills alone. It gets its number when it is
    handed in, and becomes a donor only after a coordinator has seen the document.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    drive = models.ForeignKey(Drive, on_delete=models.CASCADE, related_name="drafts")
    number = models.PositiveSmallIntegerField(null=True)
    idempotency_key = models.UUIDField(unique=True, default=uuid7, editable=False)
    key = models.ForeignKey("foundation.DataKey", on_delete=models.PROTECT, null=True, related_name="+")
    answers = SealedField(null=True)
    step = models.CharField(max_length=12, choices=Step, default=Step.DOCUMENT)
    language = models.CharField(max_length=10, default="zh-hans")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField(db_index=True)
    donor = models.OneToOneField("registry.Donor", on_delete=models.CASCADE, null=True, related_name="draft")
    done_at = models.DateTimeField(null=True, blank=True)
    own_form = models.BooleanField(default=False)
    handed_in_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)  # the document, by a coordinator
    seen_by_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="draft_one_number_in_a_drive", fields=["drive", "number"]),
            models.CheckConstraint(
                name="draft_done_keeps_nothing",
                condition=Q(donor__isnull=True, done_at__isnull=True, key__isnull=False)
                | Q(donor__isnull=False, done_at__isnull=False, key__isnull=True, answers__isnull=True),
            ),
            models.CheckConstraint(
                name="draft_own_form_has_a_number_once_handed_in",
                condition=Q(own_form=False, number__isnull=False, handed_in_at__isnull=True)
                | Q(own_form=True, number__isnull=True, handed_in_at__isnull=True)
                | Q(own_form=True, number__isnull=False, handed_in_at__isnull=False),
            ),
            models.CheckConstraint(
                name="draft_own_form_is_done_after_its_document_was_seen",
                condition=Q(own_form=False) | Q(donor__isnull=True) | Q(seen_at__isnull=False),
            ),
            models.CheckConstraint(
                name="draft_seen_says_by_whom",
                condition=Q(seen_at__isnull=True, seen_by_id="")
                | (Q(seen_at__isnull=False) & ~Q(seen_by_id="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def wants_to_be_seen(self) -> bool:
        """Return whether a coordinator has still to see the document of this own form."""
        return self.own_form and self.seen_at is None


class Appointment(SealedModel, ActedBy):
    """
    A volunteer who is expected at an office at a time.

    Who asked to be reminded is a subject of capacity ``visitor``, and sealed under its key; anybody
    else under a key of the appointment's own. Either goes with the appointment.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    drive = models.ForeignKey(Drive, on_delete=models.CASCADE, related_name="appointments")
    subject = models.OneToOneField(
        "foundation.Subject", on_delete=models.PROTECT, null=True, related_name="appointment"
    )
    key = models.ForeignKey("foundation.DataKey", on_delete=models.PROTECT, null=True, related_name="+")
    name = SealedField(null=True)
    phone = SealedField(null=True)
    phone_index = models.CharField(max_length=64, null=True)  # noqa: DJ001 - of who is reminded alone
    phone_index_next = models.CharField(max_length=64, null=True)  # noqa: DJ001 - while the key changes
    starts_at = models.DateTimeField(db_index=True)
    at = models.DateTimeField()
    came_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="appointment_by_phone", fields=["phone_index"])]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M}"

    @property
    def stands(self) -> bool:
        """Return whether they are still expected."""
        return self.came_at is None and self.cancelled_at is None
