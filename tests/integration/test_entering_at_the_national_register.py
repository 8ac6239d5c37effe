"""A manager enters listed donors at the national register, records numbers, and compares with its sheet."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from consent.gate import GateShut
from consent.models import Disclosure
from foundation import moves
from foundation.access import BranchKind, NotAllowed, Role
from foundation.jobs import Job, JobState
from foundation.papers import sheets
from foundation.trail.models import TrailRow
from foundation.vault import DataKey
from registry.donors.exports import full_lines
from registry.donors.models import Donor, NationalFinding, NationalSheet, NationalState, Settlement, Verdict
from registry.donors.national import lists, marking, settling
from registry.donors.states import DonorState
from tests.factories import consent as consents
from tests.factories import exports
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor, signed_in

pytestmark = pytest.mark.django_db

DAY = date(2026, 9, 1)


@pytest.fixture
def province():
    return BranchFactory(kind=BranchKind.PROVINCE)


@pytest.fixture
def county(province):
    return BranchFactory(parent=BranchFactory(kind=BranchKind.PREFECTURE, parent=province))


@pytest.fixture
def manager(province):
    return StaffFactory(role=Role.REGISTRY_MANAGER, branch=province)


@pytest.fixture
def by(manager):
    return actor(manager)


@pytest.fixture
def browser(client, manager):
    return signed_in(client, manager)


def listed(branch, *, agreed=True, **changes):
    """Return a listed donor, who agreed to be shared unless told otherwise."""
    donor = DonorFactory(branch=branch, state=DonorState.LISTED, **changes)
    if agreed:
        consents.sign(donor.subject)
    return donor


def there(branch, number, **changes):
    return listed(
        branch, national_state=NationalState.ACCEPTED, national_no=number, national_on=DAY, **changes
    )


def again(donor):
    return Donor.objects.get(pk=donor.pk)


def now():
    return timezone.now()


class TestSending:
    def test_writes_down_that_it_was_done_and_to_whom(self, county, by):
        donor = listed(county)

        marking.send(donor, by=by, at=now())

        assert again(donor).national_state == NationalState.SENT
        line = Disclosure.objects.get()
        assert line.subject_id == donor.subject_id
        assert line.recipient == "中国造血干细胞捐献者资料库"
        assert {"name", "document", "typing"} <= set(line.fields)

    def test_needs_the_consent_to_share(self, county, by):
        donor = listed(county, agreed=False)

        with pytest.raises(GateShut):
            marking.send(donor, by=by, at=now())

        assert again(donor).national_state == NationalState.NONE

    def test_is_done_once(self, county, by):
        donor = listed(county)
        marking.send(donor, by=by, at=now())

        with pytest.raises(moves.Refused):
            marking.send(donor, by=by, at=now())

    def test_is_not_for_who_is_not_listed(self, county, by):
        with pytest.raises(moves.Refused):
            marking.send(DonorFactory(branch=county), by=by, at=now())

    def test_is_not_for_a_coordinator(self, county):
        lin = actor(StaffFactory(role=Role.COORDINATOR, branch=county))

        with pytest.raises(NotAllowed):
            marking.send(listed(county), by=lin, at=now())


class TestAccepting:
    def test_records_the_number_and_the_day_from_which_one_counts(self, county, by):
        donor = listed(county)

        marking.accept(donor, number=" cn 0001234 ", on=DAY, by=by, at=now())

        donor = again(donor)
        assert (donor.national_state, donor.national_no) == (NationalState.ACCEPTED, "CN0001234")
        told = next(full_lines(Donor.objects.all()))[1]
        assert (told["国家库编号"], told["入库日期"]) == ("CN0001234", "2026-09-01")

    @pytest.mark.parametrize("number", ["", "1", "王丽华", "330106199903050028", "CN 1;DROP"])
    def test_takes_no_number_that_cannot_be_one(self, county, by, number):
        with pytest.raises(moves.Refused):
            marking.accept(listed(county), number=number, on=DAY, by=by, at=now())

    @pytest.mark.parametrize("days", [1, -4000])
    def test_takes_no_day_to_come_or_before_the_registration(self, county, by, days):
        on = timezone.localdate() + timedelta(days=days)

        with pytest.raises(moves.Refused):
            marking.accept(listed(county), number="CN0001234", on=on, by=by, at=now())

    def test_gives_one_number_to_one_donor(self, county, by):
        there(county, "CN0001234")

        with pytest.raises(moves.Refused):
            marking.accept(listed(county), number="CN0001234", on=DAY, by=by, at=now())

    def test_can_be_taken_back(self, county, by):
        donor = there(county, "CN0001234")

        marking.take_back(donor, by=by, at=now())

        assert again(donor).national_no == ""
        assert list(lists.to_enter(exports.asking.Scope.of([county.path]))) == [donor]


class TestThePages:
    def test_list_masked_who_is_to_be_entered(self, browser, county):
        donor, known = listed(county, about={"name": "王丽华"}), there(county, "CN0001")
        page = browser.get(reverse("donors:national")).content.decode()

        assert "王**" in page
        assert "王丽华" not in page
        assert str(donor.pk) in page
        assert str(known.pk) not in page

    def test_open_them_field_by_field_and_write_each_look_down(self, browser, county):
        donor, silent = listed(county, about={"name": "王丽华"}), listed(county, agreed=False)
        given = {"donor": [donor.pk, silent.pk], "reason": "NATIONAL"}

        page = browser.post(reverse("donors:national-enter"), given).content.decode()

        assert "王丽华" in page
        assert "居民身份证" in page
        assert silent.grid not in page
        seen = TrailRow.objects.filter(verb="donor.opened_for_national").values_list("object", flat=True)
        assert list(seen) == [f"registry.donor:{donor.pk}"]

    def test_want_a_reason_and_a_fresh_login(self, client, browser, manager, county):
        donor = listed(county, about={"name": "王丽华"})

        answer = browser.post(reverse("donors:national-enter"), {"donor": [donor.pk], "reason": "x"})
        assert answer.url == reverse("donors:national")

        stale = signed_in(client, manager, fresh=False)
        for name in ("national-enter", "national-sheet"):
            answer = stale.post(reverse(f"donors:{name}"), {"donor": [donor.pk], "reason": "NATIONAL"})
            assert answer.url.startswith(reverse("account_reauthenticate"))

    def test_mark_the_ticked_ones_as_sent_and_say_of_the_others_why_not(self, browser, county):
        donor, silent = listed(county), listed(county, agreed=False)

        page = browser.post(
            reverse("donors:national-mark-sent"), {"donor": [donor.pk, silent.pk]}, follow=True
        )

        assert again(donor).national_state == NationalState.SENT
        assert again(silent).national_state == NationalState.NONE
        assert silent.grid[-8:-2] in page.content.decode()

    def test_hand_the_national_sheet_out(self, browser, county):
        listed(county, about={"name": "王丽华", "phone": "+8613812344417"})
        listed(county, agreed=False)

        answer = browser.post(reverse("donors:national-sheet"), {"reason": "NATIONAL", "form": "xlsx"})
        rows = [row.cells for row in sheets.read(b"".join(answer.streaming_content))]
        paper = browser.post(reverse("donors:national-sheet"), {"reason": "NATIONAL", "form": "print"})

        assert len(rows) == 2
        assert {"王丽华", "13812344417"} <= set(rows[1])
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "王丽华" in paper.content.decode()

    def test_record_a_number(self, browser, county):
        donor = listed(county)
        url = reverse("donors:national-record", args=[donor.pk])

        wrong = browser.post(url, {"number": "330106199903050028", "on": "2026-09-01"})
        right = browser.post(url, {"number": "CN0001234", "on": "20260901", "from": "list"})

        assert wrong.status_code == 422
        assert right.url == reverse("donors:national-sent")
        assert again(donor).national_on == DAY

    def test_show_on_today_and_on_the_donor_s_page_what_is_to_be_entered(self, browser, county):
        donor = listed(county)

        assert reverse("donors:national") in browser.get("/").content.decode()
        page = browser.get(reverse("donors:detail", args=[donor.pk])).content.decode()
        assert reverse("donors:national-record", args=[donor.pk]) in page


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

    def test_takes_their_number_when_somebody_says_so(self, sheet, by):
        settling.settle(self.finding(Verdict.DIFFERING), Settlement.TAKEN, by=by, at=now())

        donor = again(self.differs)
        assert (donor.national_state, donor.national_no) == (NationalState.ACCEPTED, "CN0002")
        assert donor.national_on == date(2026, 9, 5)

    def test_puts_somebody_among_those_to_enter_when_somebody_says_so(self, sheet, by):
        settling.settle(self.finding(Verdict.ONLY_HERE), Settlement.TO_SEND, by=by, at=now())

        assert again(self.missing).national_state == NationalState.NONE

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
