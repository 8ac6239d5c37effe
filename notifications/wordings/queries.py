"""Read wordings: their versions, what speaks against each, and how they will read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import models

from notifications.channel_names import Channel
from notifications.wordings import checks, fields, rendering, sandbox, words
from notifications.wordings.checks import Problem
from notifications.wordings.models import LANGUAGES, Wording, WordingBody, WordingState, WordingVersion

_WRITTEN_FIRST = (Channel.LETTER, Channel.EMAIL, Channel.SMS, Channel.WECHAT, Channel.CALL, Channel.VISIT)
_ORDER = {channel: place for place, channel in enumerate(_WRITTEN_FIRST)}


@dataclass(frozen=True, slots=True)
class Shown:
    """A body as it will be read, with what speaks against it."""

    body: WordingBody
    written: rendering.Rendered
    paragraphs: list[str]
    problems: list[Problem]
    sign: str  # of the invented branch, in front of an SMS
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
        later=wording.key in words.LATER,
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
        sign=sign,
        parts=checks.sms_parts(written.text, sign) if body.channel == Channel.SMS else 0,
    )


def channels_of(version: WordingVersion) -> list[Channel]:
    """Return the channels that a version has words for, what is written first."""
    found = {Channel(body.channel) for body in version.bodies.all()}
    return sorted(found, key=lambda channel: _ORDER[channel])


def read_by(readers: Collection[str]) -> models.QuerySet[Wording]:
    """Return the wordings for these readers."""
    return Wording.objects.filter(audience__in=readers)


@dataclass(frozen=True, slots=True)
class Line:
    """A wording on the list: what is sent now, and what is being written."""

    wording: Wording
    name: str
    in_use: WordingVersion | None
    writing: WordingVersion | None
    channels: list[Channel]

    @property
    def version(self) -> WordingVersion | None:
        """The version that its name leads to."""
        return self.in_use or self.writing


def lines_of(wordings: models.QuerySet[Wording], language: str) -> list[Line]:
    """Return wordings as a list shows them, in three queries."""
    open_ones = WordingVersion.objects.exclude(state=WordingState.RETIRED).prefetch_related("bodies")
    listed = wordings.prefetch_related(models.Prefetch("versions", open_ones, to_attr="open_versions"))
    return [_line(wording, language) for wording in listed]


def _line(wording: Wording, language: str) -> Line:
    versions: list[WordingVersion] = wording.open_versions  # type: ignore[attr-defined]  # prefetched
    in_use = next((version for version in versions if version.state == WordingState.APPROVED), None)
    writing = next((version for version in versions if version.state != WordingState.APPROVED), None)
    leading = in_use or writing
    channels = channels_of(leading) if leading else []
    return Line(wording, wording.name_in(language), in_use, writing, channels)


def chosen(asked: str, channels: Sequence[Channel]) -> Channel | None:
    """Return the channel that was asked for, else the first there is."""
    return next((channel for channel in channels if channel == asked), channels[0] if channels else None)


def worst_of(version: WordingVersion, channel: Channel) -> str:
    """Return "bad" if something stops the words for a channel, "due" if something is to think over, or ""."""
    found = [
        problem
        for body in version.bodies.all()
        if body.channel == channel
        for problem in problems(body, version.wording)
    ]
    if any(problem.stops for problem in found):
        return "bad"
    return "due" if found else ""


@dataclass(frozen=True, slots=True)
class Side:
    """The words for a channel in one language, beside those in use before them."""

    language: str
    one: Shown | None
    before: str  # the text in use, where this one differs from it


def shown_by(version: WordingVersion, channel: Channel | None) -> list[Side]:
    """Return the words for a channel, language by language."""
    if channel is None:
        return []
    mine = {body.language: body for body in version.bodies.all() if body.channel == channel}
    in_use = _in_use(version, channel)
    sides = []
    for language in LANGUAGES:
        body = mine.get(language)
        before = in_use.get(language, "")
        differs = body is not None and before != body.text
        sides.append(
            Side(language, shown(body, version.wording) if body else None, before if differs else "")
        )
    return sides


def _in_use(version: WordingVersion, channel: Channel) -> dict[str, str]:
    if version.state not in {WordingState.DRAFT, WordingState.ASKED}:
        return {}
    bodies = WordingBody.objects.filter(
        version__wording=version.wording_id, version__state=WordingState.APPROVED, channel=channel
    )
    return dict(bodies.values_list("language", "text"))
