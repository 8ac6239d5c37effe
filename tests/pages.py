"""Read the forms of a page and send them as a browser would, whatever stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urljoin

TEXTS = frozenset({"", "text", "search", "tel", "email", "url", "number", "date", "time", "datetime-local"})
TICKED = frozenset({"checkbox", "radio"})
BUTTONS = frozenset({"submit", "button", "reset", "image"})


@dataclass
class Field:
    """One thing of a form that can be filled in, and what stands in it."""

    name: str
    kind: str
    value: str = ""
    choices: list[str] = field(default_factory=list)

    @property
    def is_typed(self) -> bool:
        """Whether somebody types into it."""
        return self.kind in TEXTS or self.kind in {"textarea", "password", "hidden"}


@dataclass
class PageForm:
    """A form of a page: where it goes, how, and its fields."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def sent(self, **told: Any) -> dict[str, Any]:
        """Return what a browser would send; ``told`` says what somebody filled in."""
        data: dict[str, Any] = {}
        for one in self.fields:
            if one.kind not in BUTTONS and one.kind != "file" and one.name not in told:
                data.setdefault(one.name, one.value)
        return data | told


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.title = ""
        self._form: PageForm | None = None
        self._inside = ""
        self._select: Field | None = None

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Note forms, what can be filled in, and the title."""
        have = {name: value or "" for name, value in attrs}
        if tag == "title" and not self.title:
            self._inside = "title"
        elif tag == "form":
            self._form = PageForm(have.get("action", ""), have.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._filled_in(tag, have)

    def _filled_in(self, tag: str, have: Mapping[str, str]) -> None:
        name = have.get("name", "")
        if tag == "option" and self._select is not None:
            self._select.choices.append(have.get("value", ""))
            if "selected" in have:
                self._select.value = have.get("value", "")
        elif not name or "disabled" in have:
            return
        elif tag == "select":
            self._select = Field(name, "select")
            self._add(self._select)
        elif tag == "textarea":
            self._add(Field(name, "textarea"))
            self._inside = "textarea"
        elif tag == "input":
            self._input(name, have.get("type", "text").lower(), have)

    def _input(self, name: str, kind: str, have: Mapping[str, str]) -> None:
        if kind not in TICKED:
            self._add(Field(name, kind, have.get("value", "")))
            return
        known = next((one for one in self._fields if one.name == name), None)
        if known is None:
            self._add(known := Field(name, kind))
        known.choices.append(have.get("value", "on"))
        if "checked" in have:
            known.value = have.get("value", "on")

    @property
    def _fields(self) -> list[Field]:
        return self._form.fields if self._form else []

    def _add(self, one: Field) -> None:
        self._fields.append(one)

    def handle_data(self, data: str) -> None:
        """Keep the title, and what stands in a text area."""
        if self._inside == "title":
            self.title += data
        elif self._inside == "textarea":
            self._fields[-1].value += data

    def handle_endtag(self, tag: str) -> None:
        """Leave what was entered."""
        if tag == self._inside:
            self._inside = ""
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._form = None


def _read(content: str) -> _Reader:
    reader = _Reader()
    reader.feed(content)
    return reader


def title_of(content: str) -> str:
    """Return the title of a page."""
    return _read(content).title


def forms_of(response: Any, *, at: str) -> Iterator[PageForm]:
    """Return the forms of an answer that change something, with the address each goes to."""
    if not response.get("Content-Type", "").startswith("text/html"):
        return
    for form in _read(response.content.decode()).forms:
        if form.method == "post":
            form.action = urljoin(at, form.action or at)
            yield form


def asked_of(response: Any) -> set[str]:
    """Return the names that a page asks for in addresses: by its filters, and in its links."""
    if not response.get("Content-Type", "").startswith("text/html"):
        return set()
    content = response.content.decode()
    forms = (form for form in _read(content).forms if form.method == "get")
    linked = (parse_qs(query) for query in re.findall(r'href="[^"?]*\?([^"#]+)', content))
    return {one.name for form in forms for one in form.fields} | {name for query in linked for name in query}
