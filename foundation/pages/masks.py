"""What a personal value looks like to someone who has no need of it: masked, never empty, never guessed."""

from typing import Final

STARS: Final = "**"
PHONE_STARS: Final = "****"
CHINA: Final = "+86"
SHORTEST_PHONE: Final = 7
SHORTEST_DOCUMENT: Final = 8
CHINESE_MOBILE: Final = 11  # digits without the country code


def name(value: str) -> str:
    """
    Return the first character of a name and two stars, however long the name is.

    >>> name("王丽华")
    '王**'
    """
    return value.strip()[:1] + STARS


def phone(value: str) -> str:
    """
    Return a telephone number with its middle hidden; a Chinese one without its country code.

    >>> phone("+8613812344417")
    '138****4417'
    """
    digits = value.strip().replace(" ", "").replace("-", "")
    digits = digits.removeprefix(CHINA)
    if len(digits) < SHORTEST_PHONE:
        return PHONE_STARS
    head = 4 if digits.startswith("+") else 3
    return digits[:head] + PHONE_STARS + digits[-4:]


def spoken_phone(value: str) -> str:
    """
    Return a telephone number as one reads it aloud; a Chinese mobile number in three, four and four.

    >>> spoken_phone("+8613812344417")
    '138 1234 4417'
    """
    number = value.strip().removeprefix(CHINA)
    if len(number) != CHINESE_MOBILE or not number.isdecimal() or not number.startswith("1"):
        return value
    return f"{number[:3]} {number[3:7]} {number[7:]}"


def document(value: str) -> str:
    """Return the first three and the last two characters of a document number, its length hidden."""
    text = value.strip()
    return text[:3] + PHONE_STARS + text[-2:] if len(text) >= SHORTEST_DOCUMENT else PHONE_STARS


def email(value: str) -> str:
    """Return the first letter of a mailbox and its domain."""
    box, at, domain = value.strip().partition("@")
    return box[:1] + STARS + at + domain if at else STARS


def address(value: str) -> str:
    """Return the first three characters of an address: the province or the town, never the door."""
    return value.strip()[:3] + STARS


def text(_value: str) -> str:
    """Return stars in place of a free text."""
    return STARS * 2
