"""Versions of consent texts: what they ask is the same in every language, the words are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from consent import documents, guards
from consent.states import TextState
from foundation import moves
from foundation.access import Permission
from foundation.ids import uuid7
from foundation.trail import ActorKind

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

    from consent.purposes import Purpose

LEGACY = 0  # the version that stands for paper from before this program: never signed anew
LANGUAGES = [
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
    ("en", _("English")),
]


class TextQuerySet(models.QuerySet["Text"]):
    """Versions of texts."""

    def in_force(self, document: str, at: datetime) -> Self:
        """Return the version of a document that is signed at a moment."""
        return self.filter(document=document, state=TextState.PUBLISHED, effective_at__lte=at)


class Text(models.Model):
    """One version of a consent text. Once published it never changes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.SlugField(max_length=48)
    version = models.PositiveSmallIntegerField()
    state = FSMField(default=TextState.DRAFT, choices=TextState, protected=True)
    lines = models.JSONField()  # keys, places to sign, purposes, uses: documents.structure reads them
    approved_by_counsel = models.BooleanField(default=False)
    effective_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()

    objects = TextQuerySet.as_manager()

    beginnings = {
        "draft": (
            TextState.DRAFT,
            moves.rule(Permission.CONSENT_PUBLISH, also=frozenset({ActorKind.COMMAND})),
        ),
        "take_over": (
            TextState.RETIRED,
            moves.rule(Permission.CONSENT_PUBLISH, also=frozenset({ActorKind.COMMAND})),
        ),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(name="text_version_once", fields=["document", "version"]),
            models.UniqueConstraint(
                name="text_one_in_force_per_document",
                fields=["document"],
                condition=Q(state=TextState.PUBLISHED),
            ),
            models.UniqueConstraint(
                name="text_one_draft_per_document",
                fields=["document"],
                condition=Q(state=TextState.DRAFT),
            ),
            models.CheckConstraint(
                name="text_published_says_since_when",
                condition=~Q(state=TextState.PUBLISHED) | Q(effective_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.version}"

    def get_absolute_url(self) -> str:
        """Return the page of this version."""
        return reverse("consent:text", args=[self.pk])

    def structure(self) -> tuple[documents.Line, ...]:
        """Return its lines, without words."""
        return documents.structure(self.lines)

    def uses(self) -> dict[Purpose, frozenset[str]]:
        """Return what it covers, by purpose."""
        return {purpose: frozenset(uses) for line in self.structure() for purpose, uses in line.uses.items()}

    @transition(
        state,
        source=TextState.DRAFT,
        target=TextState.PUBLISHED,
        custom=moves.rule(
            Permission.CONSENT_PUBLISH,
            moves.Guard(
                guards.is_whole_in_every_language, _("The text is not complete in all three languages.")
            ),
            moves.Guard(guards.older_version_is_retired, _("Another version of this text is in force.")),
            also=frozenset({ActorKind.COMMAND}),
        ),
    )
    def publish(self) -> None:
        """Let people sign it from now on."""

    @transition(
        state,
        source=TextState.PUBLISHED,
        target=TextState.RETIRED,
        custom=moves.rule(Permission.CONSENT_PUBLISH, also=frozenset({ActorKind.COMMAND})),
    )
    def retire(self) -> None:
        """Let nobody sign it any more. What was signed stays in force for what it said."""


class TextBody(models.Model):
    """The words of a text in one language, and the hash of the whole as it is shown."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="bodies")
    language = models.CharField(max_length=8, choices=LANGUAGES)
    words = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="text_body_once_per_language", fields=["text", "language"]),
        ]

    def __str__(self) -> str:
        return f"{self.text_id} {self.language}"

    @property
    def title(self) -> str:
        """What stands above it."""
        return str(self.words["title"])

    @property
    def introduction(self) -> str:
        """The first sentences."""
        return str(self.words.get("introduction", ""))

    @property
    def sections(self) -> tuple[documents.Section, ...]:
        """What is explained before the lines."""
        return documents.sections(self.words)

    @property
    def questions(self) -> tuple[documents.Question, ...]:
        """The questions asked back."""
        return documents.questions(self.words)

    def lines_of(self, text: Text) -> tuple[documents.Line, ...]:
        """Return the lines of its text with these words."""
        return documents.with_words(text.structure(), self.words)
