"""A registry manager takes over the registry a county already has, at a desk and on a phone."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from foundation import jobs
from foundation.access import Role
from foundation.jobs import Job
from registry.donors.models import Donor
from tests.factories import consent as consents
from tests.factories import records
from tests.factories.foundation import BranchFactory

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[(True, 1280), (False, 390)], ids=["at a desk with JavaScript", "on a phone without"])
def page(request, browser):
    javascript, width = request.param
    context = browser.new_context(
        java_script_enabled=javascript, locale="en-GB", viewport={"width": width, "height": 844}
    )
    yield context.new_page()
    context.close()


def test_it_is_tried_taken_over_and_read_back(request, page, live_server, sign_in, axe):
    with_javascript = "without" not in request.node.callspec.id
    consents.text()
    county = BranchFactory(name="宁海县红十字会")
    rows = [
        records.row(0),
        records.row(1, BLOOD_GROUP="O型RH阴性"),
        records.row(2, STATE="?"),
        records.bare(3),
    ]
    sign_in(page, role=Role.REGISTRY_MANAGER, branch=county.parent.parent)

    page.goto(live_server.url + reverse("desk:administration"))
    page.get_by_role("link", name="The registry a branch already has").click()
    if with_javascript:
        axe(page)
    page.get_by_label("Whose registry it is").select_option(str(county.pk))
    page.get_by_label("The records").set_input_files(
        {"name": "old.xlsx", "mimeType": "application/octet-stream", "buffer": records.xlsx(*rows)}
    )
    page.get_by_role("button", name="Hand in").click()
    page.get_by_text("It waits for the worker").wait_for()
    finish(page, with_javascript=with_javascript)

    page.get_by_role("heading", name="This was a trial").wait_for()
    assert not Donor.objects.exists()
    if with_javascript:
        axe(page)
    page.get_by_role("button", name="Take the good rows over").click()
    finish(page, with_javascript=with_javascript)

    page.get_by_text("2 of 3 lines come back the same.").wait_for()
    if with_javascript:
        axe(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the rows to mend").click()
    assert download.value.suggested_filename == "to-mend.xlsx"


def finish(page, *, with_javascript):
    jobs.run(Job.objects.latest("id").pk, clock=timezone.now)
    if not with_javascript:
        page.get_by_role("link", name="Look again").click()
