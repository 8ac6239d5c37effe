"""
What in a letter may tell who wrote it: suggestions for a person who reads it, never a decision.

Pure: text in, places in the text out. A letter between donor and recipient names nobody and no place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a marked piece may be."""

    KNOWN = "known"  # a name, hospital or number that the record says: it must not go on
    NUMBER = "number"
    ADDRESS = "address"  # e-mail, WeChat
    DATE = "date"
    HOSPITAL = "hospital"
    PLACE = "place"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Mark:
    """One piece of the text, from ``start`` to before ``end``."""

    start: int
    end: int
    kind: Kind


STANDS_FOR: Final = "[…]"
_SHORTEST_KNOWN: Final = 2  # characters; a single one is in every letter
_HAN: Final = r"[\u3400-\u9fff]"
_OF_A_NAME: Final = (
    r"(?:(?![我你您他她们們在到于於来來自住去从從是的和与與了有个個这這那给給为為])[\u3400-\u9fff])"
)
_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_CITIES: Final = (  # provinces and their capitals, in both scripts
    "北京|天津|上海|重庆|重慶|河北|山西|辽宁|遼寧|吉林|黑龙江|黑龍江|江苏|江蘇|"
    "浙江|安徽|福建|江西|山东|山東|河南|湖北|湖南|广东|廣東|海南|四川|贵州|貴州|"
    "云南|雲南|陕西|陝西|甘肃|甘肅|青海|台湾|台灣|内蒙古|內蒙古|广西|廣西|西藏|"
    "宁夏|寧夏|新疆|香港|澳门|澳門|广州|廣州|深圳|杭州|宁波|寧波|南京|苏州|蘇州|"
    "武汉|武漢|成都|西安|郑州|鄭州|长沙|長沙|济南|濟南|青岛|青島|沈阳|瀋陽|大连|"
    "大連|哈尔滨|哈爾濱|长春|長春|合肥|福州|厦门|廈門|南昌|石家庄|石家莊|太原|昆明|"
    "贵阳|貴陽|南宁|南寧|兰州|蘭州|西宁|西寧|银川|銀川|乌鲁木齐|烏魯木齊|拉萨|拉薩|"
    "呼和浩特|海口"
)
_PATTERNS: Final = (
    (Kind.ADDRESS, re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+", re.ASCII)),
    (
        Kind.ADDRESS,
        re.compile(r"(?:微信|wechat|qq)\s*(?:号|號|id)?\s*[:：是]?\s*[\w-]{5,}", re.IGNORECASE | re.ASCII),
    ),
    (
        Kind.DATE,
        re.compile(
            r"\d{4}\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2}\s*[日号號]?)?|\d{1,2}\s*月\s*\d{1,2}\s*[日号號]"
            r"|[〇零一二三四五六七八九]{4}年(?:[一二三四五六七八九十]{1,3}月)?(?:[一二三四五六七八九十]{1,3}[日号號])?"
            r"|[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}[日号號]"
        ),
    ),
    (
        Kind.DATE,
        re.compile(
            rf"\b(?:\d{{1,2}}\s+{_MONTH}|{_MONTH}\s+\d{{1,2}})\b(?:,?\s+\d{{4}})?|\b{_MONTH}\s+\d{{4}}\b",
            re.IGNORECASE,
        ),
    ),
    (Kind.NUMBER, re.compile(r"\+?\d(?:[\d\s()-]{5,}\d)[\dXx]?")),
    (
        Kind.HOSPITAL,
        re.compile(
            rf"{_OF_A_NAME}{{2,14}}?(?:医院|醫院|血液科|骨髓库|骨髓庫|病区|病區|卫生院|衛生院|诊所|診所)"
            r"|(?:[A-Z][\w']+\s+){1,4}(?:Hospital|Clinic|Medical Cent(?:er|re))"
        ),
    ),
    (
        Kind.NAME,
        re.compile(
            rf"(?<=我叫){_HAN}{{2,4}}|(?<=名叫){_HAN}{{2,4}}|(?<=名字是){_HAN}{{2,4}}|(?<=姓名[:：]){_HAN}{{2,4}}"
            rf"|[小老阿]{_HAN}(?=[，。、！!\s]|$)|{_HAN}(?:医生|醫生|大夫|主任|护士|護士|老师|老師|阿姨|叔叔|先生|女士)"
            r"|(?<=[Mm]y name is )[A-Z][\w'-]+(?:\s[A-Z][\w'-]+)*|(?<=I am called )[A-Z][\w'-]+"
        ),
    ),
    (
        Kind.PLACE,
        re.compile(
            rf"{_OF_A_NAME}{{2,5}}?(?:省|(?<!城)市|县|縣|区|區|镇|鎮|乡|鄉|村|路|街|大学|大學|中学|中學|小学|小學|公司|工厂|工廠)"
        ),
    ),
    (Kind.PLACE, re.compile(_CITIES)),
)


def marks(text: str, *, known: Iterable[str] = ()) -> list[Mark]:
    """
    Return the pieces of a text that may tell who wrote it, in order, none inside another.

    :param known: what the record says: names, hospitals, numbers, codes; found however they are spaced.
    """
    found = [Mark(*match.span(), Kind.KNOWN) for one in known for match in _spaced(one).finditer(text)]
    for kind, pattern in _PATTERNS:
        found += [Mark(*match.span(), kind) for match in pattern.finditer(text)]
    return _apart(found)


def blanked(text: str, found: Iterable[Mark]) -> str:
    """Return the text with each marked piece left out, as a first draft for whoever screens it."""
    pieces, at = [], 0
    for mark in found:
        pieces += [text[at : mark.start], STANDS_FOR]
        at = mark.end
    return "".join([*pieces, text[at:]])


def leaks(text: str, known: Iterable[str]) -> bool:
    """Return whether a text says something that the record knows: a name, a hospital, a number, a code."""
    plain = _plain(text)
    return any(len(key) >= _SHORTEST_KNOWN and key in plain for key in map(_plain, known))


def known_of(*, names: Iterable[object], others: Iterable[object]) -> list[str]:
    """
    Return what must not stand in a letter: the others as they are, of a Chinese name the given name too.

    Values that are erased, broken or empty are left out.
    """
    found = []
    for name in names:
        if isinstance(name, str) and name:
            found.append(name)
            if len(name) in {3, 4} and re.fullmatch(f"{_HAN}+", name):
                found.append(name[-2:])
    return [*found, *(one for one in others if isinstance(one, str) and len(one) >= _SHORTEST_KNOWN)]


def _apart(found: list[Mark]) -> list[Mark]:
    """Keep, of pieces that overlap, the one that begins first and is longest."""
    kept: list[Mark] = []
    for mark in sorted(found, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
        elif mark.end > kept[-1].end:
            kept[-1] = Mark(kept[-1].start, mark.end, kept[-1].kind)
    return kept


def _spaced(word: str) -> re.Pattern[str]:
    letters = [re.escape(letter) for letter in word if not letter.isspace() and letter not in "-·"]
    if len(letters) < _SHORTEST_KNOWN:
        return re.compile(r"(?!)")  # finds nothing
    return re.compile(r"[\s·-]*".join(letters), re.IGNORECASE)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())
