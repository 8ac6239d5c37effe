"""A coordinator prints the sign-in sheet of her drive: who is on it, who is not, and what it says of them."""

from __future__ import annotations

import io
import unicodedata
from contextlib import closing
from datetime import timedelta

import openpyxl
import pypdfium2
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from foundation.access import BranchKind, Role
from foundation.papers import pdf
from foundation.trail.models import TrailRow
from registry.donors.models import Donor
from registry.donors.states import DonorState
from registry.drives import actions
from tests.factories.donors import DonorFactory
from tests.factories.drives import AT, DriveFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor, signed_in

pytestmark = pytest.mark.django_db

HEADER = ["序号", "姓名", "性别", "手机号码", "采样编号", "签名", "备注"]
SCRIPTS = ["𠮷野家·买买提", "བཀྲ་ཤིས", "ئايگۈل", "Zoë O'Brien"]  # Han, Tibetan, Uyghur, Latin
RUNNING = ['=HYPERLINK("http://x")', "+1+1", "@SUM(A1)", "-2", "\t=1"]


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def drive():
    county = BranchFactory(parent=BranchFactory(kind=BranchKind.PREFECTURE))
    return DriveFactory(branch=county, name="宁波卫生职业技术学院")


@pytest.fixture
def lin(drive):
    return StaffFactory(role=Role.COORDINATOR, branch=drive.branch)


@pytest.fixture
def browser(client, lin):
    return signed_in(client, lin)


def enrolled(drive, name, **changes):
    return DonorFactory(branch=drive.branch, drive=drive, about={"name": name}, **changes)


def url(drive):
    return reverse("drives:sign_in", args=[drive.pk])


def workbook(browser, drive, *, empty=0):
    """Return the sheet of the workbook that is handed out."""
    answer = browser.post(url(drive), {"reason": "AT_THE_DRIVE", "empty": empty, "form": "xlsx"})
    assert answer.status_code == 200, answer.content.decode()
    return openpyxl.load_workbook(io.BytesIO(answer.content)).active


def rows(browser, drive, *, empty=0):
    return [[cell or "" for cell in row] for row in workbook(browser, drive, empty=empty).values]


def printed(browser, drive):
    """Return the text of the paper; where no PDF can be made, of the page that prints the same."""
    answer = browser.post(url(drive), {"reason": "AT_THE_DRIVE", "empty": 0})
    if answer["Content-Type"] != "application/pdf":
        return answer.content.decode()
    with closing(pypdfium2.PdfDocument(answer.content)) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return unicodedata.normalize("NFC", "".join(pages))


class TestTheSheet:
    def test_names_who_is_enrolled_then_who_is_expected_then_leaves_lines(self, browser, drive, lin):
        office = actions.office_of(drive.branch, by=actor(lin), at=AT)
        enrolled(office, "王丽华", registered_at=AT)
        starts = timezone.localtime(AT) + timedelta(hours=2)
        actions.book(office, name="李梅", phone="+8613900010002", starts_at=starts, by=actor(lin), at=AT)

        header, first, second, *lines = rows(browser, office, empty=3)

        assert header == HEADER
        assert first[:3] == ["1", "王丽华", "女"]
        assert first[3].startswith("138")
        assert second == ["2", "李梅", "", "13900010002", "", "", ""]
        assert lines == [[number, *[""] * 6] for number in "345"]

    def test_of_an_empty_drive_is_a_header_and_lines(self, browser, drive):
        assert rows(browser, drive) == [HEADER]
        assert len(rows(browser, drive, empty=200)) == 201

    def test_keeps_names_of_four_scripts(self, browser, drive):
        for name in SCRIPTS:
            enrolled(drive, name)

        assert {row[1] for row in rows(browser, drive)[1:]} == set(SCRIPTS)

    def test_on_paper_says_the_same(self, browser, drive):
        for name in ("王丽华", "Zoë O'Brien"):
            enrolled(drive, name)

        text = printed(browser, drive)

        assert all(words in text for words in ("王丽华", "Zoë O", "138", drive.name, drive.branch.name))

    def test_is_a_page_that_prints_the_same_where_no_pdf_can_be_made(self, browser, drive, monkeypatch):
        def none(*_: object) -> bytes:
            raise pdf.NoPdf

        monkeypatch.setattr(pdf, "render", none)
        for name in SCRIPTS:
            enrolled(drive, name)

        page = browser.post(url(drive), {"reason": "AT_THE_DRIVE", "empty": 0})

        assert page["Content-Type"].startswith("text/html")
        assert all(name.replace("'", "&#x27;") in page.content.decode() for name in SCRIPTS)

    def test_holds_no_cell_that_runs_as_a_formula(self, browser, drive):
        for name in RUNNING:
            enrolled(drive, name)

        sheet = workbook(browser, drive)

        assert {row[1] for row in sheet.values} == {"姓名", *RUNNING}
        kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value}
        assert kinds <= {"s", "inlineStr"}

    def test_says_of_a_name_that_does_not_open_that_it_does_not(self, browser, drive):
        other = enrolled(drive, "王丽华")
        Donor.objects.filter(pk=enrolled(drive, "李梅").pk).update(name=other.name)

        assert {row[1] for row in rows(browser, drive)[1:]} == {"王丽华", "[无法读取]"}


class TestWhoIsNotNamed:
    def test_are_those_who_left_died_or_moved_since(self, browser, drive):
        staying = enrolled(drive, "王丽华")
        enrolled(drive, "李梅", state=DonorState.WITHDRAWN)
        enrolled(drive, "张伟", death_reported_at=AT)
        DonorFactory(branch=BranchFactory(), drive=drive, about={"name": "陈静"})

        assert [row[1] for row in rows(browser, drive)[1:]] == ["王丽华"]
        named = TrailRow.objects.filter(verb="person.named").values_list("object", flat=True)
        assert list(named) == [f"registry.donor:{staying.pk}"]

    def test_are_those_of_another_drive(self, browser, drive):
        enrolled(DriveFactory(branch=drive.branch), "李梅")

        assert rows(browser, drive) == [HEADER]


class TestTheDoor:
    def test_wants_a_reason_and_a_number_of_lines(self, browser, drive):
        right = {"reason": "AGAIN", "empty": 0}
        for wrong in ({"reason": ""}, {"reason": "x"}, {"empty": ""}, {"empty": 201}, {"empty": "\x00"}):
            assert browser.post(url(drive), right | wrong).status_code == 422
        assert not TrailRow.objects.filter(verb="sign_in_sheet.printed").exists()

    def test_wants_a_fresh_login(self, client, drive, lin):
        stale = signed_in(client, lin, fresh=False)

        assert stale.post(url(drive), {"reason": "AGAIN", "empty": 0}).url.startswith(
            reverse("account_reauthenticate")
        )

    @pytest.mark.parametrize("role", [Role.FAMILY_CARE, Role.AUDITOR, Role.ADMINISTRATOR])
    def test_is_shut_to_a_role_that_takes_no_sheets(self, client, drive, role):
        browser = signed_in(client, StaffFactory(role=role, branch=drive.branch))

        assert browser.get(url(drive)).status_code == 403

    def test_answers_another_branch_as_if_there_were_no_such_drive(self, browser):
        assert browser.get(url(DriveFactory())).status_code == 404

    def test_writes_down_the_sheet_and_each_name_on_it(self, browser, drive):
        people = {f"registry.donor:{enrolled(drive, name).pk}" for name in ("王丽华", "李梅")}

        answer = browser.post(url(drive), {"reason": "REPORT", "empty": 0, "form": "xlsx"})

        assert "no-store" in answer["Cache-Control"]
        assert TrailRow.objects.filter(verb="sign_in_sheet.printed").count() == 1
        assert set(TrailRow.objects.filter(verb="person.named").values_list("object", flat=True)) == people
