"""Read telephone numbers as people write them into E.164; pure.

A mobile number is asked of a volunteer; a landline is good enough for a contact.
"""

from __future__ import annotations

import re
from typing import Final

import phonenumbers
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumberType

from foundation.vault import normal

_CHINESE_MOBILE: Final = re.compile(r"\+861[3-9]\d{9}")
_MOBILE: Final = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_LANDLINE: Final = frozenset(
    {PhoneNumberType.FIXED_LINE, PhoneNumberType.VOIP, PhoneNumberType.PERSONAL_NUMBER}
)
_LONGEST: Final = 40


class PhoneProblem(ValueError):
    """A telephone number cannot be right; the number is never in the message."""

    code = "phone_invalid"

    def __init__(self) -> None:
        super().__init__(self.code)

    @property
    def sentences(self) -> list[str]:
        """Say what is wrong and how to mend it."""
        return [str(SENTENCE)]


SENTENCE: Final = _("The telephone number is not valid. One from abroad begins with + and its country.")


def check(text: str, *, landline: bool = False) -> str:
    """
    Return a telephone number in E.164; without a country code it is Chinese.

    A Chinese mobile number is judged by its form alone: new ranges are opened faster
    than any table of them is updated.

    :param landline: accept a landline too, as for a contact.
    :raises PhoneProblem: if nobody can be called at it.

    Source: https://github.com/google/libphonenumber
    """
    normalised = normal.phone(text) if len(text) <= _LONGEST else ""
    if _CHINESE_MOBILE.fullmatch(normalised):
        return normalised
    try:
        number = phonenumbers.parse(normalised, "CN")
    except phonenumbers.NumberParseException:
        raise PhoneProblem from None
    allowed = _MOBILE | _LANDLINE if landline else _MOBILE
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in allowed:
        raise PhoneProblem
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
