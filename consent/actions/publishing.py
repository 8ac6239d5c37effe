"""Texts: the first ones that come with the program, drafts of new versions, publishing, asking again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from consent import documents, queries
from consent.models import Consent, Text, TextBody
from consent.models.texts import LEGACY
from consent.states import State, TextState
from foundation import jobs, moves, trail, vault
from foundation.access import Branch, Permission, may
from foundation.access.scopes import LEVEL_DIGITS
from foundation.trail import ActorKind

if TYPE_CHECKING:
    from foundation.trail import Actor

ASK_AGAIN = "consent.ask_again"
FIRST = (
    ("hpc_recruitment", LEGACY),
    ("hpc_recruitment", 1),
    ("family_contact", 1),
    ("memorial_wall", 1),
    ("hpc_verification", 1),
    ("hpc_donation", 1),
)


class NotADraft(moves.Refused):
    """The text was published, or another draft of it is open."""


@transaction.atomic
def install_first_texts(*, by: Actor, at: datetime, in_force: bool = True) -> list[Text]:
    """
    Bring in the texts that come with the program, marked as drafts to be approved by counsel.

    Run twice, it changes nothing. A document that has a text in force keeps it.

    :param in_force: False leaves each a draft that somebody publishes.
    :returns: the texts made now.
    """
    return _install(FIRST, by=by, at=at, in_force=in_force)


@transaction.atomic
def install_legacy_text(*, by: Actor, at: datetime) -> None:
    """Bring in the text that stands for papers from before this program, where it is not there yet."""
    _install([first for first in FIRST if first[1] == LEGACY], by=by, at=at)


def _install(
    texts: Sequence[tuple[str, int]], *, by: Actor, at: datetime, in_force: bool = True
) -> list[Text]:
    made = []
    for document, version in texts:
        if Text.objects.filter(document=document, version=version).exists():
            continue
        lines, words = documents.read(document, version)
        text = Text(document=document, version=version, lines=lines, made_at=at, effective_at=at)
        moves.begin(text, "take_over" if version == LEGACY else "draft", by=by, at=at)
        for language, spoken in words.items():
            _write(text, language, spoken)
        signed = Text.objects.filter(document=document, state=TextState.PUBLISHED)
        if in_force and version != LEGACY and not signed.exists():
            moves.make(text, "publish", by=by, at=at)
        made.append(text)
    return made


@transaction.atomic
def draft_from(text: Text, *, by: Actor, at: datetime) -> Text:
    """
    Begin a new version from the words of another.

    :raises NotADraft: if a draft of this document is open already.
    :raises moves.NotAllowed: if the actor may not publish texts at the top branch.
    """
    if Text.objects.filter(document=text.document, state=TextState.DRAFT).exists():
        raise NotADraft([_("A draft of this text is open already. Go on with that one.")], move="draft")
    newest = Text.objects.filter(document=text.document).order_by("-version").first() or text
    draft = Text(document=text.document, version=newest.version + 1, lines=text.lines, made_at=at)
    moves.begin(draft, "draft", by=by, at=at, on=top_branch(by))
    for body in text.bodies.all():
        _write(draft, body.language, body.words)
    return draft


@transaction.atomic
def edit(
    text: Text,
    *,
    by: Actor,
    at: datetime,
    lines: Sequence[Mapping[str, Any]] | None = None,
    words: Mapping[str, Mapping[str, Any]] | None = None,
) -> None:
    """
    Change a draft: what it asks, its words in some languages, or both. Hashes are made anew.

    :raises NotADraft: if the text was published; what was signed never changes.
    :raises documents.BadText: if a line is not well formed.
    """
    _check_may(by, at=at)
    fresh = Text.objects.select_for_update().get(pk=text.pk)
    if fresh.state != TextState.DRAFT:
        raise NotADraft([_("This version was published and does not change any more.")], move="edit")
    if lines is not None:
        documents.structure(lines)
        fresh.lines = list(lines)
        fresh.save(update_fields=["lines"])
    bodies = {body.language: body.words for body in fresh.bodies.all()}
    for language, spoken in {**bodies, **(words or {})}.items():
        _write(fresh, language, spoken)
    trail.record("text.edited", by=by, at=at, object=fresh, languages=sorted(words or {}))


@transaction.atomic
def publish(text: Text, *, by: Actor, at: datetime) -> Text:
    """
    Bring a draft into force; the version before retires in the same moment.

    Whoever signed an older version stays bound to what that one said. Where the new one
    adds a use they are asked again, by long work; the gate is shut for what it adds from
    the first moment, because their own text does not list it.

    :raises moves.Refused: if the text is not whole in every language.

    Source: PIPL article 14.
    """
    fresh = Text.objects.get(pk=text.pk)
    on = top_branch(by)
    for older in Text.objects.filter(document=fresh.document, state=TextState.PUBLISHED):
        moves.make(older, "retire", by=by, at=at, on=on)
    fresh.effective_at = at
    moves.make(fresh, "publish", by=by, at=at, on=on, saves=["effective_at"])
    if queries.touched(fresh).consents:
        jobs.start(ASK_AGAIN, {"text": str(fresh.pk)}, about=fresh.pk, by=by, at=at, branch=on)
    return fresh


@transaction.atomic
def approve_by_counsel(text: Text, *, by: Actor, at: datetime) -> None:
    """Record that counsel has approved the words; the mark "draft" goes from every page."""
    _check_may(by, at=at)
    fresh = Text.objects.select_for_update().get(pk=text.pk)
    fresh.approved_by_counsel = True
    fresh.save(update_fields=["approved_by_counsel"])
    trail.record("text.approved_by_counsel", by=by, at=at, object=fresh)


def ask_again(text: Text, *, by: Actor, at: datetime) -> int:
    """
    Mark one portion of those whom a new text asks for more than they signed. Twice is once.

    :returns: how many were marked; 0 when nobody is left.
    """
    portion = list(queries.holders_of_less(text).order_by("id")[: settings.CONSENT_ASK_AGAIN_AT_ONCE])
    with transaction.atomic():
        vault.lock(*{consent.subject_id for consent in portion})
        fresh = Consent.objects.filter(pk__in=[consent.pk for consent in portion], state=State.ACTIVE)
        consents = list(fresh.select_related("subject").order_by("id"))
        for consent in consents:
            moves.make(consent, "ask_again", by=by, at=at, on=top_branch(by))
    return len(consents)


def _check_may(by: Actor, *, at: datetime) -> None:
    """
    Go on only for who may publish texts for the whole tree.

    :raises moves.NotAllowed: if the actor may not.
    """
    if by.kind == ActorKind.STAFF and not may(by, Permission.CONSENT_PUBLISH, on=top_branch(by), at=at):
        raise moves.NotAllowed(Permission.CONSENT_PUBLISH)


def top_branch(by: Actor) -> Branch | None:
    """Return the branch at the top of the actor's tree: texts hold for all of it."""
    if by.kind != ActorKind.STAFF:
        return None
    own = Branch.objects.filter(pk=by.branch).first() if by.branch else None
    if own is None:
        raise moves.NotAllowed(Permission.CONSENT_PUBLISH)
    above = [own.path[:length] for length in range(LEVEL_DIGITS, len(own.path) + 1, LEVEL_DIGITS)]
    top: Branch | None = Branch.objects.filter(path__in=above).order_by("path").first()
    return top


def _write(text: Text, language: str, words: Mapping[str, Any]) -> None:
    TextBody.objects.update_or_create(
        text=text,
        language=language,
        defaults={
            "words": dict(words),
            "sha256": documents.digest(text.document, text.version, language, text.lines, words),
        },
    )
