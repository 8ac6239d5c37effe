"""A message to one person, and what happened to it. Its state moves by conditional updates alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from foundation.ids import uuid7
from foundation.vault import SealedField, SealedModel
from notifications.channel_names import Channel
from notifications.outbox.querysets import MessageQuerySet
from notifications.outbox.states import MessageState


class Message(SealedModel):
    """
    One message to one person by one way.

    ``words`` and ``sent_to`` are what was handed over, sealed under the recipient's key when it was.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Each index is written three times a mail: none is kept that another covers, or that nobody asks.
    subject = models.ForeignKey(
        "foundation.Subject", models.PROTECT, related_name="messages", db_index=False
    )  # outbox_of_person
    branch_path = models.CharField(max_length=32)
    touchpoint = models.ForeignKey(
        "notifications.Touchpoint",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        db_index=False,
    )  # outbox_of_touchpoint
    # What makes a message one of its kind where no touchpoint does: "drive:<id>", "alarm:<id>".
    occasion = models.CharField(max_length=64, blank=True)
    programme_key = models.CharField(max_length=32)
    wording = models.CharField(max_length=48)  # its key; the approved version is asked at sending
    version = models.ForeignKey(
        "notifications.WordingVersion",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )  # the one that was sent
    channel = models.CharField(max_length=8, choices=Channel)
    language = models.CharField(max_length=8)
    fields = models.JSONField(default=dict)  # merge fields that are no personal data: ids, dates, places
    bereaved = models.BooleanField(default=False)  # never sent again by the program when unknown
    at_least_once = models.BooleanField(default=False)
    service = models.BooleanField(default=False)  # neither quiet hours nor 48 hours bind it
    beats_gap = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=MessageState, default=MessageState.DUE)
    due_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True, blank=True)  # a passing refusal or a retry
    told_at = models.DateTimeField(null=True, blank=True)  # when a worker was last told of it
    lease_until = models.DateTimeField(null=True, blank=True)  # of a claim
    claimed_by = models.CharField(max_length=64, blank=True)  # which process, and which claim of it
    begun_at = models.DateTimeField(null=True, blank=True)  # the hand-over
    attempts = models.PositiveSmallIntegerField(default=0)
    provider_id = models.CharField(max_length=128, blank=True)
    why = models.CharField(max_length=48, blank=True)  # a code: why not sent, held, failed
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    sent_to = SealedField(null=True)
    words = SealedField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="outbox_one_copy_of_a_touchpoint",
                fields=["touchpoint", "subject"],
                condition=Q(touchpoint__isnull=False) & ~Q(state="FAILED"),
            ),
            models.UniqueConstraint(
                name="outbox_one_copy_of_an_occasion",
                fields=["occasion", "subject"],
                condition=Q(touchpoint__isnull=True) & ~Q(state="FAILED"),
            ),
            models.CheckConstraint(
                name="outbox_belongs_somewhere",
                condition=Q(touchpoint__isnull=False) | ~Q(occasion=""),
            ),
            models.CheckConstraint(name="outbox_state_is_known", condition=Q(state__in=MessageState.values)),
            models.CheckConstraint(
                name="outbox_sent_says_when",
                condition=Q(state="SENT", sent_at__isnull=False) | ~Q(state="SENT"),
            ),
            models.CheckConstraint(
                name="outbox_taken_has_a_lease",
                condition=~Q(state__in=["CLAIMED", "SENDING"]) | Q(lease_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="outbox_due", fields=["state", "due_at"]),
            models.Index(name="outbox_of_person", fields=["subject", "-id"]),
            models.Index(
                name="outbox_of_touchpoint", fields=["touchpoint"], condition=Q(touchpoint__isnull=False)
            ),
            models.Index(
                name="outbox_left_to_people",
                fields=["branch_path", "state", "-id"],
                condition=Q(state__in=["DUE", "HELD", "UNKNOWN", "FAILED"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wording} {self.pk}"

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where the recipient stands in the tree."""
        return (self.branch_path,)
