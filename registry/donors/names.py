"""Check names, compare them, take their pinyin initials; pure. No name is converted to another script."""

from __future__ import annotations

import unicodedata
from typing import Final

from django.utils.translation import gettext_lazy as _
from pypinyin import Style, pinyin

from foundation.vault import normal

_LONGEST: Final = 100
# Surnames read otherwise than the same character in a word.
# Source: 现代汉语词典, 7th edition; checked against pypinyin 0.55
_READ_AS: Final = {
    "B": "秘",
    "C": "种谌重晟车",
    "D": "都",
    "G": "盖句过会",
    "H": "黑",
    "M": "缪宓",
    "N": "那佴",
    "O": "区",
    "P": "朴繁逄",
    "Q": "仇覃曲亓",
    "S": "宿单召折少舍撒",
    "W": "隗",
    "X": "解冼洗郇郗",
    "Y": "乐员应贠於么貟",
    "Z": "曾查翟祭訾",
}
_OF_TWO: Final = {
    "万俟": "MQ",
    "尉迟": "YC",
    "长孙": "ZS",
    "澹台": "TT",
    "令狐": "LH",
    "单于": "CY",
    "夏侯": "XH",
}
_SURNAMES: Final = _OF_TWO | {
    surname: initial for initial, surnames in _READ_AS.items() for surname in surnames
}


class NameProblem(ValueError):
    """A name cannot be taken as one; the name is never in the message."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentences(self) -> list[str]:
        """Say what is wrong and how to mend it."""
        return [str(SENTENCES[self.code])]


SENTENCES: Final = {
    "name_missing": _("The name is missing. Write it as it stands on the document."),
    "name_unreadable": _(
        "The name holds characters that no name has. Write it as it stands on the document."
    ),
    "name_too_long": _("The name is longer than 100 characters. Write it as it stands on the document."),
}


def check(text: str) -> str:
    """
    Return a name without the spaces around it, else exactly as written.

    :raises NameProblem: if it is empty, holds a control character or half a surrogate pair, or has no letter.
    """
    name = text.strip()
    if not any(map(_is_seen, name)):
        raise NameProblem("name_missing")
    if len(name) > _LONGEST:
        raise NameProblem("name_too_long")
    if any(unicodedata.category(c) in {"Cc", "Cs"} for c in name) or not any(map(_is_of_a_name, name)):
        raise NameProblem("name_unreadable")
    return name


def _is_seen(character: str) -> bool:
    """Return whether something stands there; old systems keep characters where Unicode prints none."""
    return _is_of_a_name(character) or (character.isprintable() and not character.isspace())


def _is_of_a_name(character: str) -> bool:
    return unicodedata.category(character)[0] == "L" or unicodedata.category(character) == "Co"


def same(one: str, other: str) -> bool:
    """Return whether two spellings are of one name: spaces, dots, width and old code points aside."""
    return normal.name(one) == normal.name(other)


def initials(name: str) -> str:
    """
    Return the pinyin initials of a name in capitals: ``WLH`` for 王丽华.

    Surnames that are read otherwise than the word are read as surnames. A Latin name
    gives the first letter of each word; characters without a reading are left out.
    """
    plain = normal.text(name)
    for length in (2, 1):
        surname = plain[:length]
        if surname in _SURNAMES and (length == 1 or len(plain) > length):
            return _SURNAMES[surname] + _initials(plain[length:])
    return _initials(plain)


def _initials(text: str) -> str:
    read = (item[0] for item in pinyin(text, style=Style.FIRST_LETTER, strict=False, errors=_latin))
    return normal.letters("".join(read))


def _latin(text: str) -> str:
    words = text.replace(normal.DOT, " ").split()
    return "".join(word[0] for word in words if word[0].isascii())
