"""Write wordings: a draft from the words in use, its bodies, another channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import access, moves, trail
from foundation.access import Branch, Permission
from foundation.access.scopes import LEVEL_DIGITS
from foundation.trail import ActorKind
from notifications.channel_names import Channel
from notifications.wordings.models import (
    LANGUAGES,
    Readers,
    Wording,
    WordingBody,
    WordingState,
    WordingVersion,
)

if TYPE_CHECKING:
    from foundation.trail import Actor


class NotADraft(moves.Refused):
    """The version is not one that can be changed, or another draft of it is open."""


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in one body."""

    text: str
    subject: str = ""


@transaction.atomic
def draft_from(version: WordingVersion, *, by: Actor, at: datetime) -> WordingVersion:
    """
    Begin a new version from the words of another.

    :raises NotADraft: if a draft of this wording is open already.
    :raises moves.NotAllowed: if the actor may not write for these readers.
    """
    wording = Wording.objects.select_for_update().get(pk=version.wording_id)
    branch = may_write(wording, by=by, at=at)
    open_ones = wording.versions.filter(state__in=[WordingState.DRAFT, WordingState.ASKED])
    if open_ones.exists():
        raise NotADraft([_("A draft of these words is open already. Go on with that one.")], move="draft")
    newest = wording.versions.order_by("-number").values_list("number", flat=True).first() or 0
    draft = WordingVersion(
        wording=wording,
        number=newest + 1,
        made_at=at,
        branch_path=branch.path[:LEVEL_DIGITS] if branch else "",
        **by.columns(),
    )
    moves.begin(draft, "draft", by=by, at=at, on=branch)
    WordingBody.objects.bulk_create(
        WordingBody(
            version=draft,
            channel=body.channel,
            language=body.language,
            subject=body.subject,
            text=body.text,
        )
        for body in version.bodies.all()
    )
    return draft


@transaction.atomic
def edit(
    version: WordingVersion, said: Mapping[tuple[Channel, str], Words], *, by: Actor, at: datetime
) -> None:
    """
    Change bodies of a draft.

    :param said: the words by channel and language; a body that is not named stays.
    :raises NotADraft: if the version waits for a second person, or was approved once.
    :raises moves.NotAllowed: if the actor may not write for these readers.
    """
    fresh = _draft(version, by=by, at=at)
    for (channel, language), words in said.items():
        WordingBody.objects.update_or_create(
            version=fresh,
            channel=channel,
            language=language,
            defaults={"subject": words.subject.strip(), "text": words.text.replace("\r\n", "\n").strip()},
        )
    trail.record("wording.edited", by=by, at=at, object=fresh, bodies=[f"{c} {lang}" for c, lang in said])


@transaction.atomic
def write_for(version: WordingVersion, channel: Channel, *, by: Actor, at: datetime) -> None:
    """
    Let a draft have words for one more channel; they are empty until somebody writes them.

    :raises NotADraft: if the version waits for a second person, or was approved once.
    """
    fresh = _draft(version, by=by, at=at)
    for language in LANGUAGES:
        WordingBody.objects.get_or_create(version=fresh, channel=channel, language=language)
    trail.record("wording.channel_added", by=by, at=at, object=fresh, channel=channel.value)


def _draft(version: WordingVersion, *, by: Actor, at: datetime) -> WordingVersion:
    fresh = locked(version)
    may_write(fresh.wording, by=by, at=at)
    if fresh.state != WordingState.DRAFT:
        raise NotADraft([_("These words do not change any more: they wait for an answer, or had one.")])
    return fresh


def locked(version: WordingVersion) -> WordingVersion:
    """Return a version as it stands now, its row locked, with its wording."""
    versions = WordingVersion.objects.select_for_update(of=("self",)).select_related("wording")
    return versions.get(pk=version.pk)


def may_write(wording: Wording, *, by: Actor, at: datetime) -> Branch | None:
    """
    Return the branch at which somebody on the staff writes; None for a command.

    Who plans family care writes for families alone.

    :raises moves.NotAllowed: if the actor may not write for these readers.
    """
    if by.kind == ActorKind.COMMAND:
        return None
    branch: Branch | None = Branch.objects.filter(pk=by.branch).first() if by.branch else None
    rights = [Permission.PROGRAMME_EDIT]
    if wording.audience == Readers.FAMILY:
        rights.append(Permission.CARE_PLAN)
    if branch is None or not any(access.may(by, right, on=branch, at=at) for right in rights):
        raise moves.NotAllowed(Permission.PROGRAMME_EDIT)
    return branch
