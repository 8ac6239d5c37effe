"""A helper rings one person after another by keyboard alone; on a phone; without JavaScript; with axe."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from foundation.access import BranchKind, Role, Staff, login
from registry.donors import actions
from registry.donors.models import Call, CallHelper, CallKind, CallList, CallTask, Donor
from registry.donors.states import DonorState
from tests.conftest import session_cookie
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.factories.foundation import (
    PASSWORD,
    SECRET,
    BranchFactory,
    StaffFactory,
    actor,
    give_second_factor,
)
from tests.racing import CI
from tests.system.keyboard import Keyboard, is_no_bounce, is_ready
from tests.windows import overflows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chromium]
PEOPLE = 40 if CI else 5
KEYS = "913945876"  # how the calls end, over and over; 1 is reached
SCREENS = [{"width": 1360, "height": 900}, {"width": 390, "height": 844}]


@pytest.fixture
def county() -> Any:
    prefecture = BranchFactory(
        kind=BranchKind.PREFECTURE,
        name="宁波市红十字会",
        parent=BranchFactory(kind=BranchKind.PROVINCE, name="浙江省红十字会"),
    )
    return BranchFactory(name="鄞州区红十字会", parent=prefecture, phone="0574-88000000")


@pytest.fixture
def lin(county: Any) -> Staff:
    return StaffFactory(name="林晓燕", role=Role.COORDINATOR, branch=county)


def people(county: Any, how_many: int, kind: CallKind = CallKind.RESAMPLE) -> None:
    state = DonorState.TYPED if kind == CallKind.PRE_LISTING else DonorState.REGISTERED
    for n in range(how_many):
        due_on = timezone.localdate() - timedelta(days=how_many - n)
        CallTaskFactory(donor=DonorFactory(branch=county, state=state), kind=kind, due_on=due_on)


def a_list(county: Any, lin: Staff, how_many: int, purpose: str = "resample") -> tuple[CallList, Staff]:
    """Return a list of today, and the helper who rings from it."""
    by, at = actor(lin), timezone.now()
    made = actions.make_list(
        county, name="周五下午", purpose=purpose, people=how_many, on_date=timezone.localdate(), by=by, at=at
    )
    helper = actions.make_helper(made, name="李同学", by=by, at=at).helper.staff
    return made, helper


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", java_script_enabled=request.param)
    yield context.new_page()
    context.close()


def signs_in(page: Page, url: str, helper: Staff) -> None:
    page.goto(url)
    is_ready(page)
    page.keyboard.type(helper.username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{url}{reverse('mfa_authenticate')}")
    code = format_hotp_value(hotp_value(SECRET, int(time.time()) // login.STEP_SECONDS))
    is_ready(page)
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{url}/")
    page.wait_for_load_state("load")  # a key pressed before goes nowhere


def test_after_each_key_the_next_person_is_there(
    browser: Browser, live_server: Any, county: Any, lin: Staff
) -> None:
    people(county, PEOPLE)
    _made, helper = a_list(county, lin, PEOPLE)
    helper.set_password(PASSWORD)
    helper.save(update_fields=["password"])
    give_second_factor(helper)
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    asked: list[str] = []
    page.on("framenavigated", lambda frame: asked.append(frame.url))
    signs_in(page, live_server.url, helper)
    before = len(asked)
    keys = Keyboard(page)
    page.keyboard.press("n")
    page.keyboard.press("Enter")

    rung = []
    for n in range(PEOPLE):
        expect(page.locator(".call-top .far p")).to_contain_text(f"{n}")
        expect(page.locator(".call-number a.number").first).to_have_attribute("href", f"{_tel(page)}")
        rung.append(page.url)
        keys.result(KEYS[n % len(KEYS)])

    assert len(set(rung)) == PEOPLE, "the next person each time, and nobody twice"
    expect(page.locator(".done-big")).to_have_text(str(PEOPLE))
    assert Call.objects.count() == PEOPLE
    assert not any("/account/" in url for url in asked[before:]), "no second login"
    assert keys.pressed == PEOPLE
    assert CallHelper.objects.get().counted_minutes >= 1
    context.close()


def _tel(page: Page) -> str:
    return str(page.locator(".call-number a.button.act").first.get_attribute("href"))


def test_with_and_without_javascript(window: Page, live_server: Any, county: Any, lin: Staff) -> None:
    people(county, 2, CallKind.PRE_LISTING)
    _made, helper = a_list(county, lin, 2, "pre-listing")
    window.context.add_cookies([session_cookie(helper, live_server.url)])
    window.goto(f"{live_server.url}{reverse('donors:calling')}")
    window.locator("main form button").click()

    window.locator(".call-more summary").click()
    window.locator("[name=words]").fill("周六再聊")
    window.locator("[name=phone]").fill("12")
    window.locator(".keypad button").nth(0).click()
    expect(window.locator(".summary")).to_be_visible()
    expect(window.locator("[name=words]")).to_have_value("周六再聊")
    expect(window.locator("[name=phone]")).to_have_value("12")
    window.locator("[name=phone]").fill("")  # a call that brought a number is not taken back
    for question in ("family_supports", "process_known", "would_go_on"):
        window.locator(f"[name={question}][value=yes]").check()
    window.locator(".keypad button").nth(0).click()

    expect(window.locator(".summary")).to_have_count(0)
    expect(window.get_by_role("button", name="Take back")).to_be_visible()
    window.get_by_role("button", name="Take back").click()
    expect(window.locator(".notice.success")).to_be_visible()
    assert Call.objects.filter(undone_at__isnull=False).count() == 1


def test_later_asks_when_and_the_second_press_sends_it(
    page: Page, live_server: Any, county: Any, lin: Staff, sign_in: Callable[..., Any]
) -> None:
    people(county, 1)
    sign_in(page, staff=lin)
    page.goto(f"{live_server.url}{reverse('donors:calls')}")
    page.get_by_role("button", name="Start calling").click()
    expect(page.locator(".call-top")).to_be_visible()
    page.wait_for_load_state("load")
    is_no_bounce(page)
    page.keyboard.press("2")
    expect(page.locator("[name=when]").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("2")

    expect(page.locator(".done-big")).to_have_text("1")
    assert CallTask.objects.get().due_on == timezone.localdate() + timedelta(days=1)


def test_a_longer_pause_asks_how_long_before_it_is_sent(
    window: Page, live_server: Any, county: Any, lin: Staff
) -> None:
    donor = DonorFactory(branch=county, state=DonorState.ON_HOLD, hold_until=timezone.localdate())
    CallTaskFactory(donor=donor, kind=CallKind.HOLD_ENDED, due_on=timezone.localdate())
    window.context.add_cookies([session_cookie(lin, live_server.url)])
    window.goto(f"{live_server.url}{reverse('donors:calls')}")
    window.get_by_role("button", name="Start calling").click()
    expect(window.locator(".call-pause")).to_be_hidden()
    window.locator("[name=after_pause][value=longer]").check()
    expect(window.locator(".call-pause")).to_be_visible()
    window.locator(".keypad button").first.click()
    expect(window.locator("[name=pause][value='6']")).to_be_visible()
    window.locator("[name=pause][value='6']").check()
    window.locator(".keypad button").first.click()

    expect(window.locator(".done-big")).to_have_text("1")
    assert Donor.objects.get().hold_until > timezone.localdate() + timedelta(days=150)


def test_a_contact_who_may_not_know_is_told_only_of_a_number(
    page: Page, live_server: Any, county: Any, lin: Staff, sign_in: Callable[..., Any]
) -> None:
    donor = DonorFactory(branch=county, state=DonorState.LISTED)
    CallTaskFactory(donor=donor, kind=CallKind.OUT_OF_CONTACT, due_on=timezone.localdate())
    sign_in(page, staff=lin)
    page.goto(f"{live_server.url}{reverse('donors:calls')}")
    page.get_by_role("button", name="Start calling").click()
    page.locator("[name=number][value='2']").check()

    script = page.locator(".call-say")
    expect(script.locator("[data-line='2']")).to_be_visible()
    expect(script.locator("[data-line='donor']")).to_be_hidden()
    expect(page.locator(".call-own")).to_be_hidden()
    assert "stem" not in script.inner_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("screen", "locale"), [(SCREENS[0], "en-GB"), (SCREENS[1], "zh-CN")], ids=["desk", "phone"]
)
def test_every_page_is_for_everybody(  # noqa: PLR0917  fixtures
    browser: Browser,
    live_server: Any,
    county: Any,
    lin: Staff,
    axe: Callable[[Page], None],
    screen: Any,
    locale: str,
) -> None:
    people(county, 3, CallKind.PRE_LISTING)
    lost = DonorFactory(branch=county, state=DonorState.LISTED)
    task = CallTaskFactory(donor=lost, kind=CallKind.OUT_OF_CONTACT)
    zhou = StaffFactory(name="周建平", role=Role.CASEWORKER, branch=county.parent)
    actions.record_call(
        lost, kind=task.kind, result="NO_ANSWER", task=task, by=actor(zhou), at=timezone.now()
    )
    made, helper = a_list(county, lin, 2, "pre-listing")
    one = CallHelper.objects.get()
    rows = {
        lin: [
            reverse("donors:calls"), reverse("donors:new-call-list"),
            reverse("donors:call-list", args=[made.pk]), reverse("donors:call-hours", args=[made.pk]),
            reverse("donors:caller-hours", args=[made.pk, one.pk]), reverse("donors:calls-done"),
        ],
        zhou: [reverse("donors:losing"), reverse("donors:lose", args=[lost.pk])],
        helper: [reverse("donors:calling"), "/"],
    }  # fmt: skip
    for staff in (lin, helper):
        key = "" if staff == lin else str(made.pk)
        deck = CallTask.objects.filter(call_list=made if key else None, kind=CallKind.PRE_LISTING)
        taken = actions.take_next(deck, by=actor(staff), at=timezone.now())
        assert taken is not None
        rows[staff] += [
            reverse("donors:call", args=[taken.pk]) + f"?in={key}",
            reverse("donors:call-stop", args=[taken.pk]),
        ]
    for staff, pages in rows.items():
        context = browser.new_context(locale=locale, viewport=screen)
        context.add_cookies([session_cookie(staff, live_server.url)])
        page = context.new_page()
        for address in pages:
            answer = page.goto(live_server.url + address)
            assert answer is not None
            assert answer.status == 200, address
            assert not overflows(page), address
            axe(page)
        context.close()
