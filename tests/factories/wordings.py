"""Wordings, each the plainest that may be sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import factory
from django.db import transaction

from foundation import moves
from foundation.trail import Actor, ActorKind
from notifications.channel_names import Channel
from notifications.wordings import actions
from notifications.wordings.models import LANGUAGES, Readers, Wording, WordingBody, WordingVersion

WRITTEN_AT = datetime(2020, 1, 1, tzinfo=UTC)
WRITER = Actor(ActorKind.COMMAND, "tests")


def install() -> None:
    """Bring in the wordings that come with the program."""
    actions.install_first_wordings(by=WRITER, at=WRITTEN_AT)


class WordingFactory(factory.Factory[Wording]):
    """An approved wording in three languages; ``texts={Channel.SMS: "…"}`` says which ways and words."""

    class Meta:
        model = Wording

    key = factory.Sequence(lambda n: f"family.test{n}")
    audience = Readers.FAMILY
    bereaved = True
    subject = "Thinking of you"  # of the e-mail
    texts: Any = None

    @classmethod
    @transaction.atomic
    def _create(cls, model_class: type[Wording], *args: Any, **kwargs: Any) -> Wording:
        texts = kwargs["texts"] or dict.fromkeys(
            (Channel.EMAIL, Channel.SMS), "{{ name }}: {{ branch_phone }}"
        )
        wording = Wording.objects.create(
            key=kwargs["key"],
            audience=kwargs["audience"],
            bereaved=kwargs["bereaved"],
            names={"en": kwargs["key"]},
        )
        version = WordingVersion(
            wording=wording,
            number=1,
            made_at=WRITTEN_AT,
            approved_at=WRITTEN_AT,
            approved_by_id=WRITER.id,
            **WRITER.columns(),
        )
        moves.begin(version, "install", by=WRITER, at=WRITTEN_AT)
        WordingBody.objects.bulk_create(
            WordingBody(
                version=version,
                channel=channel,
                language=language,
                subject=kwargs["subject"] if channel == Channel.EMAIL else "",
                text=text,
            )
            for channel, text in texts.items()
            for language in LANGUAGES
        )
        return wording
