"""Words as they came with the program, for what must not wait until somebody has approved them: an alarm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from notifications.wordings import first, rendering
from notifications.wordings.fields import Addressee
from notifications.wordings.models import Wording, WordingBody, WordingVersion
from notifications.wordings.rendering import NoWording, Rendered


def render(
    key: str, channel: str, recipient: Addressee, given: Mapping[str, Any], *, at: datetime
) -> Rendered:
    """
    Return words in the text of the program's own files. They name nobody, and belong to no version.

    :raises NoWording: if the program brings none for this occasion, channel and language.
    :raises FieldMissing: if a field has no value.
    """
    body = _bodies(key).get((channel, recipient.language))
    if body is None:
        raise NoWording(f"{key} {channel} {recipient.language}")
    return rendering.rendered(body, recipient, given, at=at)


@lru_cache(maxsize=8)
def _bodies(key: str) -> dict[tuple[str, str], WordingBody]:
    said = next((one for one in first.read() if one.key == key), None)
    if said is None:
        return {}
    wording = Wording(key=said.key, audience=said.audience, bereaved=said.bereaved, names=dict(said.names))
    version = WordingVersion(wording=wording, number=0)
    return {
        (str(body.channel), body.language): WordingBody(
            version=version,
            channel=body.channel,
            language=body.language,
            subject=body.subject,
            text=body.text,
        )
        for body in said.bodies
    }
