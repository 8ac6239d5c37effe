"""The light way in which a text is typed: ``## heading``, paragraphs, and the questions asked back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

_KEYED = re.compile(r"^(?P<words>.*\S)\s*\[(?P<key>[a-z0-9_]{1,40})\]$")


class NotReadable(ValueError):
    """The text is not written as it should be; the message is a sentence for the page."""


def write_sections(words: Mapping[str, Any]) -> str:
    """Return headings and paragraphs as they are typed."""
    parts = []
    for section in words.get("sections", []):
        parts += [f"## {section['heading']}", *section["paragraphs"]]
    return "\n\n".join(parts)


def read_sections(typed: str) -> list[dict[str, Any]]:
    """
    Return headings and paragraphs.

    :raises NotReadable: if a paragraph stands before the first heading.
    """
    sections: list[dict[str, Any]] = []
    for part in re.split(r"\n\s*\n", typed.replace("\r", "").strip()):
        block = " ".join(part.split("\n")).strip()
        if block.startswith("## "):
            sections.append({"heading": block[3:].strip(), "paragraphs": []})
        elif block and not sections:
            raise NotReadable(_("Begin with a heading: ## and its words."))
        elif block:
            sections[-1]["paragraphs"].append(block)
    return sections


def write_questions(words: Mapping[str, Any]) -> str:
    """Return the questions as they are typed: ``?`` question, ``+`` right, ``-`` other answer, ``>`` why."""
    blocks = []
    for question in words.get("questions", []):
        lines = [f"? {question['words']} [{question['key']}]"]
        for answer in question["answers"]:
            sign = "+" if answer["key"] == question["right"] else "-"
            lines.append(f"{sign} {answer['words']} [{answer['key']}]")
        blocks.append("\n".join([*lines, f"> {question['because']}"]))
    return "\n\n".join(blocks)


def read_questions(typed: str) -> list[dict[str, Any]]:
    """
    Return the questions.

    :raises NotReadable: if one lacks its right answer, its reason or a key in brackets.
    """
    blocks = re.split(r"\n\s*\n", typed.replace("\r", "").strip())
    return [_question(block.split("\n")) for block in blocks if block.strip()]


def _question(lines: list[str]) -> dict[str, Any]:
    signed = [(line.strip()[:1], line.strip()[1:].strip()) for line in lines if line.strip()]
    asked = [_keyed(words) for sign, words in signed if sign == "?"]
    answers = [(sign, *_keyed(words)) for sign, words in signed if sign in {"+", "-"}]
    because = [words for sign, words in signed if sign == ">"]
    right = [key for sign, key, _words in answers if sign == "+"]
    if len(asked) != 1 or len(right) != 1 or len(because) != 1:
        raise NotReadable(
            _("Each question has one line with ?, one right answer with +, others with -, and why with >.")
        )
    return {
        "key": asked[0][0],
        "words": asked[0][1],
        "answers": [{"key": key, "words": words} for _sign, key, words in answers],
        "right": right[0],
        "because": because[0],
    }


def _keyed(words: str) -> tuple[str, str]:
    found = _KEYED.match(words)
    if not found:
        raise NotReadable(_("Each question and answer ends with its key in brackets, as [any_time]."))
    return found["key"], found["words"]
