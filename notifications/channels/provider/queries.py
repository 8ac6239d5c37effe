"""Ask what a message needs of the provider before it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from foundation.access import Branch
from notifications.channel_names import Channel
from notifications.channels.handing_over import NotHandedOver
from notifications.channels.provider.models import ProviderSign, ProviderTemplate, Standing
from notifications.wordings.fields import Addressee
from notifications.wordings.models import WordingBody, WordingState, WordingVersion

NO_SIGN: Final = "sign_not_approved"
NO_TEMPLATE: Final = "template_not_approved"
BY_THE_PROVIDER: Final = (Channel.SMS, Channel.WECHAT)
_DIGITS: Final = 4  # of a path, a level


def sign_of(branch: Branch) -> str:
    """
    Return the approved sign of a branch, else of the nearest above it.

    :raises NotHandedOver: if there is none: carriers drop a message without it.
    """
    paths = [branch.path[:end] for end in range(_DIGITS, len(branch.path) + 1, _DIGITS)]
    signs = ProviderSign.objects.filter(branch_path__in=paths, standing=Standing.APPROVED)
    nearest = max(signs, key=lambda sign: len(sign.branch_path), default=None)
    if nearest is None:
        raise NotHandedOver(NO_SIGN)
    return nearest.words


def template_of(version: WordingVersion, channel: str, language: str) -> str:
    """
    Return the provider's number of the words that are sent.

    :raises NotHandedOver: while the provider has not approved them.
    """
    found = ProviderTemplate.objects.filter(
        version=version, channel=channel, language=language, standing=Standing.APPROVED
    ).first()
    if found is None:
        raise NotHandedOver(NO_TEMPLATE)
    return found.number


def missing(version: WordingVersion, channel: str, to: Addressee) -> str:
    """Return what the provider has still to approve for words to somebody, as a code; "" if nothing."""
    try:
        if channel == Channel.SMS:
            sign_of(to.branch)
        template_of(version, channel, to.language)
    except NotHandedOver as lacks:
        return lacks.code
    return ""


@dataclass(frozen=True, slots=True)
class Line:
    """One text in use, and how it stands at the provider."""

    body: WordingBody
    template: ProviderTemplate | None

    @property
    def standing(self) -> str:
        """How it stands; one nobody registered has none."""
        return self.template.standing if self.template else ""


def texts_in_use() -> Sequence[Line]:
    """Return every text that is sent by the provider, with its template; those that wait come first."""
    bodies = WordingBody.objects.filter(
        version__state=WordingState.APPROVED, channel__in=BY_THE_PROVIDER
    ).select_related("version__wording")
    known = {
        (template.version_id, template.channel, template.language): template
        for template in ProviderTemplate.objects.filter(version__state=WordingState.APPROVED)
    }
    lines = [Line(body, known.get((body.version_id, body.channel, body.language))) for body in bodies]
    return sorted(
        lines,
        key=lambda line: (
            line.standing == Standing.APPROVED,
            line.body.version.wording.key,
            line.body.channel,
            line.body.language,
        ),
    )
