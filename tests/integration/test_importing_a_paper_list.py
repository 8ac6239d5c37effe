"""The paper list of a drive comes in: good rows together, the others named."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone, translation

from consent.models import Consent, Evidence
from consent.states import State
from foundation import jobs, vault
from foundation.access import NotAllowed, Role
from foundation.moves import steps_of
from foundation.papers import sheets as files
from foundation.papers.sheets import SheetProblem, read
from foundation.trail import Actor, ActorKind
from foundation.trail.models import TrailRow
from foundation.vault import DataKey, Subject
from registry.donors.models import Contact, Donor
from registry.donors.states import DonorState
from registry.drives import imports
from registry.drives.imports import import_rows, importing, inserting
from registry.drives.models import SheetEntry, SheetFile
from registry.drives.sheets import Code, LayoutProblem
from registry.samples import actions as samples
from registry.samples.models import Sample
from tests.factories import consent as consents
from tests.factories import lists, sheets
from tests.factories.drives import DriveFactory
from tests.factories.foundation import StaffFactory, actor

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
COMMAND = Actor(ActorKind.COMMAND, "tests")
DATA = Path(__file__).resolve().parents[3] / "shared/data"
DRIVES, NASTY = DATA / "drives", DATA / "nasty"

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def drive():
    return DriveFactory(paper_text=consents.text())


def imported(drive, *rows, **options):
    return import_rows(sheets.xlsx(*rows), drive, by=COMMAND, at=AT, **options).report


class TestARowThatIsGood:
    def test_makes_a_sampled_donor_on_the_day_of_the_list(self, drive):
        assert imported(drive, sheets.row()).imported

        donor = Donor.objects.get()
        assert (donor.state, donor.drive_id, donor.service_path) == (
            DonorState.SAMPLED,
            drive.pk,
            drive.branch.path,
        )
        assert timezone.localdate(donor.registered_at) == sheets.ON
        assert donor.contact_verified_on == sheets.ON

    def test_is_registered_only_where_no_tube_was_taken(self, drive):
        imported(drive, sheets.row(BARCODE=""))

        assert Donor.objects.get().state == DonorState.REGISTERED
        assert not Sample.objects.exists()

    def test_is_sealed_and_opens_again(self, drive):
        imported(
            drive,
            sheets.row(NAME="古丽娜孜·阿不都热合曼", PHONE="+86 138-0013-8000", NOTE='=HYPERLINK("x","y")'),
        )

        opened = vault.open_one(Donor.objects.get(), "name", "document", "phone", "note")

        assert opened == {
            "name": "古丽娜孜·阿不都热合曼",
            "document": sheets.resident_number(),
            "phone": "+8613800138000",
            "note": '=HYPERLINK("x","y")',
        }

    def test_brings_two_contacts_who_are_not_to_know(self, drive):
        imported(drive, sheets.row())

        contacts = list(Contact.objects.order_by("order"))
        assert [(c.relation, c.may_know) for c in contacts] == [("PARENT", False), ("FRIEND", False)]
        assert [opened["name"] for opened in vault.open(contacts, ["name"])] == ["张建国", "李梅"]

    def test_brings_consents_signed_on_paper_whose_scan_is_missing(self, drive):
        imported(drive, sheets.row())

        purposes = {consent.purpose: consent.state for consent in Consent.objects.all()}
        assert set(purposes.values()) == {State.SIGNED}
        assert set(purposes) == {
            "register_hpc",
            "sensitive_data",
            "hla_typing",
            "sample_storage",
            "share_registry",
            "contact_phone",
        }
        assert Evidence.objects.missing().count() == 1

    def test_brings_a_tube_of_unknown_volume_and_taker(self, drive):
        imported(drive, sheets.row())

        sample = Sample.objects.get()
        assert (sample.barcode, sample.volume_ml, sample.taken_by) == ("ZJ26112000000", None, None)

    def test_has_a_step_for_each_state_and_a_line_on_the_trail(self, drive):
        imported(drive, sheets.row())

        donor = Donor.objects.get()
        steps = [(step.move, step.to_state) for step in steps_of(donor)]
        assert steps == [("register", "REGISTERED"), ("collect_sample", "SAMPLED")]
        assert all(step.recorded_at == AT for step in steps_of(donor))
        assert (
            TrailRow.objects.filter(object=f"registry.donor:{donor.pk}", verb="donor.register").count() == 1
        )
        body = json.loads(bytes(TrailRow.objects.get(verb="donor.register").body))
        assert body["facts"]["consents"] == sorted(Consent.objects.values_list("purpose", flat=True))
        assert body["facts"]["sample"] == str(Sample.objects.get().pk)
        assert [step.to_state for step in steps_of(Sample.objects.get())] == ["TAKEN"]
        assert [len(steps_of(consent)) for consent in Consent.objects.all()] == [1] * 6

    def test_leaves_no_word_of_anybody_on_the_trail(self, drive):
        imported(drive, sheets.row(), sheets.row(1, PHONE="1"))

        bodies = b"".join(bytes(body) for body in TrailRow.objects.values_list("body", flat=True)).decode()
        assert not any(word in bodies for word in ("王丽华", sheets.resident_number(), "13800000000"))


class TestARowThatCannotBeTaken:
    def test_leaves_the_others_in(self, drive):
        report = imported(drive, sheets.row(0), sheets.row(1, NAME=" "), sheets.row(2))

        assert report.as_json() == {
            "rows": 3,
            "accepted": 2,
            "unchanged": 0,
            "rejected": {"4": ["name_missing"]},
            "imported": True,
        }
        assert Donor.objects.count() == 2

    def test_keeps_all_out_where_one_asks_for_all(self, drive):
        report = imported(drive, sheets.row(0), sheets.row(1, NAME=" "), strict=True)

        assert (report.accepted, report.imported) == (1, False)
        assert not Subject.objects.exists()

    def test_is_somebody_who_is_registered_at_another_drive(self, drive):
        imported(DriveFactory(paper_text=consents.text()), sheets.row(0, BARCODE=""))

        report = imported(drive, sheets.row(0), sheets.row(1))

        assert report.rejected == {3: [Code.ALREADY_REGISTERED]}
        assert not report.differing

    def test_is_one_whose_tube_belongs_to_somebody_else(self, drive):
        imported(drive, sheets.row(0))

        report = imported(drive, sheets.row(1, BARCODE="zj26112000000"))

        assert report.rejected == {3: [Code.BARCODE_DUPLICATE]}

    def test_is_somebody_who_was_erased_and_is_known_by_the_tube(self, drive):
        imported(drive, sheets.row(0))
        vault.erase(Subject.objects.get(), by=COMMAND, at=AT)

        report = imported(drive, sheets.row(0, NOTE="saved anew"))

        assert report.rejected == {3: [Code.ERASED]}

    def test_is_somebody_who_was_erased_and_is_known_by_the_row_of_the_same_file(self, drive):
        file = sheets.csv(sheets.row(0, BARCODE=""), sheets.row(1, BARCODE=""))
        import_rows(file, drive, by=COMMAND, at=AT)
        vault.erase(Subject.objects.order_by("pk")[0], by=COMMAND, at=AT)

        report = import_rows(file, drive, by=COMMAND, at=AT).report

        assert (report.unchanged, len(report.rejected)) == (1, 1)
        assert [Code.ERASED] in report.rejected.values()

    def test_comes_back_in_a_sheet_that_says_what_to_mend(self, drive):
        result = import_rows(sheets.xlsx(sheets.row(0, WEIGHT="44")), drive, by=COMMAND, at=AT)

        [(row, codes)] = result.to_mend()
        assert (row.number, codes) == (3, [Code.WEIGHT_TOO_LOW])


class TestTheSameSheetAgain:
    def test_changes_nothing(self, drive):
        imported(drive, sheets.row(0), sheets.row(1, BARCODE=""))

        report = imported(drive, sheets.row(0), sheets.row(1, BARCODE=""))

        assert (report.unchanged, report.accepted, report.rejected) == (2, 0, {})
        assert Donor.objects.count() == 2

    def test_knows_its_rows_after_the_tube_was_exchanged(self, drive):
        imported(drive, sheets.row(0))
        Sample.objects.update(barcode="ZJ99999999999")

        assert imported(drive, sheets.row(0)).unchanged == 1

    def test_knows_its_rows_after_the_tube_was_turned_away(self, drive):
        imported(drive, sheets.row(0))
        by = actor(StaffFactory(role=Role.CASEWORKER, branch=drive.branch))
        samples.reject(Sample.objects.get(), reason="CLOTTED", by=by, at=AT)

        assert imported(drive, sheets.row(0)).unchanged == 1

    def test_does_not_take_a_row_for_the_same_that_gives_another_tube(self, drive):
        imported(drive, sheets.row(0))

        report = imported(drive, sheets.row(0, BARCODE="ZJ26112000077"))

        assert report.rejected == {3: [Code.ALREADY_REGISTERED]}

    def test_names_what_differs_and_does_not_apply_it(self, drive):
        imported(drive, sheets.row(0))

        report = imported(drive, sheets.row(0, PHONE="13911112222", CONTACT_2_NAME="李雷"))

        assert report.differing == {3: ["手机号码", "联系人2姓名"]}
        assert vault.open_one(Donor.objects.get(), "phone")["phone"] == "+8613800000000"

    def test_adds_what_was_mended(self, drive):
        imported(drive, sheets.row(0), sheets.row(1, WEIGHT="44"))

        report = imported(drive, sheets.row(0), sheets.row(1, WEIGHT="64"))

        assert (report.unchanged, report.accepted) == (1, 1)


class TestAnyList:
    @pytest.mark.parametrize("seed", range(4))
    def test_is_reported_as_the_oracle_says(self, drive, seed):
        paper = lists.make(seed, typed=True)
        elsewhere = DriveFactory(paper_text=consents.text())
        bad, header = set(paper.expected), lists.HEADERS
        good = [n for n, cells in enumerate(paper.cells, start=1) if len(cells) == 21 and n not in bad]
        known = [
            paper.cells[n - 1] for n in good if paper.cells[n - 1][0] and "姓名" not in paper.cells[n - 1]
        ]
        import_rows(files.write_xlsx([header, *known[:2]]), elsewhere, by=COMMAND, at=AT)
        numbers = [n for n in good if any(paper.cells[n - 1] is cells for cells in known[:2])]

        report = import_rows(files.write_xlsx(paper.cells), drive, by=COMMAND, at=AT).report

        expected = paper.expected | dict.fromkeys(numbers, "already_registered")
        assert report.as_json() == {
            "rows": paper.rows,
            "accepted": paper.rows - len(expected),
            "unchanged": 0,
            "rejected": {str(n): [code] for n, code in sorted(expected.items())},
            "imported": True,
        }


class TestSomebodyFromTheDesk:
    @pytest.mark.parametrize(("barcode", "same"), [("ZJ26112000000", True), ("ZJ26112000009", False)])
    def test_is_known_by_the_tube_the_desk_took(self, drive, barcode, same):
        imported(drive, sheets.row(0))
        SheetEntry.objects.all().delete()

        report = imported(drive, sheets.row(0, BARCODE=barcode))

        assert (report.unchanged, report.rejected) == (
            (1, {}) if same else (0, {3: [Code.ALREADY_REGISTERED]})
        )


class TestSomebodyWhoWasFaster:
    def test_leaves_the_row_out_and_says_so(self, drive, monkeypatch):
        other, insert = DriveFactory(paper_text=consents.text()), inserting.insert

        def late(*args, **options):
            monkeypatch.setattr(inserting, "insert", insert)
            imported(
                other,
                sheets.row(0, BARCODE=""),
                sheets.row(1, NAME="李四", DOCUMENT_NUMBER=sheets.resident_number(9)),
            )
            return insert(*args, **options)

        monkeypatch.setattr(inserting, "insert", late)
        result = import_rows(
            sheets.xlsx(sheets.row(0), sheets.row(1), sheets.row(2)), drive, by=COMMAND, at=AT
        )

        assert result.report.rejected == {3: [Code.ALREADY_REGISTERED], 4: [Code.BARCODE_DUPLICATE]}
        assert [row.number for row, _ in result.to_mend()] == [3, 4]
        assert (result.report.accepted, Donor.objects.count()) == (1, 3)
        assert Subject.objects.count() == 3
        assert DataKey.objects.filter(label=None, subject=None).count() == 0


class TestImportRows:
    def test_inserts_nothing_when_it_is_only_tried(self, drive):
        report = imported(drive, sheets.row(), dry_run=True)

        assert (report.accepted, report.imported) == (1, False)
        assert not Subject.objects.exists()

    def test_leaves_nothing_half_written_when_it_breaks(self, drive, monkeypatch):
        def broken(*_args, **_options):
            raise RuntimeError

        monkeypatch.setattr(inserting.consents, "insert", broken)

        with pytest.raises(RuntimeError):
            imported(drive, sheets.row())
        assert not Subject.objects.exists()
        assert not TrailRow.objects.filter(verb="donor.register").exists()

    def test_asks_for_the_right(self, drive):
        stranger = Actor(ActorKind.STAFF, str(uuid4()), "coordinator", str(uuid4()))

        with pytest.raises(NotAllowed):
            import_rows(sheets.xlsx(sheets.row()), drive, by=stranger, at=AT)

    def test_reports_progress_after_each_piece(self, drive, monkeypatch):
        monkeypatch.setattr(importing, "PIECE", 2)
        told = []

        imported(drive, *map(sheets.row, range(5)), progress=lambda done, total: told.append((done, total)))

        assert told == [(2, 5), (4, 5), (5, 5)]

    def test_refuses_a_list_the_embedded_database_cannot_take_at_once(self, drive, settings):
        settings.SHEET_ROWS_MOST_ON_SQLITE = 1

        if connection.vendor != "sqlite":
            assert imported(drive, sheets.row(0), sheets.row(1)).accepted == 2
            return
        with pytest.raises(imports.TooManyRows):
            imported(drive, sheets.row(0), sheets.row(1))

    def test_refuses_a_sheet_without_its_columns(self, drive):
        with pytest.raises(LayoutProblem):
            import_rows("姓名,证件号码\n张三,1\n".encode(), drive, by=COMMAND, at=AT)


@pytest.mark.skipif(not DRIVES.is_dir(), reason="the folder shared/data/drives is not beside the clone")
class TestTheSheetsOfTheField:
    @pytest.mark.parametrize(
        "name",
        [
            "drive-300.xlsx",
            "drive-120-gb18030.csv",
            pytest.param("drive-5000.xlsx", marks=pytest.mark.slow),
        ],
    )
    def test_come_in_exactly(self, drive, name):
        expected = json.loads((DRIVES / name).with_suffix(".expected.json").read_text())

        report = import_rows(DRIVES / name, drive, by=COMMAND, at=AT).report

        assert report.as_json() == {**expected, "unchanged": 0, "imported": True}
        assert Donor.objects.count() == expected["accepted"]

    def test_change_nothing_the_second_time(self, drive):
        import_rows(DRIVES / "drive-300.xlsx", drive, by=COMMAND, at=AT)

        report = import_rows(DRIVES / "drive-300.xlsx", drive, by=COMMAND, at=AT).report

        assert (report.unchanged, report.accepted, report.differing) == (256, 0, {})

    @pytest.mark.parametrize("dry_run", [False, True], ids=["brought in", "only tried"])
    def test_are_reported_by_the_command_just_so(self, drive, capsys, dry_run):
        expected = json.loads((DRIVES / "drive-300.expected.json").read_text())

        with pytest.raises(SystemExit) as ended:
            call_command(
                "import_donors", str(DRIVES / "drive-300.xlsx"), drive=str(drive.pk), format="json",
                dry_run=dry_run,
            )  # fmt: skip

        assert ended.value.code == 1
        printed = json.loads(capsys.readouterr().out)
        assert printed == {**expected, "unchanged": 0, "imported": not dry_run}
        assert Donor.objects.count() == (0 if dry_run else expected["accepted"])


@pytest.mark.skipif(not NASTY.is_dir(), reason="the folder shared/data/nasty is not beside the clone")
class TestAFileThatBreaksPrograms:
    @pytest.mark.parametrize("path", sorted(NASTY.glob("*")), ids=lambda path: path.name)
    def test_gets_a_sentence_and_leaves_nothing_half_written(self, drive, path):
        with pytest.raises((SheetProblem, LayoutProblem)) as caught:
            import_rows(path, drive, by=COMMAND, at=AT)

        assert all(caught.value.sentences)
        assert not Subject.objects.exists()


class TestImportDonors:
    def test_prints_the_report_and_exits_with_1_when_a_row_was_refused(self, drive, tmp_path, capsys):
        file = tmp_path / "list.csv"
        file.write_bytes(sheets.csv(sheets.row(0), sheets.row(1, PHONE="12")))

        with pytest.raises(SystemExit) as ended:
            call_command("import_donors", str(file), drive=str(drive.pk), format="json")

        assert ended.value.code == 1
        assert json.loads(capsys.readouterr().out)["rejected"] == {"3": ["phone_invalid"]}

    def test_ends_well_when_all_are_taken(self, drive, tmp_path, capsys):
        file = tmp_path / "list.csv"
        file.write_bytes(sheets.csv(sheets.row(0)))

        with translation.override("en"):
            call_command("import_donors", str(file), drive=str(drive.pk))

        assert "1 rows: 1 accepted" in capsys.readouterr().out

    @pytest.mark.parametrize("content", [b"", b"<html>", b"PK\x03\x04no", b"a,b\n1,2\n"])
    def test_says_in_a_sentence_that_a_file_cannot_be_read(self, drive, tmp_path, content):
        file = tmp_path / "list.csv"
        file.write_bytes(content)

        with pytest.raises(CommandError, match=r"\w+"):
            call_command("import_donors", str(file), drive=str(drive.pk))

    def test_says_that_there_is_no_such_drive(self, tmp_path):
        with pytest.raises(CommandError, match="no such drive"):
            call_command("import_donors", str(tmp_path / "list.csv"), drive=str(uuid4()))


class TestASheetHandedInOnAPage:
    def test_is_kept_sealed_imported_as_a_job_and_given_back_to_be_mended(self, drive):
        sheet, job = imports.hand_in(
            drive,
            sheets.xlsx(sheets.row(0), sheets.row(1, NAME="")),
            name="名单.xlsx",
            strict=False,
            by=COMMAND,
            at=AT,
        )

        ended = jobs.run(job.pk, clock=lambda: AT)

        assert ended.result["rejected"] == {"4": ["name_missing"]}
        sheet = SheetFile.objects.get()
        assert (sheet.content, sheet.ended_at) == (None, AT)
        file = imports.mend_sheet(sheet, by=COMMAND, at=AT)
        mended = list(read(file.content))
        assert file.name == "to-mend.xlsx"
        assert len(mended) == 2
        assert len(mended[0].cells) == 22

    def test_that_cannot_be_read_ends_with_a_sentence(self, drive):
        _, job = imports.hand_in(drive, b"<html>", name="a.xls", strict=False, by=COMMAND, at=AT)

        ended = jobs.run(job.pk, clock=lambda: AT)

        assert (ended.state, len(ended.problems)) == ("FAILED", 1)

    def test_is_gone_with_its_key_when_it_is_thrown_away(self, drive):
        _, job = imports.hand_in(drive, sheets.xlsx(sheets.row()), name="a", strict=False, by=COMMAND, at=AT)
        keys = DataKey.objects.count()

        assert imports.throw_away(SheetFile.objects.all(), by=COMMAND, at=AT) == 1
        assert DataKey.objects.count() == keys - 1
        assert jobs.run(job.pk, clock=lambda: AT).state == "FAILED"


def test_reading_never_stops_short_of_the_last_row(drive):
    with pytest.raises(SheetProblem):
        import_rows(b'a,b\n"open', drive, by=COMMAND, at=AT)
    assert date(2026, 11, 20) == sheets.ON
