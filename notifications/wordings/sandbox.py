"""Fill ``{{ field }}`` in staff's words, and nothing else: no filter, no attribute, no tag, no include.

Pure, and no template engine: whatever is not a bare field between two braces is refused when the
words are checked, and stays the text it is should it ever get here. A value that is put in is one
line of text; it is never read for fields again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

LONGEST_VALUE: Final = 300  # characters of one value: an address, a place, a link
_FIELD: Final = re.compile(r"\{\{[ \t]{0,4}([a-z][a-z0-9_]{0,39})[ \t]{0,4}\}\}")
_MARKS: Final = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_BREAKS: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS: Final = frozenset("\u200c\u200d")  # Uyghur and Kazakh names are written with them


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words as written, or a field: then ``text`` is its name."""

    text: str
    field: bool = False


def pieces(words: str) -> Iterator[Piece]:
    """Part words into what is written and what is to be put in, in order."""
    end = 0
    for found in _FIELD.finditer(words):
        if found.start() > end:
            yield Piece(words[end : found.start()])
        yield Piece(found[1], field=True)
        end = found.end()
    if end < len(words):
        yield Piece(words[end:])


def names(words: str) -> frozenset[str]:
    """Return the fields that words need."""
    return frozenset(piece.text for piece in pieces(words) if piece.field)


def strays(words: str) -> list[str]:
    """Return each mark of a template that belongs to no field, with what follows it."""
    return [
        piece.text[found.start() : found.start() + 40].splitlines()[0].strip()
        for piece in pieces(words)
        if not piece.field
        for found in _MARKS.finditer(piece.text)
    ]


def fill(words: str, values: Mapping[str, str]) -> str:
    """
    Return words with every field put in.

    :raises KeyError: for a field without a value.
    """
    return "".join(values[piece.text] if piece.field else piece.text for piece in pieces(words))


def one_line(value: str) -> str:
    """
    Return a value as one harmless line: line ends, controls and direction marks become spaces.

    Source: issue "CR/LF and U+2028 in names, addresses, subjects"
    """
    kept = "".join(" " if _breaks(character) else character for character in value)
    return " ".join(kept.split())[:LONGEST_VALUE]


def controls(words: str) -> bool:
    """Return whether words hold a character that breaks or turns a line unseen; a line end may stand."""
    return any(_breaks(character) for character in words if character not in "\n\t")


def _breaks(character: str) -> bool:
    return character not in _JOINERS and unicodedata.category(character) in _BREAKS
