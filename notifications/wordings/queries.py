"""Read wordings: their versions, what speaks against each, and how they will read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from notifications.channel_names import Channel
from notifications.wordings import checks, fields, rendering, sandbox
from notifications.wordings.checks import Problem
from notifications.wordings.models import LANGUAGES, Wording, WordingBody, WordingState, WordingVersion

_ORDER = {channel: place for place, channel in enumerate(Channel)}


@dataclass(frozen=True, slots=True)
class Shown:
    """A body as it will be read, with what speaks against it."""

    body: WordingBody
    written: rendering.Rendered
    paragraphs: list[str]
    problems: list[Problem]
    parts: int  # of an SMS, else 0


def problems_of(version: WordingVersion) -> list[Problem]:
    """Return what speaks against a version, of all its bodies."""
    wording = version.wording
    return [problem for body in version.bodies.all() for problem in problems(body, wording)]


def problems(body: WordingBody, wording: Wording) -> list[Problem]:
    """Return what speaks against one body."""
    return checks.check(
        body.text,
        audience=wording.audience,
        bereaved=wording.bereaved,
        channel=body.channel,
        subject=body.subject,
        language=body.language,
    )


def shown(body: WordingBody, wording: Wording) -> Shown:
    """Return a body with the fields of an invented family, volunteer or drive put in."""
    names = sandbox.names(body.subject) | sandbox.names(body.text)
    values = fields.samples(names, wording.audience, body.language)
    written = rendering.write(body, wording.audience, values, language=body.language)
    sign = fields.samples(["branch_name"], wording.audience, body.language)["branch_name"]
    return Shown(
        body=body,
        written=written,
        paragraphs=list(rendering.as_paragraphs(body.text, wording.audience, values)),
        problems=problems(body, wording),
        parts=checks.sms_parts(written.text, sign) if body.channel == Channel.SMS else 0,
    )


def channels_of(version: WordingVersion) -> list[Channel]:
    """Return the channels that a version has words for, calls first."""
    found = {Channel(body.channel) for body in version.bodies.all()}
    return sorted(found, key=lambda channel: _ORDER[channel])


def incomplete(version: WordingVersion) -> list[tuple[Channel, str]]:
    """Return each channel and language in which a version still lacks words."""
    spoken = {(body.channel, body.language) for body in version.bodies.all() if body.text.strip()}
    return [
        (channel, language)
        for channel in channels_of(version)
        for language in LANGUAGES
        if (channel, language) not in spoken
    ]


def newest_of(wordings: Iterable[Wording]) -> dict[Wording, list[WordingVersion]]:
    """Return the versions of wordings that matter on a list: what is sent, and what is being written."""
    listed = {wording.pk: wording for wording in wordings}
    versions: dict[Wording, list[WordingVersion]] = {wording: [] for wording in listed.values()}
    asked = WordingVersion.objects.filter(wording__in=listed).exclude(state=WordingState.RETIRED)
    for version in asked.order_by("-number"):
        versions[listed[version.wording_id]].append(version)
    return versions
