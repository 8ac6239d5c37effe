"""Signing in and the office in a browser: by keyboard, on a phone, without JavaScript, for everybody."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from foundation import approvals, jobs
from foundation.access import BranchKind, Role, login
from foundation.desk import office
from tests.conftest import session_cookie
from tests.factories.foundation import PASSWORD, SECRET, BranchFactory, RoleAtFactory, StaffFactory, actor
from tests.system.keyboard import is_ready
from tests.windows import overflows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chromium]
SCREENS = [{"width": 1360, "height": 900}, {"width": 390, "height": 844}]


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // login.STEP_SECONDS))


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def window(browser, request):
    context = browser.new_context(locale="en-GB", java_script_enabled=request.param)
    yield context.new_page()
    context.close()


class TestSigningIn:
    def test_takes_the_keyboard_alone(self, window, live_server):
        staff = StaffFactory()
        window.goto(f"{live_server.url}{reverse('desk:my_logins')}")
        is_ready(window)
        window.keyboard.type(staff.username)
        window.keyboard.press("Tab")
        window.keyboard.type(PASSWORD)
        window.keyboard.press("Enter")
        expect(window).to_have_url(f"{live_server.url}{reverse('mfa_authenticate')}")
        is_ready(window)
        window.keyboard.type(code_of(SECRET))
        window.keyboard.press("Enter")

        expect(window).to_have_url(f"{live_server.url}{reverse('desk:my_logins')}")

    def test_sets_the_second_factor_up_the_first_time(self, window, live_server):
        staff = StaffFactory()
        Authenticator.objects.all().delete()
        window.goto(f"{live_server.url}{reverse('account_login')}")
        window.get_by_label("Login name").fill(staff.username)
        window.get_by_label("Password").fill(PASSWORD)
        window.keyboard.press("Enter")
        window.locator("summary", has_text="Type it instead").click()
        secret = (window.locator("details code").text_content() or "").replace(" ", "")
        window.get_by_label("Code").fill(code_of(secret))
        window.keyboard.press("Enter")

        expect(window.locator(".codes li")).to_have_count(10)

    def test_ends_with_one_button(self, page, live_server, sign_in):
        sign_in(page, role=Role.COORDINATOR)
        page.goto(live_server.url)
        page.locator(".rail .menu summary").click()
        page.get_by_role("button", name="Sign out").first.click()
        page.goto(f"{live_server.url}{reverse('desk:my_logins')}")

        expect(page.get_by_label("Password")).to_be_visible()


@pytest.fixture
def look_at(browser, live_server, axe):
    """Open each page on a desk and on a phone: nothing stands over the edge, and axe finds no fault."""

    def look(staff, pages):
        for screen in SCREENS:
            context = browser.new_context(locale="zh-CN", viewport=screen)
            if staff:
                context.add_cookies([session_cookie(staff, live_server.url)])
            page = context.new_page()
            for address in pages:
                answer = page.goto(live_server.url + address)
                assert answer.status == 200, address
                assert not overflows(page), address
                axe(page)
            context.close()

    return look


@pytest.mark.slow
class TestEveryPage:
    @pytest.fixture
    def house(self):
        province = BranchFactory(kind=BranchKind.PROVINCE)
        county = BranchFactory(parent=BranchFactory(kind=BranchKind.PREFECTURE, parent=province))
        return province, county

    @pytest.fixture
    def administrator(self, house):
        staff = StaffFactory(role=Role.ADMINISTRATOR, branch=house[0])
        RoleAtFactory(staff=staff, role=Role.AUDITOR, branch=house[0])
        return staff

    @pytest.fixture
    def coordinator(self, house):
        return StaffFactory(branch=house[1])

    def test_of_the_administrator_is_for_everybody(self, look_at, house, administrator, coordinator):
        job = jobs.start(office.ROTATE, {}, by=actor(administrator), at=timezone.now(), branch=house[0])
        names = (
            "staff",
            "staff_add",
            "branches",
            "branch_add",
            "jobs",
            "trail",
            "looks",
            "keys",
            "my_logins",
        )
        pages = [reverse(f"desk:{name}") for name in names]
        pages += [
            reverse(f"desk:{name}", args=[coordinator.pk])
            for name in ("staff_member", "staff_grant", "staff_leave", "staff_logins", "staff_work")
        ]
        pages += [
            reverse("desk:job", args=[job.pk]),
            reverse("desk:branch_edit", args=[house[1].pk]),
            reverse("mfa_index"),
            reverse("mfa_generate_recovery_codes"),
            reverse("account_change_password"),
        ]
        look_at(administrator, pages)

    def test_of_the_coordinator_is_for_everybody(self, look_at, house, coordinator):
        kind = approvals.every_kind()[0].key
        asked = approvals.ask(kind, house[1], by=actor(coordinator), at=timezone.now())
        pages = [reverse(f"desk:{name}") for name in ("my_work", "approvals", "helpers", "helper_add")]
        look_at(coordinator, [*pages, reverse("desk:approval", args=[asked.pk])])

    def test_before_the_login_is_for_everybody(self, look_at):
        pages = [reverse("account_login"), reverse("account_reset_password")]
        look_at(None, pages)
