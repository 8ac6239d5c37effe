"""The frame of every page in a browser: keys, focus, menus, the gallery, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from foundation.access import Role
from foundation.pages.forms import PNG, SignatureField
from tests.conftest import session_cookie
from tests.factories.foundation import StaffFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chromium]
DESK, PHONE = {"width": 1360, "height": 900}, {"width": 390, "height": 844}


SMALL_TARGETS = """() => [
  ...document.querySelectorAll('.button, summary, .rail-links a, .choice, .field input[type=text], select')
].filter((e) => e.offsetParent && e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML)"""


class TestTheKeys:
    @pytest.fixture(autouse=True)
    def at_home(self, page, live_server, sign_in):
        sign_in(page, role=Role.COORDINATOR)
        page.goto(live_server.url)

    def test_open_the_list_of_keys(self, page):
        page.keyboard.press("?")

        expect(page.get_by_role("dialog")).to_be_visible()

    def test_go_to_search(self, page):
        page.keyboard.press("/")

        expect(page.locator("#q")).to_be_focused()

    def test_leave_typing_alone(self, page):
        page.locator("#q").fill("")
        page.locator("#q").press_sequentially("n/?")

        expect(page.locator("#q")).to_have_value("n/?")

    def test_close_a_menu(self, page):
        page.locator(".rail .menu summary").click()
        page.keyboard.press("Escape")

        expect(page.get_by_role("link", name="Who am I")).to_be_hidden()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
class TestWithoutAndWithJavascript:
    @pytest.fixture
    def window(self, browser, javascript):
        context = browser.new_context(locale="en-GB", java_script_enabled=javascript)
        yield context.new_page()
        context.close()

    def test_the_language_changes_and_the_page_stays(self, window, live_server, sign_in):
        sign_in(window, role=Role.COORDINATOR)
        window.goto(f"{live_server.url}/me/")
        window.locator("main").get_by_role("button", name="简体中文").click()

        expect(window).to_have_url(f"{live_server.url}/me/")
        expect(window.locator("html")).to_have_attribute("lang", "zh-Hans")

    def test_a_wrong_login_says_so_first(self, window, live_server):
        window.goto(f"{live_server.url}/account/login/")
        window.get_by_role("button", name="Sign in").click()

        expect(window.locator("#error-summary")).to_be_focused()
        window.locator("#error-summary a").first.click()
        expect(window.locator("#id_login")).to_be_focused()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
class TestTheGallery:
    @pytest.fixture(params=["light", "dark"])
    def window(self, browser, live_server, settings, size, request):
        settings.DEBUG = True
        context = browser.new_context(locale="en-GB", viewport=size, color_scheme=request.param)
        context.add_cookies([session_cookie(StaffFactory(role=Role.ADMINISTRATOR), live_server.url)])
        window = context.new_page()
        window.goto(f"{live_server.url}/design/")
        yield window
        context.close()

    def test_passes_axe_and_stays_within_the_screen(self, window, axe, size):
        axe(window)
        assert window.evaluate("document.documentElement.scrollWidth") <= size["width"]

    def test_has_targets_a_finger_can_hit(self, window):
        assert window.evaluate(SMALL_TARGETS) == []


@pytest.mark.parametrize("path", ["/", "/me/", "/search/", "/nowhere/"])
def test_a_page_of_the_desk_passes_axe(page, live_server, axe, sign_in, path):
    sign_in(page, role=Role.ADMINISTRATOR)
    page.goto(live_server.url + path)

    axe(page)


@pytest.mark.parametrize("path", ["/account/login/", "/account/password/forgotten/"])
def test_a_page_before_signing_in_passes_axe(page, live_server, axe, path):
    page.goto(live_server.url + path)

    axe(page)


class TestTheSignature:
    @pytest.fixture
    def pad(self, page, live_server, settings, sign_in):
        settings.DEBUG = True
        sign_in(page, role=Role.COORDINATOR)
        page.goto(f"{live_server.url}/design/")
        return page.locator("[data-signature]").first

    def draw(self, page, pad):
        pad.scroll_into_view_if_needed()
        box = pad.locator("canvas").bounding_box()
        page.mouse.move(box["x"] + 30, box["y"] + 40)
        page.mouse.down()
        for step in range(12):
            page.mouse.move(box["x"] + 30 + step * 15, box["y"] + 40 + step % 4 * 20)
        page.mouse.up()

    def test_is_kept_as_a_picture(self, page, pad):
        self.draw(page, pad)

        written = pad.locator("input[type=hidden]").input_value()
        assert SignatureField().clean(written).startswith(PNG)

    def test_can_be_cleared(self, page, pad):
        self.draw(page, pad)
        pad.get_by_role("button", name="Clear").click()

        assert pad.locator("input[type=hidden]").input_value() == ""
