"""Mei remembers this week's families: releases, holds, prints, posts, decides, invites; by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from foundation.access import BranchKind, Role, Staff
from notifications.channel_names import Channel
from notifications.events.models import Event
from notifications.outbox import Message, MessageState
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import TouchpointState
from tests.factories import wordings
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import BranchFactory, StaffFactory
from tests.factories.messages import MessageFactory
from tests.factories.plans import StepFactory, TouchpointFactory
from tests.system.keyboard import Keyboard
from tests.system.reading import Reader
from tests.system.test_enrolling import shot

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("周建国", "林秀英", "陈志明")


@pytest.fixture
def mei() -> Staff:
    """Return Mei, with three letters to release and a message nobody knows of."""
    wordings.install()
    province = BranchFactory(kind=BranchKind.PROVINCE, name="浙江省红十字会")
    city = BranchFactory(
        kind=BranchKind.PREFECTURE, name="宁波市红十字会", phone="0574-88000000", parent=province
    )
    staff: Staff = StaffFactory(name="梅雪", role=Role.FAMILY_CARE, branch=city)
    called = {"zh-hans": "周年", "zh-hant": "週年", "en": "Anniversary"}
    step = StepFactory(
        programme__key="family_care", channels=["LETTER"], wording="family.anniversary", names=called
    )
    today = timezone.localdate(timezone.now())
    monday = today - timedelta(days=today.weekday())
    for days, name in zip((1, 3, 5), NAMES, strict=True):
        plan = _plan(city, name, staff)
        on = monday + timedelta(days=days)
        TouchpointFactory(plan=plan, step=step, state=TouchpointState.DUE, on_date=on)
    subject = plan.family.members.get().subject
    MessageFactory(subject=subject, state=MessageState.UNKNOWN, bereaved=True, channel=Channel.SMS)
    return staff


def _plan(city: Any, name: str, officer: Staff) -> Plan:
    """Make a household of one who gave a year ago; its plan begins by itself."""
    died = timezone.localdate(timezone.now()) - timedelta(days=365)
    about = {"name": name, "died_on": died, "gave_on": died, "born_on": died - timedelta(days=20_000)}
    family = FamilyFactory(branch=city, officer=officer, about=about)
    MemberFactory(family=family)
    return family.plans.get()


WALKS = {
    "in Chinese on a phone without JavaScript": ("zh-hans", "zh-CN", 390, False),
    "in English at the desk": ("en", "en-GB", 1360, True),
}


class Walk:
    """The week of Mei, page by page."""

    def __init__(
        self, page: Page, beside: Page, home: str, axe: Any, language: str, *, scripts: bool
    ) -> None:
        self.page, self.beside, self.home, self.axe = page, beside, home, axe
        self.reader = Reader(page, language=language, check=self._readable)
        self.keys = Keyboard(page, javascript=scripts)

    def _readable(self, page: Page) -> None:
        """Ask axe about the same page in a window in which scripts run."""
        self.beside.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
        self.beside.goto(page.url)
        self.axe(self.beside)

    def look(self, name: str, title: str = "", picture: str = "") -> None:
        self.reader.look(title, picture)
        shot(self.page, f"remembering-{name}-{self.reader.language}")

    def go(self, name: str) -> None:
        self.page.goto(self.home + reverse(name))

    def releases_two(self) -> None:
        self.go("care:home")
        expect(self.page.locator(".touch")).to_have_count(len(NAMES))
        self.look("week")
        self.keys.follow(f"a[href='{reverse('care:work', args=['approve'])}']")
        self.look("to-approve", "To release")
        for touchpoint in Touchpoint.objects.order_by("pk")[:2]:
            self.keys.tick(f"[value='{touchpoint.pk}']")
        self.keys.follow("main .button.act")
        assert Touchpoint.objects.filter(state=TouchpointState.APPROVED).count() == 2

    def holds_one(self) -> None:
        one = Touchpoint.objects.get(state=TouchpointState.DUE)
        self.keys.follow(f"main a[href='{reverse('care:touchpoint', args=[one.pk])}']")
        self.look("one")
        hold = f"form[action='{reverse('care:hold', args=[one.pk])}']"
        self.keys.to(f"details:has({hold}) > summary")
        self.keys.press("Enter")
        self.keys.choose("why", "dispute")
        self.keys.follow(f"{hold} button")
        self.reader.says("The family is in a dispute")
        assert Touchpoint.objects.get(state=TouchpointState.HELD).held_reason == "dispute"
        self.go("care:home")
        self.look("week-later", picture="care")

    def prints_and_posts(self) -> None:
        self.go("care:letters")
        self.look("letters", "Letters")
        self.keys.to("main .button.act")
        with self.page.expect_download() as download:
            self.keys.press("Enter")
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
        self.keys.follow(f"button[formaction='{reverse('care:letters-posted')}']")
        self.reader.says("No letter is released and waits to be posted.")
        assert Message.objects.filter(channel=Channel.LETTER, state=MessageState.SENT).count() == 2

    def decides(self) -> None:
        self.go("care:unclear")
        self.look("unclear", "May have been sent")
        self.keys.follow("main form:has([value='arrived']) button")
        self.reader.says("It is written down.", within=self.page.locator("body"))
        assert not Message.objects.to_decide().exists()

    def invites(self) -> None:
        self.go("events:list")
        self.keys.follow("main .button.act")
        day = timezone.localdate(timezone.now()) + timedelta(days=30)
        self.keys.value("name", "冬日追思会")
        self.keys.value("place", "纪念园")
        self.keys.date("on", day.isoformat())
        self.page.locator("[name='starts']").fill("09:30")
        self.keys.value("seats", "40")
        self.look("plan", "Plan an event")
        self.keys.follow("main .button.act")
        self.look("inviting", "冬日追思会")
        held = Touchpoint.objects.get(state=TouchpointState.HELD).plan.family_id
        expect(self.page.locator("main [name='family']:checked")).to_have_count(len(NAMES) - 1)
        self.reader.says("The family is in a dispute")
        self.keys.tick(f"main [name='family'][value='{held}']:not(:checked)")  # she knows them: they come
        self.keys.follow("main .button.act")
        self.look("invited")
        assert Event.objects.get().invitations.count() == len(NAMES)


@pytest.fixture(params=list(WALKS.values()), ids=list(WALKS))
def walk(
    request: pytest.FixtureRequest, browser: Browser, sign_in: Any, axe: Any, mei: Staff
) -> Iterator[Walk]:
    """Return Mei's walk in one language, on one screen."""
    language, locale, width, scripts = request.param
    home = request.getfixturevalue("live_server").url
    size: Any = {"width": width, "height": 900}
    context = browser.new_context(locale=locale, viewport=size, java_script_enabled=scripts)
    context.set_default_timeout(20_000)
    beside = browser.new_context(locale=locale, viewport=size)
    page = context.new_page()
    sign_in(page, staff=mei)
    yield Walk(page, beside.new_page(), home, axe, language, scripts=scripts)
    context.close()
    beside.close()


def test_a_week_of_family_care(walk: Walk) -> None:
    walk.releases_two()
    walk.holds_one()
    walk.prints_and_posts()
    walk.decides()
    walk.invites()
