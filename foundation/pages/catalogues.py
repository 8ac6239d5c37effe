"""The catalogues of the pages' words: taken from the code, kept in ``locale/``, compiled without gettext.

Extraction is Python's own (the syntax tree) and Django's (``templatize``), so that the same
words are found on every machine, with or without the gettext tools.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polib
from django.utils.translation.template import templatize

FOLDERS: Final = ("foundation", "consent", "registry", "notifications", "templates")
LEFT_OUT: Final = frozenset({"migrations", "static", "__pycache__"})
LOCALES: Final = ("zh_Hans", "zh_Hant")
PLAIN: Final = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop"})
PLURAL: Final = frozenset({"ngettext", "ngettext_lazy"})
CONTEXT: Final = frozenset({"pgettext", "pgettext_lazy"})
CONTEXT_PLURAL: Final = frozenset({"npgettext", "npgettext_lazy"})
TEXT: Final = r"""u?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
CALL: Final = re.compile(
    rf"(?<![\w.])(_|gettext|ngettext|pgettext|npgettext)\(\s*({TEXT}(?:\s*,\s*{TEXT})*)", re.DOTALL
)
PLACE: Final = re.compile(r"%\((\w+)\)[sd]|\{(\w*)[^{}]*\}")
HEADER: Final = {
    "Project-Id-Version": "Life Relay",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """One text of a page, as the code has it."""

    text: str
    plural: str = ""
    context: str = ""


def extract(root: Path) -> dict[Message, set[str]]:
    """Return every text under a root, with the files that have it."""
    found: dict[Message, set[str]] = {}
    for path in _files(root):
        for message in _messages(path):
            found.setdefault(message, set()).add(path.relative_to(root).as_posix())
    return found


def update(root: Path, locale: str, messages: dict[Message, set[str]]) -> polib.POFile:
    """Write a locale's catalogue anew: what is translated stays, what is gone goes, what is new is empty."""
    path = po_path(root, locale)
    before = {_key(entry): entry for entry in (polib.pofile(str(path)) if path.exists() else [])}
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = HEADER | {"Language": locale}
    for message in sorted(messages):
        old = before.get((message.context, message.text))
        catalogue.append(_entry(message, sorted(messages[message]), old))
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))
    return catalogue


def compile_catalogue(root: Path, locale: str) -> None:
    """Write the ``.mo`` that Django reads."""
    path = po_path(root, locale)
    path.with_suffix(".mo").write_bytes(polib.pofile(str(path)).to_binary())


def problems(root: Path, messages: dict[Message, set[str]] | None = None) -> list[str]:
    """Return what is not yet right, a line each: missing, left over, untranslated, fuzzy or stale."""
    wanted = messages if messages is not None else extract(root)
    return [line for locale in LOCALES for line in _problems_of(root, locale, wanted)]


def po_path(root: Path, locale: str) -> Path:
    """Return where a locale's catalogue lies."""
    return root / "locale" / locale / "LC_MESSAGES" / "django.po"


def _problems_of(root: Path, locale: str, messages: dict[Message, set[str]]) -> Iterator[str]:
    path = po_path(root, locale)
    if not path.exists():
        yield f"{locale}: there is no catalogue"
        return
    catalogue = polib.pofile(str(path))
    entries = {_key(entry): entry for entry in catalogue if not entry.obsolete}
    wanted = {(message.context, message.text): message for message in messages}
    for key in sorted(wanted.keys() - entries.keys()):
        yield f"{locale}: missing: {key[1]!r} ({', '.join(sorted(messages[wanted[key]]))})"
    for key in sorted(entries.keys() - wanted.keys()):
        yield f"{locale}: left over: {key[1]!r}"
    for key in sorted(entries.keys() & wanted.keys()):
        yield from (f"{locale}: {fault}: {key[1]!r}" for fault in _faults(entries[key]))
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != catalogue.to_binary():
        yield f"{locale}: the .mo is older than the .po"


def _faults(entry: polib.POEntry) -> Iterator[str]:
    written = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if not written or not all(written):
        yield "untranslated"
        return
    if entry.fuzzy:
        yield "fuzzy"
    places = _places(entry.msgid_plural or entry.msgid) | _places(entry.msgid)
    if any(_places(text) != places for text in written):
        yield "other places to fill in"


def _places(text: str) -> set[str]:
    return {named or braced for named, braced in PLACE.findall(text)}


def _entry(message: Message, files: list[str], old: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=message.text,
        msgid_plural=message.plural,
        msgctxt=message.context or None,
        occurrences=[(name, "") for name in files],
    )
    if message.plural:
        kept = old.msgstr_plural.get(0, "") if old and old.msgid_plural else old.msgstr if old else ""
        entry.msgstr_plural = {0: kept}
    elif old:
        entry.msgstr = old.msgstr or old.msgstr_plural.get(0, "")
    if old and old.fuzzy:
        entry.flags.append("fuzzy")
    return entry


def _key(entry: polib.POEntry) -> tuple[str, str]:
    return entry.msgctxt or "", entry.msgid


def _files(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and not LEFT_OUT & set(path.parts):
                yield path


def _messages(path: Path) -> Iterator[Message]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _of_code(ast.parse(text))
    else:
        yield from _of_template(templatize(text, origin=path.name))


def _of_code(tree: ast.Module) -> Iterator[Message]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield from _message(name, _texts(node.args))


def _texts(arguments: Iterable[ast.expr]) -> list[str]:
    texts: list[str] = []
    for argument in arguments:
        if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
            break
        texts.append(argument.value)
    return texts


def _of_template(code: str) -> Iterator[Message]:
    for name, arguments in CALL.findall(code):
        texts = [str(ast.literal_eval(text)) for text in re.findall(TEXT, arguments, re.DOTALL)]
        yield from _message(name, texts)


def _message(name: str, texts: list[str]) -> Iterator[Message]:
    if name in PLAIN and texts and texts[0]:
        yield Message(texts[0])
    elif name in PLURAL and len(texts) > 1:
        yield Message(texts[0], plural=texts[1])
    elif name in CONTEXT and len(texts) > 1:
        yield Message(texts[1], context=texts[0])
    elif name in CONTEXT_PLURAL and len(texts) > 2:  # noqa: PLR2004  context, one, many
        yield Message(texts[1], plural=texts[2], context=texts[0])
