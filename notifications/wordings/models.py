"""A wording, its versions, and their words in each language."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from foundation import moves
from foundation.access import Permission
from foundation.ids import uuid7
from foundation.trail import ActorKind
from foundation.trail.models import ActedBy
from notifications.channel_names import Channel
from notifications.wordings import guards

LANGUAGES = ("zh-hans", "zh-hant", "en")
WRITE = (Permission.PROGRAMME_EDIT, Permission.CARE_PLAN)
APPROVE = (Permission.PROGRAMME_EDIT, Permission.CARE_APPROVE, Permission.APPROVE)
_COMMAND = frozenset({ActorKind.COMMAND})


class Readers(models.TextChoices):
    """Who reads a wording: it decides which merge fields there are."""

    FAMILY = "FAMILY", _("Families of those who gave")
    DONOR = "DONOR", _("Donors and volunteers")
    DRIVE = "DRIVE", _("People expected at a drive")
    STAFF = "STAFF", _("Staff on duty")


class WordingState(models.TextChoices):
    """Where a version of a wording stands."""

    DRAFT = "DRAFT", _("Draft")
    ASKED = "ASKED", _("Waits for a second person")
    APPROVED = "APPROVED", pgettext_lazy("wording", "Approved")
    RETIRED = "RETIRED", _("Out of use")


class Wording(models.Model):
    """Words for one occasion, as "family.qingming"; every channel has its own body."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=48, unique=True)
    audience = models.CharField(max_length=8, choices=Readers)
    bereaved = models.BooleanField(default=False)  # the stricter checks
    names = models.JSONField(default=dict)  # language → name

    def __str__(self) -> str:
        return self.key

    def name_in(self, language: str) -> str:
        """Return what it is called in a language."""
        return str(self.names.get(language) or self.names.get("en") or self.key)


class WordingVersion(ActedBy):
    """One version of a wording; only its draft can be changed. ``by_*`` say who wrote it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    wording = models.ForeignKey(Wording, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = FSMField(default=WordingState.DRAFT, choices=WordingState, protected=True)
    branch_path = models.CharField(max_length=32, blank=True)  # the top of the tree of who wrote it
    made_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by_id = models.CharField(max_length=64, blank=True)
    counsel_approved = models.BooleanField(default=False)  # the first contents are drafts

    beginnings = {
        "draft": (WordingState.DRAFT, moves.rule(WRITE, also=_COMMAND)),
        "install": (WordingState.APPROVED, moves.rule(Permission.PROGRAMME_EDIT, also=_COMMAND)),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wordings_version_once", fields=["wording", "number"]),
            models.UniqueConstraint(
                name="wordings_one_approved", fields=["wording"], condition=Q(state="APPROVED")
            ),
            models.UniqueConstraint(
                name="wordings_one_draft", fields=["wording"], condition=Q(state__in=["DRAFT", "ASKED"])
            ),
            models.CheckConstraint(
                name="wordings_approved_says_when_and_by_whom",
                condition=Q(state__in=["DRAFT", "ASKED"], approved_at__isnull=True, approved_by_id="")
                | ~Q(state__in=["DRAFT", "ASKED"]) & Q(approved_at__isnull=False) & ~Q(approved_by_id=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wording_id} {self.number}"

    def get_absolute_url(self) -> str:
        """Return the page of this version."""
        return reverse("wordings:version", args=[self.pk])

    @property
    def branch_paths(self) -> tuple[str, ...]:
        """Where a second person is asked: at the top, since words hold for the whole tree."""
        return (self.branch_path,)

    @transition(
        state,
        source=WordingState.DRAFT,
        target=WordingState.ASKED,
        custom=moves.rule(
            WRITE,
            moves.Guard(
                guards.is_whole_in_every_language, _("The words are not complete in all three languages.")
            ),
            moves.Guard(
                guards.nothing_speaks_against_it, _("A warning in red still stands beside the words.")
            ),
        ),
    )
    def ask(self) -> None:
        """Ask a second person to read it."""

    @transition(
        state,
        source=WordingState.ASKED,
        target=WordingState.APPROVED,
        custom=moves.rule(
            APPROVE, moves.Guard(guards.nothing_speaks_against_it, _("The words did not pass the checks."))
        ),
    )
    def approve(self) -> None:
        """Let it be sent from now on."""

    @transition(
        state,
        source=WordingState.ASKED,
        target=WordingState.DRAFT,
        custom=moves.rule((*WRITE, *APPROVE)),
    )
    def take_back(self) -> None:
        """Go on writing."""

    @transition(
        state,
        source=WordingState.APPROVED,
        target=WordingState.RETIRED,
        custom=moves.rule(APPROVE),
    )
    def retire(self) -> None:
        """Send it no more. What was sent keeps pointing at it."""


class WordingBody(models.Model):
    """The words of a version for one channel in one language."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(WordingVersion, models.CASCADE, related_name="bodies")
    channel = models.CharField(max_length=8, choices=Channel)  # the script of a call stands here too
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=120, blank=True)  # of an e-mail; names nobody
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="wordings_body_once", fields=["version", "channel", "language"]),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.language}"
