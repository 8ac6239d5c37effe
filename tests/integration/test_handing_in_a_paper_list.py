"""A coordinator hands a paper list in on the drive's page, watches it, and mends what came back."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from foundation import jobs
from foundation.access import Role
from foundation.jobs import Job
from foundation.papers.sheets import read
from registry.donors.models import Donor
from registry.drives.models import SheetFile
from tests.factories import consent as consents
from tests.factories import sheets
from tests.factories.drives import DriveFactory
from tests.factories.foundation import RoleAtFactory, StaffFactory, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def drive():
    return DriveFactory(paper_text=consents.text())


@pytest.fixture
def lin(client, drive):
    staff = StaffFactory()
    RoleAtFactory(staff=staff, role=Role.COORDINATOR, branch=drive.branch)
    return signed_in(client, staff)


def hand_in(browser, drive, content, **more):
    file = SimpleUploadedFile("名单.xlsx", content)
    return browser.post(reverse("drives:sheet", args=[drive.pk]), {"sheet": file, **more})


class TestHandingIn:
    def test_leads_to_a_report_of_what_went_in_and_what_is_to_mend(self, lin, drive):
        answer = hand_in(lin, drive, sheets.xlsx(sheets.row(0), sheets.row(1, WEIGHT="44")))
        jobs.run(Job.objects.get().pk, clock=timezone.now)

        page = lin.get(answer.url).content.decode()

        assert Donor.objects.count() == 1
        assert "women need 45 kg" in page or "45" in page
        assert "王丽华" not in page

    def test_shows_that_it_goes_on_until_it_has_ended(self, lin, drive):
        answer = hand_in(lin, drive, sheets.xlsx(sheets.row(0)))

        whole, part = lin.get(answer.url), lin.get(answer.url, headers={"HX-Request": "true"})

        assert b"hx-trigger" in whole.content
        assert b"<html" not in part.content

    @pytest.mark.parametrize(("seconds", "says_so"), [(5, False), (90, True)])
    def test_says_that_it_waits_for_the_worker(self, lin, drive, seconds, says_so):
        report = hand_in(lin, drive, sheets.xlsx(sheets.row(0))).url
        Job.objects.update(asked_at=timezone.now() - timedelta(seconds=seconds))
        pages = [report, reverse("desk:jobs"), reverse("desk:job", args=[Job.objects.get().pk])]

        told = [
            "It waits for the worker and goes on by itself."
            in lin.get(page, headers={"accept-language": "en"}).content.decode()
            for page in pages
        ]

        assert told == [says_so] * 3

    def test_gives_the_refused_rows_back_as_a_sheet(self, lin, drive):
        hand_in(lin, drive, sheets.xlsx(sheets.row(0, NAME="")))
        jobs.run(Job.objects.get().pk, clock=timezone.now)
        sheet = SheetFile.objects.get()

        answer = lin.post(
            reverse("drives:sheet_mend", args=[drive.pk, sheet.pk]), headers={"accept-language": "en"}
        )

        header, row = read(answer.content, name="to-mend.xlsx")
        assert answer["Content-Type"].endswith("sheet")
        assert sheets.resident_number(0) in row.cells
        assert row.cells[-1].startswith("The name is missing")
        assert len(header.cells) == 22

    def test_says_what_is_wrong_with_a_file_that_is_no_sheet(self, lin, drive):
        answer = hand_in(lin, drive, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more")
        jobs.run(Job.objects.get().pk, clock=timezone.now)

        assert lin.get(answer.url).status_code == 200
        assert not Donor.objects.exists()

    @pytest.mark.parametrize("given", [{}, {"sheet": ""}])
    def test_asks_for_the_file(self, lin, drive, given):
        assert lin.post(reverse("drives:sheet", args=[drive.pk]), given).status_code == 422

    def test_refuses_a_file_that_is_too_large(self, lin, drive, settings):
        settings.UPLOAD_LARGEST_MB = 0

        assert hand_in(lin, drive, b"x").status_code == 422

    def test_throws_the_kept_rows_away(self, lin, drive):
        hand_in(lin, drive, sheets.xlsx(sheets.row(0)))
        sheet = SheetFile.objects.get()

        lin.post(reverse("drives:sheet_discard", args=[drive.pk, sheet.pk]))

        assert SheetFile.objects.get().key is None

    def test_is_nothing_for_another_branch(self, lin):
        assert hand_in(lin, DriveFactory(), sheets.xlsx(sheets.row(0))).status_code == 404
