"""A sheet in full is asked for, agreed to, downloaded and opened; donors reach the national register."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from foundation import jobs
from foundation.access import BranchKind, Role
from foundation.jobs import Job
from registry.donors.models import Donor, Export, NationalState
from registry.donors.states import DonorState
from tests.factories import consent as consents
from tests.factories import exports
from tests.factories.donors import DonorFactory
from tests.factories.drives import DriveFactory
from tests.factories.foundation import BranchFactory, StaffFactory

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]
LOOK = os.environ.get("RELAY_LOOK", "")  # a folder for pictures to be looked at by whoever changes a page


@pytest.fixture(params=[(True, 1280), (False, 390)], ids=["at a desk with JavaScript", "on a phone without"])
def page(request, browser):
    javascript, width = request.param
    context = browser.new_context(
        java_script_enabled=javascript, locale="en-GB", viewport={"width": width, "height": 844}
    )
    page = context.new_page()
    page.is_phone, page.has_scripts = width < 500, javascript
    yield page
    context.close()


@pytest.fixture
def look(page, axe):
    """Check the page against WCAG, and keep a picture where one is wanted."""

    def check(name: str) -> None:
        if page.has_scripts:
            axe(page)
        if LOOK:
            kind = "phone" if page.is_phone else "desk"
            page.screenshot(path=Path(LOOK) / f"{name}-{kind}.png", full_page=True)

    return check


def test_a_sheet_in_full_is_asked_for_agreed_to_and_downloaded(page, look, live_server, sign_in, tmp_path):
    province = BranchFactory(kind=BranchKind.PROVINCE, name="浙江省红十字会")
    prefecture = BranchFactory(kind=BranchKind.PREFECTURE, parent=province, name="宁波市红十字会")
    donor = DonorFactory(branch=prefecture, state=DonorState.LISTED, about={"name": "王丽华", "note": "=1+1"})
    zhou = StaffFactory(role=Role.REGISTRY_MANAGER, branch=prefecture, name="周建平")
    xu = StaffFactory(role=Role.REGISTRY_MANAGER, branch=province, name="徐敏")

    sign_in(page, staff=zhou)
    page.goto(live_server.url + reverse("donors:list"))
    _ask_for_a_sheet(page, look)
    sheet = page.url
    page.context.clear_cookies()
    sign_in(page, staff=xu)
    page.goto(live_server.url + reverse("desk:approvals"))
    _agree(page, look)
    jobs.run(Job.objects.get().pk, clock=timezone.now)
    page.context.clear_cookies()
    sign_in(page, staff=zhou)
    page.goto(sheet)
    path = _download(page, look, tmp_path)

    table = openpyxl.load_workbook(path).active
    told = dict(zip(*([cell.value for cell in row] for row in table.iter_rows()), strict=True))
    assert (told["志愿者编号"], told["姓名"], told["备注"]) == (donor.grid, "王丽华", "=1+1")
    assert table["A2"].data_type == "s"
    assert Export.objects.get().by_id == str(zhou.pk)
    page.goto(live_server.url + reverse("donors:exports"))
    look("sheets")


def _ask_for_a_sheet(page, look):
    """Choose columns and ask for them in full; what it is for is forgotten at first."""
    look("list")
    page.get_by_role("link", name="These donors as a sheet").click()
    for column in ("Note", "Typing"):
        page.get_by_label(column, exact=True).check()
    page.get_by_label("In full").check()
    look("ask")
    page.get_by_role("button", name="Ask for the sheet").click()
    look("ask-faulty")  # what was chosen is still there
    expect(page.get_by_label("In full")).to_be_checked()
    page.get_by_label("What is it for?").select_option("CHECK")
    page.get_by_role("button", name="Ask for the sheet").click()
    expect(page.locator("main")).to_contain_text("A second person is asked")
    look("asked")


def _agree(page, look):
    """Answer the question that waits, as the second person."""
    look("approvals")
    page.locator("main a[href*='/approvals/']").first.click()
    expect(page.locator("main")).to_contain_text("宁波市红十字会")
    look("question")
    page.get_by_label("Agreed", exact=True).check()
    page.get_by_label("I have checked it and it is right").check()
    page.locator("main button.act").click()
    expect(page.locator("body")).to_contain_text("Your answer is written down.")


def _download(page, look, folder):
    """Download the sheet that is ready, and return where it lies."""
    expect(page.locator("main")).to_contain_text("1 person stands in it.")
    look("ready")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download for Excel or WPS").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_donor_is_entered_at_the_national_register(page, look, live_server, sign_in):
    province = BranchFactory(kind=BranchKind.PROVINCE, name="浙江省红十字会")
    donor = DonorFactory(branch=province, state=DonorState.LISTED, about={"name": "王丽华"})
    consents.sign(donor.subject)
    DonorFactory(branch=province, state=DonorState.LISTED)
    gone = exports.there(province, "CN0000007", state=DonorState.WITHDRAWN)
    sign_in(page, role=Role.REGISTRY_MANAGER, branch=province)

    page.goto(live_server.url)
    page.locator("main").get_by_role("link", name="To enter there").click()
    look("national")
    page.get_by_role("button", name="Open them, field by field").click()
    expect(page.locator("main")).to_contain_text("王丽华")
    if page.has_scripts:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Copy 姓名").click()
        expect(page.locator("[role=status][data-copied]")).to_contain_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == "王丽华"
    else:
        assert page.get_by_role("button", name="Copy").count() == 0
    look("enter")
    page.get_by_label("Entered there").check()
    page.get_by_role("button", name="Mark the ticked ones as sent").click()
    expect(page.locator("body")).to_contain_text("1 donor is marked as sent.")

    page.get_by_role("link", name="Sent", exact=True).click()
    look("sent")
    page.get_by_role("link", name="Record the number").click()
    page.get_by_label("Number at the national register").fill("CN0001234")
    look("record")
    page.get_by_role("button", name="Record", exact=True).click()

    stands = Donor.objects.get(pk=donor.pk)
    assert (stands.national_state, stands.national_no) == (NationalState.ACCEPTED, "CN0001234")
    _take_out(page, look, gone)
    _compare(page, look, live_server, donor)


def _take_out(page, look, gone):
    """Write down that somebody who left here was taken out there too."""
    page.get_by_role("link", name="To take out there").click()
    expect(page.locator("main")).to_contain_text("CN0000007")
    look("out")
    page.get_by_label("Taken out there").check()
    page.get_by_role("button", name="The ticked ones are out there").click()
    expect(page.locator("body")).to_contain_text("1 donor is out there too.")
    assert Donor.objects.get(pk=gone.pk).national_state == NationalState.LEFT


def _compare(page, look, live_server, donor):
    """Hand their sheet in, and settle what differs."""
    content = exports.theirs(
        ["CN0009999", "", donor.grid, "在库", "2026-11-02"], ["CN0005", "330106199903050028", "", "在库", ""]
    )
    page.goto(live_server.url + reverse("donors:national-compare"))
    page.get_by_label("Sheet of the national register").set_input_files(
        {"name": "theirs.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    )
    look("compare")
    page.get_by_role("button", name="Compare").click()
    page.get_by_text("rows compared so far").wait_for()
    jobs.run(Job.objects.get().pk, clock=timezone.now)
    if not page.has_scripts:
        page.get_by_role("link", name="Look again").click()
    page.get_by_text("CN0009999").wait_for()
    look("compared")
    page.get_by_role("button", name="Take their number and day").click()
    expect(page.locator("main")).to_contain_text("1 difference is settled.")
    assert Donor.objects.get(pk=donor.pk).national_no == "CN0009999"


def test_the_sign_in_sheet_of_a_drive_is_printed(page, look, live_server, sign_in, tmp_path):
    drive = DriveFactory(name="宁波卫生职业技术学院")
    DonorFactory(branch=drive.branch, drive=drive, about={"name": "王丽华"})
    sign_in(page, role=Role.COORDINATOR, branch=drive.branch)

    page.goto(live_server.url + reverse("drives:board", args=[drive.pk]))
    page.get_by_role("link", name="Sign-in sheet").click()
    look("sign-in")
    with page.expect_download() as download:
        page.get_by_role("button", name="As a workbook").click()

    download.value.save_as(tmp_path / "sheet.xlsx")

    table = openpyxl.load_workbook(tmp_path / "sheet.xlsx").active
    assert [cell.value for cell in table[2]][1] == "王丽华"
    assert table.max_row == 12
