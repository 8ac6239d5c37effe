"""The whole journey in the browser, by keyboard alone: from a drive to the list of donors, and out again.

In Chinese and English, on a desk and on a phone, with JavaScript and without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from foundation.trail.models import TrailRow
from registry.donors.states import DonorState
from tests.factories.consent import jpeg
from tests.system.journey import Journey
from tests.system.keyboard import Keyboard
from tests.system.stage import BEGINS, World, world

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]
MOST_KEYSTROKES = 60  # of one enrolment, beyond the values themselves; the issue
LOCALES = {"zh-hans": "zh-CN", "en": "en-GB"}
HEIGHTS = {1360: 900, 390: 844}
MOVES = [
    "register", "collect_sample", "dispatch", "record_typing", "list", "hold", "release", "withdraw",
]  # fmt: skip


@pytest.fixture
def clock() -> Iterator[Any]:
    """Set the clock of the whole program to a Friday morning; it goes on from there."""
    with time_machine.travel(BEGINS, tick=True) as clock:
        yield clock


@pytest.fixture
def there(clock: Any) -> World:
    return world()


@pytest.fixture
def walk(
    browser: Browser, live_server: Any, sign_in: Any, axe: Callable[[Page], None], there: World
) -> Iterator[Callable[..., Journey]]:
    """Return a function that begins a journey: in which language, how wide, with JavaScript or without."""
    windows = []

    def begin(language: str, width: int, *, javascript: bool = True) -> Journey:
        window = browser.new_context(
            locale=LOCALES[language],
            viewport={"width": width, "height": HEIGHTS[width]},
            java_script_enabled=javascript,
        )
        windows.append(window)
        page = window.new_page()
        return Journey(
            there,
            Keyboard(page, javascript=javascript),
            home=f"{live_server.url}/",
            language=language,
            enter=lambda who: sign_in(page, staff=who),
            check=axe if javascript else None,
            scan=jpeg(),
        )

    yield begin
    for window in windows:
        window.close()


def go(journey: Journey, there: World, clock: Any) -> bytes:
    """Go the whole way, each person signed in as themselves, and return the receipt's PDF."""
    journey.arrives(there.coordinator)
    journey.look(picture="today")
    pressed = journey.enrol()
    assert pressed <= MOST_KEYSTROKES
    journey.is_thanked()
    journey.bring_the_scan()

    clock.move_to(BEGINS + timedelta(hours=5))
    journey.arrives(there.caseworker)
    journey.verify()
    journey.waits()

    clock.move_to(BEGINS + timedelta(days=7, hours=1))
    journey.arrives(there.caseworker)
    journey.send_the_box()
    clock.move_to(BEGINS + timedelta(days=10))
    journey.arrives(there.technician)
    journey.receive_and_type()

    clock.move_to(BEGINS + timedelta(days=13))
    journey.arrives(there.coordinator)
    journey.call()
    journey.arrives(there.manager)
    journey.list_all()

    clock.move_to(BEGINS + timedelta(days=20))
    journey.arrives(there.coordinator)
    journey.hold_and_release()
    clock.move_to(BEGINS + timedelta(days=21))
    journey.arrives(there.coordinator)
    journey.keys.find(there.told["number"])
    journey.withdraw()
    paper = journey.take_the_paper()
    journey.has_left()
    return paper


def check_the_record(journey: Journey) -> None:
    """Check that the database says what the pages said."""
    from foundation import moves  # noqa: PLC0415

    donor = journey.donor
    assert donor.state == DonorState.WITHDRAWN
    assert [step.move for step in moves.steps_of(donor)] == MOVES
    assert TrailRow.objects.filter(object=f"registry.donor:{donor.pk}", verb="donor.withdraw").exists()


@pytest.mark.parametrize(
    ("language", "width"), [("zh-hans", 1360), pytest.param("en", 390, marks=pytest.mark.slow)], ids=str
)
def test_the_whole_way_by_keyboard_alone(  # noqa: PLR0917 - fixtures
    walk: Callable[..., Journey],
    there: World,
    clock: Any,
    caplog: pytest.LogCaptureFixture,
    language: str,
    width: int,
) -> None:
    journey = walk(language, width)

    paper = go(journey, there, clock)

    assert paper.startswith(b"%PDF")
    assert not [
        line for line in caplog.records if line.name == "weasyprint"
    ]  # tagged, titled, in its language
    check_the_record(journey)


@pytest.mark.slow
def test_the_whole_way_without_javascript(walk: Callable[..., Journey], there: World, clock: Any) -> None:
    journey = walk("zh-hans", 390, javascript=False)

    go(journey, there, clock)

    check_the_record(journey)
