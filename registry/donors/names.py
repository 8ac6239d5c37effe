"""Check names, compare them, and take their pinyin initials; pure. Names are never converted between scripts."""

from __future__ import annotations

import unicodedata
from typing import Final

from django.utils.translation import gettext_lazy as _
from pypinyin import Style, pinyin

from foundation.vault import normal

_LONGEST: Final = 100
# Surnames read otherwise than the same character in a word.
# Source: 现代汉语词典, 7th edition; checked against pypinyin 0.55
_SURNAMES: Final = {
    "万俟": "MQ", "尉迟": "YC", "长孙": "ZS", "澹台": "TT", "令狐": "LH", "单于": "CY", "宿": "S", "单": "S",
    "仇": "Q", "解": "X", "曾": "Z", "区": "O", "查": "Z", "盖": "G", "朴": "P", "乐": "Y", "翟": "Z", "缪": "M",
    "员": "Y", "覃": "Q", "冼": "X", "召": "S", "秘": "B", "种": "C", "黑": "H", "折": "S", "洗": "X", "繁": "P",
    "都": "D", "宓": "M", "郇": "X", "隗": "W", "那": "N", "佴": "N", "祭": "Z", "句": "G", "逄": "P", "谌": "C",
    "应": "Y", "任": "R", "华": "H", "尹": "Y", "重": "C", "晟": "C", "车": "C", "葛": "G", "纪": "J", "柏": "B",
    "卜": "B", "晁": "C", "郗": "X", "訾": "Z", "臧": "Z", "幺": "Y", "贠": "Y", "过": "G", "哈": "H", "少": "S",
    "曲": "Q", "燕": "Y", "舍": "S", "夏侯": "XH", "亓": "Q", "於": "Y", "撒": "S", "么": "Y", "会": "G", "貟": "Y",
}  # fmt: skip


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
    if not name or not any(character.isprintable() and not character.isspace() for character in name):
        raise NameProblem("name_missing")
    if len(name) > _LONGEST:
        raise NameProblem("name_too_long")
    if any(unicodedata.category(c) in {"Cc", "Cs"} for c in name) or not any(map(_is_of_a_name, name)):
        raise NameProblem("name_unreadable")
    return name


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
