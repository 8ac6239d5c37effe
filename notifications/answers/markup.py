"""The plain words of an e-mail that came as HTML alone; pure. Nothing of it is shown, fetched or run."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

LONGEST: Final = 200_000  # characters of a page that are read
_LEFT_OUT: Final = frozenset({"head", "script", "style", "template", "title", "blockquote"})
_LINES: Final = frozenset({"br", "div", "h1", "h2", "h3", "hr", "li", "p", "table", "tr"})


def plain(page: str) -> str:
    """Return the words of a page, a line for each of its blocks, without what it quotes."""
    reader = _Reader()
    reader.feed(page[:LONGEST])
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.found).splitlines())
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    """Keeps what is seen of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._left_out = 0

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        """Begin a line, or what is left out."""
        self._left_out += tag in _LEFT_OUT
        if tag in _LINES:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End a line, or what is left out."""
        self._left_out -= tag in _LEFT_OUT and self._left_out > 0
        if tag in _LINES:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep what is seen; a break in the source is none on the page."""
        if not self._left_out:
            self.found.append(" ".join(data.splitlines()) if data.strip() else " ")
