"""What a test asks of a browser's window, wherever the browser is on its way to."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Error, Page

TIMES = 3
PAUSE_MS = 200
WIDE = "document.documentElement.scrollWidth > window.innerWidth + 1"


def asked(page: Page, question: str, *, after: str = "") -> Any:
    """
    Return a page's answer to a script, which may rest on another one run before it.

    Asked again where the browser went on to the next page meanwhile: a link that was pressed
    a moment ago takes the page away under the question.

    :raises playwright.sync_api.Error: if no page stays long enough, or the script itself is wrong.
    """
    for _ in range(TIMES - 1):
        try:
            return _ask(page, question, after=after)
        except Error:
            page.wait_for_timeout(PAUSE_MS)
    return _ask(page, question, after=after)


def _ask(page: Page, question: str, *, after: str) -> Any:
    page.wait_for_load_state()
    if after:
        page.evaluate(after)
    return page.evaluate(question)


def overflows(page: Page) -> bool:
    """Return whether a page is wider than its window."""
    return bool(asked(page, WIDE))
