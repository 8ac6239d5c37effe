"""A widow answers on her phone; Mei of family care reads it, settles it, and rings her."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from foundation.access import Role, Staff
from notifications.answers.models import Answer
from notifications.channel_names import Channel
from notifications.channels import gateway
from notifications.outbox.models import Message, MessageState
from notifications.plans.states import TouchpointState
from registry.families.models import Member
from tests.factories.families import MemberFactory
from tests.factories.foundation import StaffFactory
from tests.factories.messages import MessageFactory
from tests.factories.plans import PlanFactory, StepFactory, TouchpointFactory
from tests.factories.wordings import WordingFactory
from tests.system.test_enrolling import shot

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "+8613600000099"
Looks = Callable[[str], None]
SCRIPT = "您好，{{ name }}。我是{{ branch_name }}的工作人员。"
WORDS = "沈女士您好，清明将至，愿您安好。需要时请打我们的电话。"


@pytest.fixture(params=[(1360, True), (390, False)], ids=["on a desk", "in a hand, without JavaScript"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """Return a page on a wide screen, and one on a phone that runs no script."""
    width, javascript = request.param
    context = browser.new_context(
        locale="en-GB", viewport={"width": width, "height": 900}, java_script_enabled=javascript
    )
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def looks(page: Page, browser: Browser, axe: Any) -> Iterator[Looks]:
    """Return what looks at a page: nothing beside the screen, readable for everybody; it keeps a picture."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    beside = browser.new_page(locale="en-GB", viewport={"width": width, "height": 900})

    def look(name: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), name
        beside.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
        beside.goto(page.url)  # the same page in a browser in which axe can run
        axe(beside)
        shot(page, f"{name}-{width}")

    yield look
    beside.close()


@pytest.fixture
def widow(settings: Any, tmp_path: Path) -> Member:
    """Return a widow to whom a message was sent, by a gateway that keeps it; another one is due."""
    settings.SMS_URL = f"file:{tmp_path}"
    member = MemberFactory(about={"phone": PHONE})
    sent = MessageFactory(
        subject=member.subject, channel=Channel.SMS, state=MessageState.SENT, due_at=timezone.now()
    )
    MessageFactory(subject=member.subject, channel=Channel.SMS, due_at=timezone.now())
    line = gateway.line()
    assert line is not None
    line.send(str(sent.pk), {"channel": "sms", "to": PHONE, "sign": "余杭红十字会", "text": WORDS})
    return member


@pytest.fixture
def mei(widow: Member, page: Page, sign_in: Any) -> Staff:
    """Return Mei of family care, signed in to the page."""
    staff = StaffFactory(role=Role.FAMILY_CARE, branch=widow.family.branch)
    sign_in(page, staff=staff)
    return staff


def test_an_answer_is_read_and_settled(page: Page, looks: Looks, live_server: Any, mei: Staff) -> None:
    page.goto(live_server.url + "/gateway/")
    page.get_by_label("Answer", exact=True).fill("谢谢你们。我妈妈上个月也走了。")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".talk .mine")).to_contain_text("我妈妈上个月也走了")
    looks("phone")
    assert set(Message.objects.values_list("state", flat=True)) == {"SENT", "HELD"}

    page.goto(live_server.url)
    page.locator("section", has_text="Answers to read").get_by_role("link", name="Read").click()
    expect(page.get_by_text("Held until you decide")).to_be_visible()
    looks("answer")
    page.get_by_label("Thanks, or a kind word").check()
    page.get_by_label("It may go on").check()
    page.get_by_role("button", name="Settle").click()
    expect(page.get_by_text("Everything is read.")).to_be_visible()
    looks("answers")
    assert set(Message.objects.values_list("state", flat=True)) == {"SENT", "DUE"}
    assert not Answer.objects.open().exists()


def test_a_call_is_made_from_its_script(
    page: Page, looks: Looks, live_server: Any, mei: Staff, widow: Member
) -> None:
    plan = PlanFactory(family=widow.family)
    with transaction.atomic():
        WordingFactory(key="family.call", texts={Channel.CALL: SCRIPT})
    step = StepFactory(programme__key=plan.programme_key, channels=["CALL"], wording="family.call")
    today = timezone.localdate(timezone.now())
    TouchpointFactory(plan=plan, step=step, state=TouchpointState.APPROVED, on_date=today)

    page.goto(live_server.url + "/by-hand/families/")
    looks("calls-and-visits")
    page.get_by_role("link", name="Open").click()
    expect(page.get_by_text("您好，沈丽萍。")).to_be_visible()
    looks("a-call")
    page.get_by_label("Spoke with them").check()
    page.get_by_label("Note").fill("她要一份感谢信。")
    page.get_by_role("button", name="Write down").click()
    expect(page.get_by_text("No call and no visit is due.")).to_be_visible()
    assert Message.objects.filter(channel=Channel.CALL, state=MessageState.SENT).count() == 1
