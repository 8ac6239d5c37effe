"""Refuse passwords that a guesser tries first. No rule says which kinds of letters a password has.

Source: ASVS 5.0 6.2.4, 6.2.5, 6.2.11
"""

from __future__ import annotations

import re

from django.contrib.auth.password_validation import CommonPasswordValidator, MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from foundation.access.models import Staff

SHORTEST_CORE = 4  # characters that must be left when digits and signs around a word are taken away
LONG = 20  # characters; from here on any composition is welcome
OUR_WORDS = frozenset(
    {
        "liferelay",
        "redcross",
        "hongshizi",
        "hongshizihui",
        "shengmingtongxing",
        "生命同行",
        "红十字",
        "红十字会",
    }
)
REPEATED = re.compile(r"(.{1,8}?)\1+", re.DOTALL)
AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
ROWS = (
    "01234567890123456789",
    "98765432109876543210",
    "qwertyuiopasdfghjklzxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
)


class LongEnough(MinimumLengthValidator):
    """Refuse short passwords, in the reader's language."""

    def get_error_message(self) -> str:
        """Return the sentence."""
        return _("Please use at least %(n)s characters.") % {"n": self.min_length}


class NotGuessedFirst(CommonPasswordValidator):
    """Refuse common passwords, also dressed up with digits, said twice, or read off the keyboard."""

    def validate(self, password: str, user: Staff | None = None) -> None:  # noqa: ARG002 Django gives it
        """
        Check one password.

        :raises ValidationError: if it is among those that are tried first.
        """
        lowered = password.casefold().strip()
        core = AROUND.sub("", lowered)
        known = any(word in self.passwords or word in OUR_WORDS for word in (lowered, core))
        if known or _is_thin(lowered, core):
            raise ValidationError(_("This password is one of those that are guessed first."), "common")

    def get_help_text(self) -> str:
        """Return the rule in words."""
        return _("It must not be one of those that are guessed first.")


def _is_thin(lowered: str, core: str) -> bool:
    """Return whether little is left once repetition, rows of keys and the digits around are taken away."""
    if len(lowered) >= LONG:
        return False
    return (
        bool(REPEATED.fullmatch(lowered)) or len(core) < SHORTEST_CORE or any(lowered in row for row in ROWS)
    )
