"""Who cares for families writes words and sees beside them how they will read; somebody on duty is woken."""

from __future__ import annotations

import os
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from foundation.access import BranchKind, Role, task_actor
from notifications import paging
from notifications.paging import actions, numbers
from notifications.paging.models import Alarm
from notifications.paging.watching import DEAD
from notifications.wordings.models import WordingState, WordingVersion
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.factories.wordings import install

pytestmark = pytest.mark.django_db(transaction=True)
SHOTS = os.environ.get("WORDING_SHOTS", "")


def shoot(page, name):
    """Keep a picture, where pictures are wanted."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}-{page.viewport_size['width']}.png", full_page=True)


@pytest.fixture
def office():
    """A prefecture with somebody who cares for families, and the wordings that come with the program."""
    install()
    province = BranchFactory(kind=BranchKind.PROVINCE, name="浙江省红十字会")
    return BranchFactory(kind=BranchKind.PREFECTURE, name="宁波市红十字会", parent=province)


@pytest.fixture(params=[(1360, True), (390, False)], ids=["desk", "phone without JavaScript"])
def window(request, browser, sign_in, office):
    """The window of somebody who cares for families, and whether it runs scripts."""
    width, javascript = request.param
    size = {"width": width, "height": 900}
    context = browser.new_context(locale="en-GB", viewport=size, java_script_enabled=javascript)
    page = context.new_page()
    sign_in(page, role=Role.FAMILY_CARE, branch=office)
    yield page, javascript
    context.close()


def test_words_are_looked_at_while_they_are_written(window, live_server, axe):
    page, javascript = window
    page.goto(live_server.url + reverse("wordings:list"))
    shoot(page, "list")
    if javascript:
        axe(page)
    page.get_by_role("link", name="Qingming", exact=True).click()
    shoot(page, "letter")
    page.get_by_role("button", name="Write a new version").click()
    page.get_by_role("link", name="SMS", exact=True).click()
    shoot(page, "draft")
    if javascript:
        axe(page)
    page.get_by_role("link", name=re.compile("Write.*English")).click()

    page.get_by_label("Words").fill("Happy Qingming, {{ nmae }}! See http://x.example")
    if not javascript:
        page.get_by_role("button", name="Look").click()
    expect(page.get_by_text("Never cheerful words")).to_be_visible()
    expect(page.get_by_text("nmae → name?")).to_be_visible()
    shoot(page, "warned")
    if javascript:
        axe(page)
    page.get_by_label("Words").fill("{{ name }}, we remember {{ giver_name }} with you.")
    if not javascript:
        page.get_by_role("button", name="Look").click()
    expect(page.get_by_text("Li Xiuying, we remember Wang Jianguo with you.")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Ask a second person").click()

    expect(page.get_by_text("Asked.")).to_be_visible()
    assert WordingVersion.objects.get(number=2).state == WordingState.ASKED


def test_somebody_is_woken_and_sees_to_it(browser, live_server, sign_in, axe, office):
    at = timezone.now()
    staff = StaffFactory(name="周建平", role=Role.CASEWORKER, branch=office)
    other = StaffFactory(name="徐敏", role=Role.REGISTRY_MANAGER, branch=office.parent)
    for place, one in enumerate((staff, other), start=1):
        hours = {"starts_at": at - timedelta(hours=1), "ends_at": at + timedelta(hours=11)}
        actions.put_on_duty(one, office, place=place, by=actor(other), at=at, **hours)
    numbers.keep_number(staff, "+8613800138000", by=actor(staff), at=at)
    paging.page(DEAD, object=office, people=[other.pk], by=task_actor("tests"), at=at)
    context = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, staff=staff)

    page.goto(live_server.url)
    expect(page.get_by_role("heading", name="This must not wait")).to_be_visible()
    shoot(page, "today")
    page.get_by_role("link", name=re.compile("Open.*reported dead")).click()
    axe(page)
    shoot(page, "alarm")
    page.get_by_role("button", name="I see to it").click()

    expect(page.get_by_text("Nobody else is called.")).to_be_visible()
    assert Alarm.objects.get().acknowledged_by == staff
    page.goto(live_server.url + reverse("paging:duty"))
    axe(page)
    shoot(page, "duty")
    context.close()
