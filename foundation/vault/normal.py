"""Give values one spelling before they are indexed or compared; what is stored and shown stays byte-exact.

Pure. Every function is idempotent, and refuses nothing: whether a number is valid is asked elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

DOT: Final = "·"
_DOTS: Final = (
    "·•・‧∙⋅⸱ꞏ"  # the dots between the parts of a Uyghur, Kazakh or Tibetan name, as keyboards offer them
)
_LATER_THAN_2005: Final = {
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6,
    0xE82C: 0x9FB7, 0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA,
    0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip


def _private_use() -> dict[int, int]:
    """
    Map the characters GBK kept in the private use area to those Unicode gave them since.

    Old systems store 䶮 as U+E863. The area runs in the order of the two-byte codes FE50 to FEA0.

    Source: GB 18030-2005 and GB 18030-2022, annex D.
    """
    codes = (*range(0x50, 0x7F), *range(0x80, 0xA1))
    known = {0xE815 + i: ord(bytes([0xFE, byte]).decode("gb18030")) for i, byte in enumerate(codes)}
    return known | _LATER_THAN_2005


_ONE_SPELLING: Final = _private_use() | dict.fromkeys(map(ord, _DOTS), ord(DOT))
_SEPARATORS: Final = re.compile(r"[\s\-\u2010-\u2015\u2212_.()/·]+")


def text(value: str) -> str:
    """
    Return the value in NFKC, with digits of any script as 0-9, dots unified and spaces single.

    Invisible characters (zero width, direction marks, variation selectors) are dropped.
    """
    if value.isascii():
        return " ".join(value.replace("\x00", "").split())
    if value.isalpha() and "\ua78f" not in value and unicodedata.is_normalized("NFKC", value):
        return value  # letters alone, as of most names; that dot counts as one
    folded = unicodedata.normalize("NFKC", value.translate(_ONE_SPELLING)).translate(_ONE_SPELLING)
    if not folded.isascii():
        folded = "".join(_fold(character) for character in folded)
        folded = unicodedata.normalize("NFKC", folded)  # what stood apart may now combine
    return " ".join(folded.replace("\x00", "").split())


def _fold(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    invisible = unicodedata.category(character) == "Cf" or _is_variation_selector(character)
    return "" if invisible else character


def _is_variation_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def number(value: str) -> str:
    """Return a document or tube number without spaces and separators, in capitals."""
    return unicodedata.normalize("NFKC", _SEPARATORS.sub("", text(value)).upper())


def document(kind: str, value: str) -> str:
    """Return the one spelling of a document: its kind and number; two are the same document if equal."""
    return f"{kind}:{number(value)}"


def phone(value: str) -> str:
    """
    Return a telephone number as digits with a leading ``+``, where the country is known.

    A Chinese mobile number is the same with ``+86``, ``0086``, ``86`` or nothing before it.
    """
    folded = text(value)
    digits = "".join(filter(str.isdecimal, folded))
    if folded.startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if re.fullmatch(r"(86)?1[3-9]\d{9}", digits):
        return f"+86{digits[-11:]}"
    return digits


def name(value: str) -> str:
    """Return a name without spaces, in lower case, with one dot between its parts, for comparing."""
    folded = "".join(text(value).replace(".", DOT).casefold().split())
    return unicodedata.normalize("NFKC", folded).strip(DOT)


def letters(value: str) -> str:
    """Return pinyin initials as typed by anyone, in capitals and without what is no letter."""
    return "".join(filter(str.isalpha, text(value))).upper()
