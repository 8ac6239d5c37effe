"""A manager compares the national register's own sheet with the records here, and settles what differs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from foundation import moves
from foundation.jobs import Job, JobState
from foundation.papers import sheets
from foundation.vault import DataKey
from registry.donors.exports import full_lines
from registry.donors.models import Donor, NationalFinding, NationalSheet, NationalState, Settlement, Verdict
from registry.donors.national import comparing, layout, settling
from registry.donors.states import DonorState
from registry.donors.tasks import purge_exports
from tests.at_the_national_register import again, browser, by, county, manager, now, province
from tests.factories import exports
from tests.factories.donors import person
from tests.factories.exports import DAY, listed, there
from tests.factories.foundation import BranchFactory

__all__ = ["browser", "by", "county", "manager", "province"]  # fixtures
pytestmark = pytest.mark.django_db


class TestComparing:
    @pytest.fixture
    def sheet(self, county, by):
        """One who agrees, one written differently, one only here, one only there, one nobody."""
        self.agrees = there(county, "CN0001")
        self.differs = listed(county, national_state=NationalState.SENT, national_on=DAY)
        self.missing = there(county, "CN0003")
        elsewhere = there(BranchFactory(), "CN0009")
        document = next(full_lines(Donor.objects.filter(pk=self.differs.pk)))[1]["证件号码"]
        sheet = exports.handed_in(
            county,
            ["CN0001", "", self.agrees.grid, "在库", "2026-09-01"],
            ["CN0002", document, "", "AV", "2026/09/05"],
            ["CN0009", "", elsewhere.grid, "在库", "2026-09-01"],
            ["", "", "", "在库", ""],
            by=by,
            at=now(),
        )
        self.key_id = sheet.key_id
        return exports.compared(sheet)

    def finding(self, verdict):
        return NationalFinding.objects.select_related("sheet", "donor").get(verdict=verdict)

    def test_finds_who_agrees_differs_and_is_only_here_or_there(self, sheet):
        assert (sheet.rows, sheet.matched, sheet.unreadable) == (4, 1, [6])
        assert self.finding(Verdict.DIFFERING).donor_id == self.differs.pk
        assert self.finding(Verdict.DIFFERING).differs == ["number", "day"]
        assert self.finding(Verdict.ONLY_HERE).donor_id == self.missing.pk
        assert self.finding(Verdict.ONLY_THERE).their_no == "CN0009"

    def test_changes_nothing_by_itself(self, sheet):
        assert again(self.differs).national_state == NationalState.SENT
        assert again(self.missing).national_no == "CN0003"

    def test_lets_go_of_the_file_and_its_key(self, sheet):
        assert sheet.key is None
        assert sheet.content is None
        assert not DataKey.objects.filter(pk=self.key_id).exists()

    def test_destroys_a_file_that_was_never_compared(self, sheet, county, by):
        left = exports.handed_in(county, ["CN0001"], by=by, at=now() - timedelta(days=15))
        fresh = exports.handed_in(county, ["CN0001"], by=by, at=now())

        purge_exports()

        kept = NationalSheet.objects.in_bulk([left.pk, fresh.pk])
        assert kept[left.pk].key_id is kept[left.pk].content is kept[left.pk].name is None
        assert not DataKey.objects.filter(pk=left.key_id).exists()
        assert kept[fresh.pk].content is not None

    def test_takes_their_number_when_somebody_says_so(self, sheet, by):
        settling.settle(self.finding(Verdict.DIFFERING), Settlement.TAKEN, by=by, at=now())

        donor = again(self.differs)
        assert (donor.national_state, donor.national_no) == (NationalState.ACCEPTED, "CN0002")
        assert donor.national_on == date(2026, 9, 5)

    def test_knows_and_takes_a_number_of_the_wider_form_of_old_records(self, county, by):
        agrees, differs = there(county, "浙-0012"), listed(county)
        rows = [["浙 -0012", "", agrees.grid, "在库", DAY], ["浙-0013", "", differs.grid, "在库", DAY]]
        rows += [[wrong, "", agrees.grid, "在库", DAY] for wrong in ("王丽华", "13812345678")]
        rows += [["合计2人", "", "", "", ""]]

        sheet = exports.compared(exports.handed_in(county, *rows, by=by, at=now()))
        settling.settle(self.finding(Verdict.DIFFERING), Settlement.TAKEN, by=by, at=now())

        assert (sheet.matched, sheet.unreadable) == (1, [5, 6, 7])
        assert again(differs).national_no == "浙-0013"

    def test_puts_somebody_among_those_to_enter_when_somebody_says_so(self, sheet, by):
        settling.settle(self.finding(Verdict.ONLY_HERE), Settlement.TO_SEND, by=by, at=now())

        assert again(self.missing).national_state == NationalState.NONE

    def test_finds_by_the_number_whose_document_is_another_there(self, county, by):
        donor, other = there(county, "CN0001"), person().document_number

        exports.compared(exports.handed_in(county, ["CN0001", other], by=by, at=now()))

        finding = NationalFinding.objects.get()
        assert (finding.donor_id, finding.differs) == (donor.pk, ["document"])

    def test_writes_down_that_they_let_go_of_who_left_here(self, county, by):
        gone = there(county, "CN0001", state=DonorState.WITHDRAWN)
        theirs = ["CN0001", "", gone.grid, "已退库", "2026-09-01"]
        exports.compared(exports.handed_in(county, theirs, by=by, at=now()))
        finding = self.finding(Verdict.DIFFERING)
        assert settling.ways_of(finding)[0] == Settlement.OUT

        settling.settle(finding, Settlement.OUT, by=by, at=now())

        assert again(gone).national_state == NationalState.LEFT
        assert exports.compared(exports.handed_in(county, theirs, by=by, at=now())).matched == 1

    def test_asks_the_database_a_few_times_for_any_number_of_rows(
        self, county, by, django_assert_max_num_queries
    ):
        rows = [[f"CN00{n:02}", "", there(county, f"CN00{n:02}").grid, "在库", DAY] for n in range(12)]
        sheet = exports.handed_in(county, *rows, by=by, at=now())
        theirs = list(layout.read(sheets.read(exports.theirs(*rows))))

        with django_assert_max_num_queries(4):
            assert comparing.compare(theirs, sheet).matched == 12

    def test_settles_once_and_in_a_way_that_fits(self, sheet, by):
        with pytest.raises(moves.Refused):
            settling.settle(self.finding(Verdict.ONLY_THERE), Settlement.TAKEN, by=by, at=now())
        settling.settle(self.finding(Verdict.ONLY_THERE), Settlement.ASKED, by=by, at=now())
        with pytest.raises(moves.Refused):
            settling.settle(self.finding(Verdict.ONLY_THERE), Settlement.LEFT, by=by, at=now())

    def test_shows_what_differs_and_settles_it_on_the_page(self, browser, sheet):
        page = browser.get(reverse("donors:national-compared", args=[sheet.pk])).content.decode()
        finding = self.finding(Verdict.DIFFERING)
        assert "CN0002" in page
        assert str(self.differs.pk) in page

        answer = browser.post(
            reverse("donors:national-settle", args=[sheet.pk, finding.pk]), {"way": "TAKEN"}
        )

        assert answer.status_code == 302
        assert again(self.differs).national_no == "CN0002"

    def test_shows_each_kind_of_difference(self, browser, sheet):
        for verdict in Verdict.values:
            url = reverse("donors:national-compared", args=[sheet.pk])
            assert browser.get(url, {"verdict": verdict}).status_code == 200

    @pytest.mark.parametrize(
        "content", [b"", b"x,y\n1,2\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"]
    )
    def test_says_what_is_wrong_with_a_file_that_is_not_theirs(self, browser, county, content):
        file = SimpleUploadedFile("名单.xlsx", content)
        answer = browser.post(reverse("donors:national-compare"), {"branch": county.pk, "sheet": file})
        if answer.status_code == 422:
            return
        sheet = NationalSheet.objects.get()
        exports.compared(sheet)

        job = Job.objects.get()
        assert job.state == JobState.FAILED
        assert " " in job.problems[0]
        assert browser.get(answer.url).status_code == 200
        assert not NationalFinding.objects.exists()

    def test_refuses_the_sheet_of_another_branch(self, county, by, settings):
        settings.NATIONAL_FINDINGS_MOST = 2

        rows = [[f"CN01{n:02}", "330106199903050028", "", "", ""] for n in range(3)]
        exports.compared(exports.handed_in(county, *rows, by=by, at=now()))

        assert Job.objects.get().state == JobState.FAILED
        assert not NationalFinding.objects.exists()
