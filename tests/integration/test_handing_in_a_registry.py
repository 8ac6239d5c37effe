"""A registry manager hands in the registry a branch already has, tries it, and takes it over."""

import sys
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from foundation import jobs
from foundation.access import BranchKind, Role, command_actor
from foundation.jobs import Job
from foundation.papers import sheets as files
from foundation.papers.sheets import read
from foundation.vault import DataKey
from registry.donors.columns import OF_THE_RECORDS, Column
from registry.donors.models import Donor
from registry.drives.imports.existing import import_existing, taking_over
from registry.drives.models import RecordsFile
from registry.drives.tasks import purge_drafts
from tests.factories import consent as consents
from tests.factories import records
from tests.factories.foundation import BranchFactory, RoleAtFactory, StaffFactory, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    consents.text()
    return BranchFactory()


@pytest.fixture
def manager(client, county):
    staff = StaffFactory()
    RoleAtFactory(staff=staff, role=Role.REGISTRY_MANAGER, branch=county.parent.parent)
    return signed_in(client, staff)


def hand_in(browser, county, content, way="take", **more):
    file = SimpleUploadedFile("旧库.xlsx", content)
    values = {"branch": county.pk, "sheet": file, "way": way, "box": "2012-A", **more}
    return browser.post(reverse("drives:records"), values)


def report_of(browser, answer):
    jobs.run(Job.objects.get().pk, clock=timezone.now)
    return browser.get(answer.url, headers={"accept-language": "en"}).content.decode()


class TestHandingIn:
    def test_leads_to_a_report_of_what_came_back(self, manager, county):
        answer = hand_in(manager, county, records.xlsx(records.row(0), records.row(1, STATE="?")))

        page = report_of(manager, answer)

        assert Donor.objects.get().owner_branch == county
        assert "1 of 1 lines come back the same." in page
        assert "The state is missing or not known." in page
        assert "王丽华" not in page

    def test_names_the_cells_that_come_back_otherwise(self, manager, county):
        answer = hand_in(manager, county, records.xlsx(records.row(0, BLOOD_GROUP="O型RH阴性")))

        page = report_of(manager, answer)

        assert "0 of 1 lines come back the same." in page
        assert "血型" in page
        assert "阴性" not in page

    def test_may_only_try(self, manager, county):
        answer = hand_in(manager, county, records.xlsx(records.row(0)), way="try")

        page = report_of(manager, answer)

        assert "This was a trial" in page
        assert not Donor.objects.exists()

    def test_takes_over_what_was_tried_without_handing_it_in_again(self, manager, county):
        answer = hand_in(manager, county, records.xlsx(records.row(0), records.row(1, NAME="")), way="try")
        report_of(manager, answer)
        kept = RecordsFile.objects.get()

        manager.post(reverse("drives:records_go_on", args=[kept.pk]), {"take": "good_rows"})
        jobs.run(Job.objects.latest("id").pk, clock=timezone.now)

        assert (
            "1 of 1 lines come back the same."
            in manager.get(answer.url, headers={"accept-language": "en"}).content.decode()
        )
        assert RecordsFile.objects.get().content is None

    def test_asks_which_column_an_unknown_header_is_and_knows_it_from_then_on(self, manager, county):
        table = records.cells([records.row(0)])
        place = OF_THE_RECORDS.index(Column.STATE)
        table[0][place] = "咋样了"
        answer = hand_in(manager, county, files.write_xlsx(table))
        kept = RecordsFile.objects.get()
        page = reverse("drives:records_columns", args=[kept.pk])
        assert page in report_of(manager, answer)
        assert not Donor.objects.exists()

        assert "咋样了" in manager.get(page).content.decode()
        assert manager.post(page, {f"column-{place}": "-"}).status_code == 422
        assert manager.post(page, {f"column-{place}": str(Column.STATE)}).status_code == 302
        jobs.run(Job.objects.latest("id").pk, clock=timezone.now)

        assert Donor.objects.count() == 1
        assert import_existing(files.write_xlsx(table), county, by=command_actor(), at=timezone.now()).report

    def test_can_be_stopped_before_anybody_is_taken_over(self, manager, county):
        hand_in(manager, county, records.xlsx(records.row(0)))

        manager.post(reverse("drives:records_stop", args=[RecordsFile.objects.get().pk]))

        assert jobs.run(Job.objects.get().pk, clock=timezone.now) is None
        assert not Donor.objects.exists()

    def test_tells_the_same_after_a_crash_between_inserting_and_reading_back(
        self, manager, county, monkeypatch
    ):
        hand_in(manager, county, records.xlsx(records.row(0, BLOOD_GROUP="O型RH阴性"), records.row(1)))
        job = Job.objects.get()
        monkeypatch.setattr(taking_over, "full_lines", lambda _donors: sys.exit())
        with pytest.raises(SystemExit):
            jobs.run(job.pk, clock=timezone.now)
        monkeypatch.undo()
        Job.objects.update(leased_until=timezone.now() - timedelta(hours=1))

        ended = jobs.run(job.pk, clock=timezone.now)

        assert (ended.result["accepted"], ended.result["imported"]) == (2, True)
        assert ended.result["round_trip"] == {"lines": 2, "same": 1, "differing": {"2": ["血型"]}}

    def test_takes_all_rows_or_none_where_that_is_wanted(self, manager, county):
        answer = hand_in(manager, county, records.xlsx(records.row(0), records.row(1, NAME="")), way="all")

        assert "Nobody was taken over" in report_of(manager, answer)
        assert not Donor.objects.exists()

    def test_goes_on_at_the_same_address_until_it_has_ended(self, manager, county):
        answer = hand_in(manager, county, records.xlsx(records.row(0)))

        whole, part = manager.get(answer.url), manager.get(answer.url, headers={"HX-Request": "true"})

        assert b"hx-trigger" in whole.content
        assert b"<html" not in part.content

    def test_gives_the_refused_rows_back_and_lets_them_go(self, manager, county):
        answer = hand_in(manager, county, records.xlsx(records.row(0, NAME="")))
        report_of(manager, answer)
        kept = RecordsFile.objects.get()

        mended = manager.post(reverse("drives:records_mend", args=[kept.pk]))

        assert len(list(read(mended.content))) == 2
        assert mended["Content-Type"].endswith("sheet")
        assert kept.content is None
        manager.post(reverse("drives:records_discard", args=[kept.pk]))
        kept = RecordsFile.objects.get()
        assert (kept.key, kept.refused, kept.name) == (None, None, None)

    def test_says_what_is_wrong_with_a_file_that_is_no_sheet(self, manager, county):
        answer = hand_in(manager, county, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more")

        report_of(manager, answer)

        assert Job.objects.get().state == "FAILED"
        assert len(Job.objects.get().problems) == 1

    @pytest.mark.parametrize("left_out", ["branch", "sheet", "way"])
    def test_asks_for_what_is_missing(self, manager, county, left_out):
        assert hand_in(manager, county, records.xlsx(records.row(0)), **{left_out: ""}).status_code == 422

    def test_offers_one_s_own_branches_alone(self, manager, county):
        elsewhere = BranchFactory(kind=BranchKind.PROVINCE)

        assert hand_in(manager, elsewhere, records.xlsx(records.row(0))).status_code == 422

    def test_is_behind_a_door_of_administration(self, manager):
        page = manager.get(reverse("desk:administration")).content.decode()

        assert reverse("drives:records") in page

    def test_does_nothing_for_who_may_not_import(self, client, county):
        caseworker = signed_in(client, StaffFactory(role=Role.CASEWORKER, branch=county))

        assert hand_in(caseworker, county, records.xlsx(records.row(0))).status_code == 403


def test_what_nobody_dealt_with_is_destroyed_after_two_weeks(manager, county):
    hand_in(manager, county, records.xlsx(records.row(0)))
    keys = DataKey.objects.count()
    RecordsFile.objects.update(at=timezone.now() - timedelta(days=15))

    purge_drafts()

    assert RecordsFile.objects.get().key is None
    assert DataKey.objects.count() == keys - 1
