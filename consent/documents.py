"""A consent text as plain values: its lines, its words in one language, and the hash of both. No database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from consent.purposes import CORE, Purpose

FOLDER = Path(__file__).parent / "texts"
LANGUAGES = ("zh-hans", "zh-hant", "en")


class BadText(ValueError):
    """A text lacks something it must have. Its message names the place, never a person."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One place to sign, and the purposes that the signature there gives."""

    key: str
    purposes: tuple[Purpose, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text: what it asks, where it is signed, which purposes and uses it gives."""

    key: str
    slots: tuple[Slot, ...]
    uses: Mapping[Purpose, tuple[str, ...]]
    ticked: bool  # the person ticks the purposes one by one, and may tick none
    words: str = ""
    slot_words: Mapping[str, str] = field(default_factory=dict)
    tick_words: Mapping[str, str] = field(default_factory=dict)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What is ticked, in the words of the text."""
        return [
            (purpose.value, self.tick_words.get(purpose.value) or str(purpose.label))
            for purpose in self.purposes
        ]

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """The purposes of all its signatures, in order."""
        return tuple(purpose for slot in self.slots for purpose in slot.purposes)

    @property
    def signatures(self) -> int:
        """How many signatures the line takes."""
        return len(self.slots)

    @property
    def core(self) -> bool:
        """Whether nobody can be on the register without it."""
        return bool(CORE & set(self.purposes))


@dataclass(frozen=True, slots=True)
class Question:
    """A question that shows whether the text was understood: no trap, no mark."""

    key: str
    words: str
    answers: tuple[tuple[str, str], ...]
    right: str
    because: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


def structure(lines: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    """
    Return the lines without words.

    :raises BadText: on an unknown purpose, one given twice, or one that lists no use.
    """
    parsed = tuple(_line(line) for line in lines)
    purposes = [purpose for line in parsed for purpose in line.purposes]
    if not purposes or len(purposes) != len(set(purposes)):
        message = "each purpose stands on exactly one line"
        raise BadText(message)
    return parsed


def _line(line: Mapping[str, Any]) -> Line:
    try:
        slots = tuple(Slot(s["key"], tuple(map(Purpose, s["purposes"]))) for s in line["slots"])
        uses = {Purpose(p): tuple(u) for p, u in line["uses"].items()}
        key, ticked = str(line["key"]), bool(line.get("ticked", False))
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise BadText(str(fault)) from fault
    if {p for s in slots for p in s.purposes} != uses.keys() or not all(uses.values()):
        message = f"line {key}: each purpose lists its uses"
        raise BadText(message)
    return Line(key, slots, uses, ticked)


def with_words(lines: Sequence[Line], words: Mapping[str, Any]) -> tuple[Line, ...]:
    """
    Return the lines with their words in one language.

    :raises BadText: if a line, a place to sign or a tick has no words.
    """
    result = []
    for line in lines:
        said = words.get("lines", {}).get(line.key)
        if not said or not said.get("words"):
            message = f"line {line.key} has no words"
            raise BadText(message)
        slots = dict(said.get("slots", {}))
        if missing := [slot.key for slot in line.slots if not slots.get(slot.key)]:
            message = f"line {line.key}: no words for the signature {', '.join(missing)}"
            raise BadText(message)
        ticks = dict(said.get("ticks", {}))
        if line.ticked and not all(ticks.get(purpose.value) for purpose in line.purposes):
            message = f"line {line.key}: no words for what is ticked"
            raise BadText(message)
        result.append(replace(line, words=said["words"], slot_words=slots, tick_words=ticks))
    return tuple(result)


def sections(words: Mapping[str, Any]) -> tuple[Section, ...]:
    """Return what is explained before the lines."""
    return tuple(Section(s["heading"], tuple(s["paragraphs"])) for s in words.get("sections", []))


def questions(words: Mapping[str, Any]) -> tuple[Question, ...]:
    """Return the questions asked back."""
    return tuple(
        Question(
            key=q["key"],
            words=q["words"],
            answers=tuple((a["key"], a["words"]) for a in q["answers"]),
            right=q["right"],
            because=q["because"],
        )
        for q in words.get("questions", [])
    )


def digest(document: str, version: int, language: str, lines: Any, words: Mapping[str, Any]) -> str:
    """
    Return the SHA-256 of a text in one language: everything the person was shown, and what it gives.

    :param lines: the structure as stored (JSON), so that purposes and uses are bound too.
    """
    whole = {"document": document, "version": version, "language": language, "lines": lines, "words": words}
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read(document: str, version: int) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """
    Return the lines and the words by language of a text that comes with the program.

    :raises BadText: if a language lacks a line, or the lines are not well formed.
    """
    folder = FOLDER / document / str(version)
    lines = json.loads((folder / "lines.json").read_text("utf-8"))
    words = {code: json.loads((folder / f"{code}.json").read_text("utf-8")) for code in LANGUAGES}
    for spoken in words.values():
        with_words(structure(lines), spoken)
    return lines, words
