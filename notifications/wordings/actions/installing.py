"""Bring in the words that come with the program, marked as drafts until counsel has read them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from foundation import moves
from notifications.wordings import first
from notifications.wordings.models import Wording, WordingBody, WordingVersion

if TYPE_CHECKING:
    from foundation.trail import Actor


@transaction.atomic
def install_first_wordings(*, by: Actor, at: datetime, in_use: bool = True) -> list[Wording]:
    """
    Bring in the first wordings. Run twice, it changes nothing; one that is there keeps its words.

    :param in_use: False leaves each a draft that a second person reads before it is sent.
    :returns: those made now.
    """
    there = set(Wording.objects.values_list("key", flat=True))
    missing = [wording for wording in first.read() if wording.key not in there]
    return [_install(wording, by=by, at=at, in_use=in_use) for wording in missing]


def _install(said: first.FirstWording, *, by: Actor, at: datetime, in_use: bool) -> Wording:
    wording = Wording.objects.create(
        key=said.key, audience=said.audience, bereaved=said.bereaved, names=dict(said.names)
    )
    version = WordingVersion(wording=wording, number=1, made_at=at, **by.columns())
    if in_use:
        version.approved_at, version.approved_by_id = at, by.id
    moves.begin(version, "install" if in_use else "draft", by=by, at=at)
    WordingBody.objects.bulk_create(
        WordingBody(
            version=version,
            channel=body.channel,
            language=body.language,
            subject=body.subject,
            text=body.text,
        )
        for body in said.bodies
    )
    return wording
