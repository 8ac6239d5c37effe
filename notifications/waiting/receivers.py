"""Ask again what lacked something, once it is there. Twice is once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from foundation.trail import Actor
from notifications.channels.provider.models import ProviderSign, ProviderTemplate
from notifications.outbox import Message, lacking
from notifications.wordings.models import WordingVersion
from registry.families.models import Family


def words_approved(*, version: WordingVersion, by: Actor, at: datetime, **_more: Any) -> None:
    """Ask again what waited for these words, or for words that need less."""
    waiting = Message.objects.filter(wording=version.wording.key, why__in=lacking.OF_WORDS)
    lacking.ask_again(waiting, by=by, at=at, about=version)


def template_approved(*, template: ProviderTemplate, by: Actor, at: datetime, **_more: Any) -> None:
    """Ask again what waited for the provider to approve these words."""
    waiting = Message.objects.filter(
        wording=template.version.wording.key, channel=template.channel, why="template_not_approved"
    )
    lacking.ask_again(waiting, by=by, at=at, about=template)


def sign_approved(*, sign: ProviderSign, by: Actor, at: datetime, **_more: Any) -> None:
    """Ask again what waited for the sign of a branch, or of one below it."""
    waiting = Message.objects.filter(branch_path__startswith=sign.branch_path, why="sign_not_approved")
    lacking.ask_again(waiting, by=by, at=at, about=sign)


def family_changed(*, family: Family, by: Actor, at: datetime, **_more: Any) -> None:
    """Ask again what lacked a fact of this household."""
    waiting = Message.objects.filter(subject__member__family=family, why="field_empty")
    lacking.ask_again(waiting, by=by, at=at, about=family)
