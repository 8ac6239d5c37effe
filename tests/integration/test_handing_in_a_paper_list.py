"""A coordinator hands a paper list in on the drive's page, watches it, and mends what came back."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from foundation import jobs
from foundation.access import Role
from foundation.jobs import Job
from foundation.papers import kept
from foundation.papers import sheets as files
from foundation.papers.sheets import read
from registry.donors.columns import OF_A_LIST, Column
from registry.donors.models import Donor
from registry.drives.models import HeaderName, SheetFile
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

    @pytest.mark.parametrize(("seconds", "long"), [(5, False), (90, True)])
    def test_says_that_it_waits_for_the_worker_and_what_to_do_when_it_waits_long(
        self, lin, drive, seconds, long
    ):
        report = hand_in(lin, drive, sheets.xlsx(sheets.row(0))).url
        Job.objects.update(asked_at=timezone.now() - timedelta(seconds=seconds))
        english = {"accept-language": "en"}

        page = lin.get(report, headers=english).content.decode()
        others = [reverse("desk:jobs"), reverse("desk:job", args=[Job.objects.get().pk])]
        told = ["It waits for the worker" in lin.get(p, headers=english).content.decode() for p in others]

        assert "It waits for the worker" in page
        assert (f'<a href="{reverse("desk:jobs")}">long work</a>' in page) == long
        assert told == [long] * 2

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


def strange(*rows, **names):
    """Return a list with other headers, by the ones they stand for."""
    table = sheets.cells(rows)
    table[1] = [names.get(str(header), header) for header in table[1]]
    return files.write_xlsx(table)


def run_latest():
    return jobs.run(Job.objects.order_by("-id")[0].pk, clock=timezone.now)


class TestHeadersNobodyHasExplained:
    def test_are_asked_about_once_and_known_from_then_on(self, lin, drive):
        content = strange(sheets.row(0), 手机号码="咋打给你")
        answer = hand_in(lin, drive, content)
        assert run_latest().result == {"columns": 1}
        sheet = SheetFile.objects.get()
        page = reverse("drives:sheet_columns", args=[drive.pk, sheet.pk])

        assert page in lin.get(answer.url).content.decode()
        asked = lin.get(page).content.decode()
        assert "咋打给你" in asked
        assert "138********" in asked
        assert "13800000000" not in asked
        place = OF_A_LIST.index(Column.PHONE)
        assert lin.post(page, {f"column-{place}": "-"}).status_code == 422
        assert lin.post(page, {f"column-{place}": str(Column.PHONE)}).status_code == 302
        run_latest()
        assert Donor.objects.count() == 1

        hand_in(lin, drive, strange(sheets.row(1), 手机号码="咋打给你 *"))
        run_latest()
        assert Donor.objects.count() == 2

    def test_are_asked_about_where_a_tube_would_be_lost(self, lin, drive):
        hand_in(lin, drive, strange(sheets.row(0), 采样编号="血"))

        assert run_latest().result == {"columns": 1}
        assert not Donor.objects.exists()

    def test_may_be_left_out(self, lin, drive):
        hand_in(lin, drive, strange(sheets.row(0), 备注="心情"))
        run_latest()
        page = reverse("drives:sheet_columns", args=[drive.pk, SheetFile.objects.get().pk])

        assert lin.post(page, {}).status_code == 302
        run_latest()
        assert Donor.objects.count() == 1

    def test_are_found_where_none_of_the_telltale_ones_is_known(self, lin, drive):
        hand_in(lin, drive, strange(sheets.row(0), 姓名="称呼", 证件号码="身份号"))

        assert run_latest().result == {"columns": 2}

    def test_are_known_to_the_command(self, lin, drive, tmp_path, capsys):
        HeaderName.objects.create(
            branch=drive.branch,
            header="称呼",
            column=Column.NAME,
            at=timezone.now(),
            by_kind="STAFF",
            by_id="1",
        )
        file = tmp_path / "list.xlsx"
        file.write_bytes(strange(sheets.row(0), 姓名="称呼"))

        call_command("import_donors", str(file), drive=str(drive.pk), format="json")

        assert '"accepted": 1' in capsys.readouterr().out


class TestATrial:
    def test_brings_nothing_in_until_one_says_so(self, lin, drive):
        answer = hand_in(lin, drive, sheets.xlsx(sheets.row(0), sheets.row(1, NAME="")), trial="on")
        run_latest()
        sheet = SheetFile.objects.get()
        assert not Donor.objects.exists()
        assert (
            reverse("drives:sheet_go_on", args=[drive.pk, sheet.pk]) in lin.get(answer.url).content.decode()
        )

        lin.post(reverse("drives:sheet_go_on", args=[drive.pk, sheet.pk]), {"take": "good_rows"})
        run_latest()

        assert Donor.objects.count() == 1
        assert SheetFile.objects.get().content is None


class TestStopping:
    def test_registers_nobody_and_one_can_go_on(self, lin, drive):
        hand_in(lin, drive, sheets.xlsx(sheets.row(0)))
        sheet = SheetFile.objects.get()

        lin.post(reverse("drives:sheet_stop", args=[drive.pk, sheet.pk]))
        assert run_latest() is None
        assert Job.objects.get().state == "STOPPED"
        lin.post(reverse("drives:sheet_go_on", args=[drive.pk, sheet.pk]))
        run_latest()

        assert Donor.objects.count() == 1


class TestAWorkerThatDied:
    def test_leaves_a_report_of_what_it_brought_in(self, lin, drive, monkeypatch):
        def die(*_args, **_options):
            raise SystemExit

        hand_in(lin, drive, sheets.xlsx(sheets.row(0), sheets.row(1, NAME="")))
        monkeypatch.setattr(kept, "end", die)
        with pytest.raises(SystemExit):
            run_latest()
        assert Donor.objects.count() == 1
        monkeypatch.undo()
        Job.objects.update(leased_until=timezone.now() - timedelta(minutes=1))

        ended = run_latest()

        assert (ended.result["accepted"], ended.result["unchanged"]) == (1, 0)
        assert (
            b"to-mend"
            in lin.post(reverse("drives:sheet_mend", args=[drive.pk, SheetFile.objects.get().pk]))
            .headers["Content-Disposition"]
            .encode()
        )


class TestASheetToMend:
    def test_mended_in_a_spreadsheet_adds_only_what_is_new(self, lin, drive):
        rows = [sheets.row(0), sheets.row(1, NAME="", PHONE=13800000001.0, WEIGHT=64.5)]
        hand_in(lin, drive, sheets.xlsx(*rows))
        run_latest()
        mended = lin.post(reverse("drives:sheet_mend", args=[drive.pk, SheetFile.objects.get().pk]))
        table = [row.cells for row in read(mended.content, name="x.xlsx")]
        table[1][0] = "李四"

        hand_in(lin, drive, files.write_xlsx(table))
        ended = run_latest()

        assert (ended.result["accepted"], ended.result["rejected"]) == (1, {})
        assert Donor.objects.count() == 2
