"""Somebody who reads the pages of a walk, and sees whether they are fit to be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext
from playwright.sync_api import expect

from tests.system import pictures
from tests.windows import overflows

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

HAN = re.compile(r"[\u4e00-\u9fff]")


class Reader:
    """Reads a page in one language; ``check`` is asked about every page that is looked at."""

    def __init__(self, page: Page, *, language: str, check: Callable[[Page], None] | None) -> None:
        self.page, self.language, self.check = page, language, check

    def words(self, msgid: str, plural: str = "", *, n: int = 0, context: str = "", **facts: Any) -> str:
        """Return words of the program in the language of this walk."""
        with translation.override(self.language):
            if plural:
                text = ngettext(msgid, plural, n)
                facts = {"n": n, **facts}
            else:
                text = pgettext(context, msgid) if context else gettext(msgid)
        return text % facts if facts else text

    def says(self, msgid: str, plural: str = "", *, within: Locator | None = None, **facts: Any) -> None:
        """Check that the page says it, where everybody sees it."""
        place = self.page.locator("main") if within is None else within
        expect(place).to_contain_text(self.words(msgid, plural, **facts))

    def look(self, title: str = "", picture: str = "") -> None:
        """Check a page: language, one heading, within the window, nothing against WCAG 2.2 AA."""
        page = self.page
        if title:
            expect(heading(page)).to_have_text(self.words(title))
        expect(heading(page)).to_have_count(1)
        expect(page.locator("html")).to_have_attribute("lang", self.language.replace("hans", "Hans"))
        if self.language.startswith("zh"):
            assert HAN.search(page.locator("main").inner_text()), f"{page.url} is not in Chinese"
        assert not overflows(page), f"{page.url} is wider than its window"
        if self.check is not None:
            self.check(page)
        if picture:
            pictures.take(page, picture)


def heading(page: Page) -> Locator:
    """Return the one first heading of a page."""
    return page.locator("h1")
