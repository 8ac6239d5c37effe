"""What stands against reaching somebody, in words: the codes of ``against.stands_against``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

AGAINST: Final[dict[str, StrOrPromise]] = {
    "dead": _("The person was reported dead"),
    "gone": _("The person is no longer in the register"),
    "objected": _("Somebody objects"),
    "no_more": _("They want to hear nothing more"),
    "only_if_matched": _("They want to hear of a match only"),
    "legacy_unverified": _("Nobody has spoken to them yet"),
    "no_consent": _("They did not agree to this way"),
    "scan_missing": _("They signed for this way; it waits for its scan"),
    "no_address": _("No address or number is known for this way"),
    "channel_stopped": _("They stopped this way themselves"),
    "channel_broken": _("This way came back or reaches somebody else"),
}


def in_words(code: str) -> str:
    """Return what stands against somebody in the reader's words."""
    return str(AGAINST[code])
