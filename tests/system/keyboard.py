"""A pair of hands at a keyboard: walks through a page with Tab, and counts every key that is no value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import TimeoutError, expect  # noqa: A004 - Playwright's own

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

HERE = "selector => document.activeElement.matches(selector)"
FOCUS = "document.activeElement.outerHTML.slice(0, 200)"
BOUNCE_MS = 250  # a key pressed sooner than this on a page of a call meant the person before
SHOWN_FOR = "performance.now() - performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"


def is_ready(page: Page) -> None:
    """Wait until the field that a page gives the focus to has it: keys pressed before that are lost."""
    expect(page.locator("[autofocus]").first).to_be_focused()


def is_no_bounce(page: Page) -> None:
    """Wait until a key on a page just opened is not taken for one that bounced."""
    page.wait_for_timeout(max(0, BOUNCE_MS + 1 - page.evaluate(SHOWN_FOR)))


class Keyboard:
    """
    Presses keys and counts them; the values themselves are not counted.

    The mouse is never used. Without JavaScript the keys of the page (``n``, ``/``, ``1``) do
    nothing, and Tab takes their place.
    """

    def __init__(self, page: Page, *, javascript: bool = True) -> None:
        self.page = page
        self.javascript = javascript
        self.pressed = 0
        page.on("filechooser", lambda _: None)  # its window is ours from the beginning, not from the key on

    def press(self, key: str) -> None:
        """Press one key."""
        self.page.keyboard.press(key)
        self.pressed += 1

    def type(self, text: str) -> None:
        """Type a value where the focus is."""
        self.page.keyboard.type(text)

    def is_at(self, selector: str) -> bool:
        """Return whether the focus is on an element."""
        return bool(self.page.evaluate(HERE, selector))

    def to(self, selector: str, *, most: int = 80) -> None:
        """Press Tab until an element has the focus."""
        for _ in range(most):
            if self.is_at(selector):
                return
            self.press("Tab")
        assert self.is_at(selector), f"{selector} is not reached; the focus is on {self.page.evaluate(FOCUS)}"

    def value(self, name: str, text: str) -> None:
        """Go to a field and type its value."""
        self.to(f"[name='{name}']")
        self.type(text)

    def choose(self, name: str, value: str) -> None:
        """Go to a group of radio buttons and take one."""
        self.to(f"[name='{name}']")
        group = self.page.locator(f"[name='{name}']")
        values = group.evaluate_all("all => all.map(one => one.value)")
        here = group.evaluate_all("all => all.indexOf(document.activeElement)")
        steps = values.index(value) - here
        for _ in range(abs(steps)):
            self.press("ArrowDown" if steps > 0 else "ArrowUp")
        if not steps and not group.nth(here).is_checked():
            self.press("Space")
        expect(group.nth(values.index(value))).to_be_checked()

    def tick(self, selector: str) -> None:
        """Go to a checkbox and tick it."""
        self.to(selector)
        self.press("Space")

    def pick(self, name: str, value: str) -> None:
        """Go to a list of choices and take one with the arrow."""
        self.to(f"select[name='{name}']")
        field = self.page.locator(f"select[name='{name}']")
        for _ in range(field.locator("option").count()):
            if field.input_value() == value:
                return
            self.press("ArrowDown")
        expect(field).to_have_value(value)

    def attach(self, selector: str, file: FilePayload) -> None:
        """Go to a field for files and choose one; who sees no window of files open presses again."""
        self.to(selector)
        for last in (False, False, True):
            try:
                with self.page.expect_file_chooser(timeout=10_000) as asked:
                    self.press("Space")
                break
            except TimeoutError:
                if last:
                    raise
        asked.value.set_files(file)

    def date(self, name: str, day: str) -> None:
        """Go to a date and type it, in the order in which this browser shows year, month and day."""
        parts = dict(zip("ymd", day.split("-"), strict=True))
        field = self.page.locator(f"[name='{name}']")
        self.to(f"[name='{name}']")
        for order in ("mdy", "dmy", "ymd"):
            for key in ("ArrowLeft", "ArrowLeft"):  # back to the first part
                self.page.keyboard.press(key)
            for part in order:
                self.type(parts[part])
                if part == "y":
                    self.page.keyboard.press("ArrowRight")
            if field.input_value() == day:
                return
        expect(field).to_have_value(day)

    def follow(self, selector: str) -> None:
        """Go to a link or button and press Enter; the next page is there when this returns."""
        self.to(selector)
        self.send()

    def act(self) -> None:
        """Go to the page's next act with ``n``, or with Tab, and press Enter."""
        if self.javascript:
            self.press("n")
        self.follow("main .button.act")

    def send(self) -> None:
        """Press Enter and wait for the page that comes."""
        with self.page.expect_navigation(wait_until="load"):
            self.press("Enter")

    def result(self, key: str) -> None:
        """Press the key of a call's result, and wait for the next page."""
        is_no_bounce(self.page)
        self.pressed += 1
        for last in (False, False, True):  # a key that a busy browser swallowed is pressed again
            try:
                with self.page.expect_navigation(wait_until="load", timeout=10_000):
                    self.page.keyboard.press(key)
            except TimeoutError:
                if last:
                    raise
            else:
                return

    def find(self, text: str) -> None:
        """Search for something with ``/``, or with Tab, and go where the search leads."""
        if self.javascript:
            self.press("/")
        self.value("q", text)
        self.send()
