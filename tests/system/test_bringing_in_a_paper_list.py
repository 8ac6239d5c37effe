"""A coordinator brings a paper list in from the drive's board, at a desk and on a phone."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from foundation import jobs
from foundation.access import Role
from foundation.jobs import Job
from tests.factories import consent as consents
from tests.factories import sheets
from tests.factories.drives import DriveFactory

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[(True, 1280), (False, 390)], ids=["at a desk with JavaScript", "on a phone without"])
def page(request, browser):
    javascript, width = request.param
    context = browser.new_context(
        java_script_enabled=javascript, locale="en-GB", viewport={"width": width, "height": 844}
    )
    yield context.new_page()
    context.close()


def test_the_good_rows_go_in_and_the_others_come_back(request, page, live_server, sign_in, axe):
    with_javascript = "without" not in request.node.callspec.id
    drive = DriveFactory(paper_text=consents.text())
    rows = [sheets.row(0), sheets.row(1), sheets.row(2, NAME=""), sheets.row(3, WEIGHT="44")]
    sign_in(page, role=Role.COORDINATOR, branch=drive.branch)

    page.goto(live_server.url + reverse("drives:board", args=[drive.pk]))
    page.get_by_role("link", name="Bring in a paper list").click()
    if with_javascript:
        axe(page)
    page.get_by_label("Paper list").set_input_files(
        {"name": "list.xlsx", "mimeType": "application/octet-stream", "buffer": sheets.xlsx(*rows)}
    )
    page.get_by_role("button", name="Check and bring in").click()
    page.get_by_text("It waits for the worker").wait_for()
    jobs.run(Job.objects.get().pk, clock=timezone.now)
    if not with_javascript:
        page.get_by_role("link", name="Look again").click()

    page.get_by_role("heading", name="The good rows are in.").wait_for()
    page.get_by_text("Row 5").wait_for()
    if with_javascript:
        axe(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the rows to mend").click()
    assert download.value.suggested_filename == "to-mend.xlsx"
