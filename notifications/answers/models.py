"""An answer of a person, what it held when it came, and what staff found that it means."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from foundation import moves
from foundation.access import Permission
from foundation.ids import uuid7
from foundation.moves import Guard
from foundation.trail import ActorKind
from foundation.vault import SealedField, SealedModel
from notifications.answers import guards
from notifications.answers.querysets import AnswerQuerySet
from notifications.channel_names import Channel

_OTHERS: Final = frozenset(ActorKind) - {ActorKind.STAFF}
_DESKS: Final = (Permission.FAMILY_EDIT, Permission.DONOR_EDIT)


class Desk(models.TextChoices):
    """Who reads an answer: who looks after donors opens no family's words, and the other way round."""

    FAMILIES = "FAMILIES", _("Families")
    DONORS = "DONORS", _("Donors")


class Kind(models.TextChoices):
    """What came."""

    REPLY = "REPLY", _("An answer")
    STOP = "STOP", _("Stop these messages")
    CAME_BACK = "CAME_BACK", _("A message came back")


class Meaning(models.TextChoices):
    """What an answer means, as staff found it."""

    THANKS = "THANKS", _("Thanks, or a kind word")
    NOTHING = "NOTHING", _("Nothing that concerns us")
    TALK = "TALK", _("They would like to talk")
    NEW_NUMBER = "NEW_NUMBER", _("They have another number")
    WRONG_PERSON = "WRONG_PERSON", _("This number is somebody else's")
    NO_MORE = "NO_MORE", _("They want to hear nothing more")
    DIED = "DIED", _("Somebody has died")


class AnswerState(models.TextChoices):
    """Whether somebody has read it and said what it means."""

    OPEN = "OPEN", _("To be read")
    SETTLED = "SETTLED", _("Settled")


class Answer(SealedModel):
    """
    Something that came back by a channel.

    Words and sender are sealed under the key of the person whose number it is; where nobody is
    known at it, under a key of its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    channel = models.CharField(max_length=8, choices=Channel)
    provider_id = models.CharField(max_length=64)  # its digest: the same one again changes nothing
    received_at = models.DateTimeField()
    desk = models.CharField(max_length=8, choices=Desk)
    branch_path = models.CharField(max_length=32)
    # Who had the last message at that number: whose answer it most likely is.
    subject = models.ForeignKey("foundation.Subject", models.PROTECT, null=True, related_name="answers")
    message = models.ForeignKey("notifications.Message", models.PROTECT, null=True, related_name="answers")
    key = models.ForeignKey("foundation.DataKey", models.SET_NULL, null=True, related_name="+")
    state = FSMField(default=AnswerState.OPEN, choices=AnswerState, protected=True, max_length=8)
    meaning = models.CharField(max_length=12, choices=Meaning, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    sender = SealedField(null=True)
    words = SealedField(null=True)

    objects = AnswerQuerySet.as_manager()

    beginnings: ClassVar[dict[str, Any]] = {
        "receive": (AnswerState.OPEN, moves.rule(_DESKS, also=_OTHERS)),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(name="answers_received_once", fields=["channel", "provider_id"]),
            models.CheckConstraint(name="answers_kind_is_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(
                name="answers_settled_says_when",
                condition=Q(state="SETTLED", settled_at__isnull=False)
                | Q(state="OPEN", settled_at__isnull=True, meaning=""),
            ),
        ]
        indexes = [
            models.Index(name="answers_of_branch", fields=["desk", "state", "branch_path", "-id"]),
            models.Index(name="answers_of_person", fields=["subject", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where the person stands in the tree."""
        return (self.branch_path,)

    @transition(
        "state",
        source=AnswerState.OPEN,
        target=AnswerState.SETTLED,
        custom=moves.rule(
            _DESKS,
            Guard(guards.by_who_looks_after_them, _("Answers of families are read by family care.")),
            also=_OTHERS,
        ),
    )
    def settle(self) -> None:
        """Note what it means; what it held goes on or is cancelled."""


class Writer(models.Model):
    """Somebody who may have written an answer: while it is unread nothing leaves to them and theirs."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    answer = models.ForeignKey(Answer, models.CASCADE, related_name="writers")
    subject = models.ForeignKey("foundation.Subject", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="answers_writer_once", fields=["subject", "answer"]),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Held(models.Model):
    """One thing an answer held when it came: a message that stands alone, or a touchpoint of a plan."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    answer = models.ForeignKey(Answer, models.CASCADE, related_name="held")
    message = models.ForeignKey("notifications.Message", models.CASCADE, null=True, related_name="+")
    touchpoint = models.ForeignKey("notifications.Touchpoint", models.CASCADE, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="answers_held_is_one_thing",
                condition=Q(message__isnull=True, touchpoint__isnull=False)
                | Q(message__isnull=False, touchpoint__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
