"""Calls that are to be made, and calls that were made."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.ids import uuid7
from foundation.trail.models import ActedBy
from foundation.vault import SealedField, SealedModel
from registry.donors.models.call_lists import CallList
from registry.donors.querysets import CallQuerySet, CallTaskQuerySet


class CallKind(models.TextChoices):
    """What a call is for."""

    PRE_LISTING = "PRE_LISTING", _("Before listing")
    COOLING_OFF = "COOLING_OFF", _("Thinking it over")
    RESAMPLE = "RESAMPLE", _("A new sample is needed")
    HOLD_ENDED = "HOLD_ENDED", _("The pause is over")
    OBJECTION = "OBJECTION", _("Somebody objects")
    WAVERS = "WAVERS", _("Would not go on")
    OUT_OF_CONTACT = "OUT_OF_CONTACT", _("Hard to reach")
    CONTACT_CHECK = "CONTACT_CHECK", _("Is the number still right?")
    NEW_NUMBER = "NEW_NUMBER", _("A new number was left")
    AGE_LIMIT = "AGE_LIMIT", _("Near the age limit")
    CONSENT_DUE = "CONSENT_DUE", _("A consent is to be asked again")
    FAMILY_TALK = "FAMILY_TALK", _("A talk with the family is wished for")
    FOLLOW_UP = "FOLLOW_UP", _("Not well after donating")
    MATCH = "MATCH", _("About a match")
    OTHER = "OTHER", _("Other")


class CallState(models.TextChoices):
    """Whether a call was made."""

    OPEN = "OPEN", _("To be made")
    DONE = "DONE", _("Made")
    CANCELLED = "CANCELLED", _("Not needed any more")


class CallResult(models.TextChoices):
    """How a call ended; one key each."""

    REACHED = "REACHED", _("Reached")
    LATER = "LATER", _("Call later")
    NO_SUCH_NUMBER = "NO_SUCH_NUMBER", _("No such number")
    SUSPENDED = "SUSPENDED", _("Number suspended")
    SWITCHED_OFF = "SWITCHED_OFF", _("Switched off")
    DECLINED = "DECLINED", pgettext_lazy("call", "Declined")
    NOT_THE_PERSON = "NOT_THE_PERSON", _("Somebody else's number")
    FAMILY_ANSWERED = "FAMILY_ANSWERED", _("Family answered")
    NO_ANSWER = "NO_ANSWER", _("No answer")


class CallTask(SealedModel):
    """
    One call that somebody is to make to one donor.

    ``owner`` is whose call it is, where it was given to somebody. ``held_by`` has it on the screen
    until ``held_until``: nobody else rings this person meanwhile.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    donor = models.ForeignKey("registry.Donor", models.PROTECT, related_name="call_tasks")
    kind = models.CharField(max_length=16, choices=CallKind)
    service_path = models.CharField(max_length=32)  # the donor's, so that a list is one range
    due_on = models.DateField()
    due_at = models.DateTimeField(null=True)  # not before: the person said when
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=CallState, default=CallState.OPEN)
    call_list = models.ForeignKey(
        "registry.CallList", models.SET_NULL, null=True, blank=True, related_name="tasks"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    held_until = models.DateTimeField(null=True)
    skipped_at = models.DateTimeField(null=True)  # stands behind the others of its day
    proposed_at = models.DateTimeField(null=True)  # every round was made: to be confirmed as out of contact
    number = SealedField(null=True)  # numbers that were left, one a line, the newest first
    words = SealedField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=16, choices=CallResult, blank=True)

    objects = CallTaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="donors_one_open_call_of_a_kind",
                fields=["donor", "kind"],
                condition=Q(state=CallState.OPEN),
            ),
            models.CheckConstraint(
                name="donors_ended_call_says_when",
                condition=Q(state=CallState.OPEN, ended_at__isnull=True)
                | ~Q(state=CallState.OPEN) & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="donors_call_held_says_until_when",
                condition=Q(held_by__isnull=True) | Q(held_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="donors_calls_to_make",
                fields=["service_path", "due_on", "id"],
                condition=Q(state=CallState.OPEN),
            ),
            models.Index(name="donors_calls_held", fields=["held_by"], condition=Q(held_by__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where the donor is served."""
        return (self.service_path,)

    @property
    def named_things(self) -> tuple[models.Model, ...]:
        """The call list on which a helper may be named."""
        return (CallList(pk=self.call_list_id),) if self.call_list_id else ()


class Call(SealedModel, ActedBy):
    """One call that was made: whom, how it ended, what was answered. Words are sealed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    donor = models.ForeignKey("registry.Donor", models.PROTECT, related_name="calls")
    task = models.ForeignKey(CallTask, models.PROTECT, null=True, blank=True, related_name="calls")
    contact = models.ForeignKey(
        "registry.Contact", models.SET_NULL, null=True, blank=True, related_name="calls"
    )
    kind = models.CharField(max_length=16, choices=CallKind)
    at = models.DateTimeField()
    # "donor", the contact's place, or "left": a number that somebody left
    number = models.CharField(max_length=12, default="donor")
    result = models.CharField(max_length=16, choices=CallResult)
    answers = models.JSONField(default=dict, blank=True)  # codes only
    words = SealedField(null=True)
    before = models.JSONField(default=dict, blank=True)  # what it changed, to undo a slip of a key
    undone_at = models.DateTimeField(null=True)  # by who made it, within minutes; it counts for nothing

    objects = CallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="donors_call_result_is_known", condition=Q(result__in=CallResult.values)
            ),
        ]
        indexes = [
            models.Index(name="donors_calls_made", fields=["donor", "-at"]),
            models.Index(name="donors_calls_by_whom", fields=["by_id", "-at"]),
        ]

    def __str__(self) -> str:
        return str(self.pk)
