"""Records are put right in the browser, by keyboard alone: corrected, joined, parted, doubted, moved.

In Chinese and English, on a desk and on a phone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from tests.system.keyboard import Keyboard
from tests.system.mending import Mending, province
from tests.system.stage import BEGINS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]
LOCALES = {"zh-hans": "zh-CN", "en": "en-GB"}
HEIGHTS = {1360: 900, 390: 844}


@pytest.fixture
def walk(
    browser: Browser, live_server: Any, sign_in: Any, axe: Callable[[Page], None]
) -> Iterator[Callable[[str, int], Mending]]:
    """Return a function that begins a walk on a Friday morning: in which language, and how wide."""
    windows = []

    def begin(language: str, width: int) -> Mending:
        window = browser.new_context(
            locale=LOCALES[language], viewport={"width": width, "height": HEIGHTS[width]}
        )
        windows.append(window)
        page = window.new_page()
        return Mending(
            province(),
            Keyboard(page),
            home=live_server.url,
            language=language,
            enter=lambda who: sign_in(page, staff=who),
            judge=axe,
        )

    with time_machine.travel(BEGINS, tick=True):
        yield begin
    for window in windows:
        window.close()


def at_the_records(walk: Mending) -> None:
    """Put right what is written of one person."""
    walk.corrects()
    walk.parts(*walk.joins())
    walk.doubts()


def between_branches(walk: Mending) -> None:
    """Help each other, answer each other, and let donors go to where they live."""
    walk.gets_help()
    walk.is_answered()
    walk.gives_away()
    walk.takes_in()


def test_one_branch_puts_its_records_right(walk: Callable[[str, int], Mending]) -> None:
    at_the_records(walk("zh-hans", 1360))


@pytest.mark.slow
def test_two_branches_look_after_one_person(walk: Callable[[str, int], Mending]) -> None:
    between_branches(walk("en", 390))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "width", "rest"), [("zh-hans", 1360, between_branches), ("en", 390, at_the_records)]
)
def test_the_other_half_of_it(
    walk: Callable[[str, int], Mending], language: str, width: int, rest: Callable[[Mending], None]
) -> None:
    rest(walk(language, width))
