"""Who is on duty and how they are reached; alarms, who was called for them, and by which ways."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from notifications.channel_names import Channel
from notifications.paging.querysets import AlarmQuerySet, CopyQuerySet, DutyQuerySet


class Pager(SealedModel):
    """The number by which a member of staff is woken, sealed under a key of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    staff = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="pager")
    key = models.ForeignKey("foundation.DataKey", models.PROTECT, related_name="+")
    phone = SealedField(null=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class Duty(ActedBy):
    """Somebody's time on duty for a branch and those below it. ``by_*`` say who entered it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="duties")
    branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="duties")
    place = models.PositiveSmallIntegerField(default=1)  # who is called first
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # taken off before its time

    objects = DutyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="paging_duty_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.UniqueConstraint(
                name="paging_duty_once",
                fields=["staff", "branch", "starts_at"],
                condition=Q(ended_at__isnull=True),
            ),
        ]
        indexes = [models.Index(name="paging_duties_of_branch", fields=["branch", "ends_at"])]

    def __str__(self) -> str:
        return f"{self.branch_id} {self.place}"


class Over(models.TextChoices):
    """Why an alarm is over."""

    NO_LONGER = "no_longer", _("It is no longer so")
    BY_HAND = "by_hand", _("Somebody has seen to it")


class Alarm(ActedBy):
    """
    Something that must not wait for the morning. ``by_*`` say what raised it.

    It names a thing by its id alone; what is sent says neither whose it is nor who.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=32)  # of paging.kinds
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=64)
    branch = models.ForeignKey("foundation.Branch", models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    called_at = models.DateTimeField()  # the last time that somebody was called
    # The version by which people are called, to the end of the alarm; none is the one of the program itself.
    programme = models.ForeignKey(
        "notifications.Programme", models.PROTECT, null=True, blank=True, related_name="+"
    )
    step = models.CharField(max_length=32, blank=True)  # of it, the last that was taken; "" is the first
    round = models.PositiveSmallIntegerField(default=1)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    over_at = models.DateTimeField(null=True, blank=True)
    over_why = models.CharField(max_length=12, choices=Over, blank=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="paging_one_alarm_of_a_kind_for_a_thing",
                fields=["kind", "object_type", "object_id"],
                condition=Q(over_at__isnull=True),
            ),
            models.CheckConstraint(
                name="paging_acknowledged_by_name",
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            ),
            models.CheckConstraint(
                name="paging_over_says_why",
                condition=Q(over_at__isnull=True, over_why="") | Q(over_at__isnull=False) & ~Q(over_why=""),
            ),
        ]
        indexes = [models.Index(name="paging_alarms_going_on", fields=["over_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Call(models.Model):
    """One person called for an alarm, in the order in which they were."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="calls")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    called_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="paging_called_once", fields=["alarm", "staff"])]

    def __str__(self) -> str:
        return f"{self.alarm_id} {self.staff_id}"


class CopyState(models.TextChoices):
    """Where a copy stands."""

    DUE = "DUE", pgettext_lazy("message", "Due")
    SENT = "SENT", pgettext_lazy("message", "Sent")
    FAILED = "FAILED", _("Failed")


class Copy(models.Model):
    """
    An alarm, or its end, to one person by one channel.

    No ``Message``: staff are no subjects, and nothing that holds a message back may hold this back.
    Sent at least once; a second alarm hurts nobody.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    call = models.ForeignKey(Call, models.CASCADE, related_name="copies")
    channel = models.CharField(max_length=8, choices=Channel)
    round = models.PositiveSmallIntegerField()  # 0 is that the alarm is over
    step = models.CharField(max_length=32, blank=True)  # of the alarm's programme: whose words it carries
    state = models.CharField(max_length=8, choices=CopyState, default=CopyState.DUE)
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    why = models.CharField(max_length=48, blank=True)  # a code of the channel
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = CopyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="paging_one_copy_a_round", fields=["call", "channel", "round"]),
            models.CheckConstraint(
                name="paging_sent_says_when", condition=~Q(state="SENT") | Q(sent_at__isnull=False)
            ),
        ]
        indexes = [models.Index(name="paging_copies_due", fields=["state", "not_before"])]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"
