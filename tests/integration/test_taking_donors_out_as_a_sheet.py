"""A manager asks for a sheet of donors, somebody of the branch above agrees, and it is handed out."""

from __future__ import annotations

import errno
import io
import json
from datetime import timedelta

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone, translation

from foundation import access, approvals, jobs, vault
from foundation.access import BranchKind, Role, RoleAt
from foundation.approvals import Approval
from foundation.jobs import Job, JobState
from foundation.papers import sheets
from foundation.trail.models import TrailRow
from foundation.vault import DataKey
from registry.donors import actions
from registry.donors.exports import asking, full_lines, making, reading, taking
from registry.donors.exports.asking import MayNot
from registry.donors.exports.fields import FIELDS, chosen
from registry.donors.exports.taking import Form
from registry.donors.models import Donor, Export, ExportPiece
from registry.donors.models.withdrawal import Word
from registry.donors.states import DonorState
from tests.factories import exports
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor, signed_in

pytestmark = pytest.mark.django_db

RUNNING = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "a\r=1",
    "＝1",
    "|calc",
    "%0a",
    "'=1",
    "''=1",
    "'abc'=1",
    "_x0041_",
]


@pytest.fixture
def province():
    return BranchFactory(kind=BranchKind.PROVINCE)


@pytest.fixture
def prefecture(province):
    return BranchFactory(kind=BranchKind.PREFECTURE, parent=province)


@pytest.fixture
def county(prefecture):
    return BranchFactory(parent=prefecture)


@pytest.fixture
def lin(county):
    """A coordinator of the county."""
    return StaffFactory(role=Role.COORDINATOR, branch=county)


@pytest.fixture
def zhou(prefecture):
    """A caseworker of the prefecture above."""
    return StaffFactory(role=Role.CASEWORKER, branch=prefecture)


def ask(staff, branch, **changes):
    return exports.asked(branch, by=actor(staff), at=timezone.now(), **changes)


def ask_opened(staff, branch, **changes):
    return ask(staff, branch, opened=True, columns=["grid", "name", "phone"], **changes)


def agree(export, staff, *, yes=True):
    question = asking.question_of(export)
    answer = approvals.Answer.CHECKED if yes else approvals.Answer.NOT_NEEDED
    approvals.decide(question, yes=yes, answer=answer, by=actor(staff), at=timezone.now())


def rows_of(export, staff, form=Form.CSV):
    content = b"".join(taking.take(export, form, by=actor(staff), at=timezone.now()))
    return [row.cells for row in sheets.read(content, name=f"x.{form}")]


class TestAMaskedSheet:
    def test_is_made_at_once(self, lin, county):
        donor = DonorFactory(branch=county, about={"name": "王丽华"})

        export = exports.made(ask(lin, county))

        assert rows_of(export, lin) == [["志愿者编号", "姓名", "状态"], [donor.grid, "王**", "已登记"]]

    def test_has_its_headers_in_the_characters_the_reader_writes(self, lin, county):
        export = exports.made(ask(lin, county))

        with translation.override("zh-hant"):
            assert rows_of(export, lin)[0] == ["志願者編號", "姓名", "狀態"]

    def test_masks_whatever_tells_who_somebody_is(self, lin, county):
        donor = DonorFactory(branch=county)
        personal = [one.key for one in FIELDS if one.is_personal and one.permission is None]
        plain = full_of(donor)

        export = exports.made(ask(lin, county, columns=personal))

        told = dict(zip(*rows_of(export, lin), strict=True))
        bare = {"证件类型", "联系人1关系", "联系人2关系"}
        assert {name for name in told if told[name] and told[name] == plain.get(name)} <= bare

    def test_needs_no_second_person_even_where_opening_was_asked_of_nothing_personal(self, lin, county):
        export = ask(lin, county, opened=True, columns=["grid", "state"])

        assert not export.opened
        assert not Approval.objects.exists()

    def test_holds_nobody_of_another_branch(self, lin, county, prefecture):
        ours = DonorFactory(branch=county)
        DonorFactory(branch=BranchFactory(parent=prefecture), about={"name": "𠮷别处"})

        export = exports.made(ask(lin, county))

        assert [row[0] for row in rows_of(export, lin)[1:]] == [ours.grid]

    def test_narrows_as_the_filters_say(self, lin, county):
        DonorFactory(branch=county)
        listed = DonorFactory(branch=county, state=DonorState.LISTED)

        export = exports.made(ask(lin, county, filters={"state": "LISTED"}))

        assert [row[0] for row in rows_of(export, lin)[1:]] == [listed.grid]


def full_of(donor):
    return next(full_lines(Donor.objects.filter(pk=donor.pk)))[1]


class TestAnOpenedSheet:
    def test_waits_for_a_second_person_of_the_branch_above(self, lin, zhou, county):
        donor = DonorFactory(branch=county, about={"name": "王丽华", "phone": "+8613812344417"})
        export = ask_opened(lin, county)
        assert asking.job_of(export) is None

        agree(export, zhou)

        export = exports.made(export)
        assert rows_of(export, lin)[1] == [donor.grid, "王丽华", "13812344417"]

    def test_is_not_agreed_to_by_the_same_person(self, county, prefecture):
        lin = StaffFactory(role=Role.CASEWORKER, branch=prefecture)
        export = ask_opened(lin, prefecture)

        with pytest.raises(approvals.NotYours):
            agree(export, lin)

        assert asking.job_of(export) is None

    def test_is_not_agreed_to_by_a_colleague_of_the_same_branch(self, lin, county):
        export = ask_opened(lin, county)

        with pytest.raises(approvals.NotYours):
            agree(export, StaffFactory(role=Role.CASEWORKER, branch=county))

    def test_is_agreed_to_by_a_colleague_at_the_top(self, province):
        asker, second = (StaffFactory(role=Role.REGISTRY_MANAGER, branch=province) for _ in range(2))
        export = ask_opened(asker, province)

        agree(export, second)

        assert asking.job_of(export) is not None

    def test_is_not_made_when_the_second_person_says_no(self, lin, zhou, county):
        export = ask_opened(lin, county)

        agree(export, zhou, yes=False)

        assert asking.job_of(export) is None
        with pytest.raises(asking.moves.Refused):
            asking.begin(export, at=timezone.now())

    def test_is_not_begun_before_anybody_agreed(self, lin, county):
        with pytest.raises(asking.moves.Refused):
            asking.begin(ask_opened(lin, county), at=timezone.now())

    def test_leaves_out_whoever_has_left_even_since_it_was_made(self, lin, zhou, county):
        gone = DonorFactory(branch=county, state=DonorState.WITHDRAWN)
        leaving, staying = DonorFactory(branch=county), DonorFactory(branch=county)
        export = ask_opened(lin, county)
        agree(export, zhou)
        export = exports.made(export)

        actions.withdraw(
            leaving,
            by=actor(lin),
            at=timezone.now(),
            word=Word.STAFF_TWO_FACTS,
            facts=("document", "phone"),
        )

        told = [row[0] for row in rows_of(export, lin)[1:]]
        assert told == [staying.grid]
        assert gone.grid not in told

    def test_says_in_each_record_who_took_it(self, lin, zhou, county):
        donor = DonorFactory(branch=county)
        export = ask_opened(lin, county)
        agree(export, zhou)
        rows_of(exports.made(export), lin)

        seen = TrailRow.objects.get(verb="donor.exported")
        assert seen.object == f"registry.donor:{donor.pk}"
        assert json.loads(bytes(seen.body))["facts"]["columns"] == ["grid", "name", "phone"]


class TestTheRights:
    def test_are_asked_when_it_is_asked_for(self, lin, prefecture):
        with pytest.raises(MayNot):
            ask(lin, prefecture)

    def test_to_a_typing_are_its_own(self, lin, county):
        with pytest.raises(MayNot):
            ask(lin, county, columns=["typing"])

    def test_are_asked_again_when_it_is_made(self, lin, county):
        DonorFactory(branch=county)
        export = ask(lin, county)
        RoleAt.objects.filter(staff=lin).update(ended_at=timezone.now())

        export = exports.made(export)

        assert export.ready_at is None
        assert Job.objects.get().state == JobState.FAILED
        assert not ExportPiece.objects.exists()

    def test_are_asked_again_when_it_is_taken(self, lin, county):
        DonorFactory(branch=county)
        export = exports.made(ask(lin, county))
        RoleAt.objects.filter(staff=lin).update(ended_at=timezone.now())

        with pytest.raises(MayNot):
            taking.take(export, Form.CSV, by=actor(lin), at=timezone.now())


class TestTheFile:
    def test_lies_sealed_under_its_own_key(self, lin, zhou, county):
        DonorFactory(branch=county, about={"name": "諸葛孔明𠮷"})
        export = ask_opened(lin, county)
        agree(export, zhou)
        export = exports.made(export)

        piece = ExportPiece.objects.get()
        assert "諸葛孔明𠮷".encode() not in piece.content.blob
        assert piece.content.key_id == export.key_id

    def test_opens_with_openpyxl_and_holds_no_formula(self, lin, county):
        DonorFactory(branch=county)
        export = exports.made(ask(lin, county))

        content = b"".join(taking.take(export, Form.XLSX, by=actor(lin), at=timezone.now()))

        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert sheet.max_row == 2
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}

    def test_is_destroyed_with_its_key_when_its_time_is_over(self, lin, county, settings):
        DonorFactory(branch=county)
        export = exports.made(ask(lin, county))
        key, later = export.key_id, timezone.now() + timedelta(hours=settings.EXPORT_HOURS, minutes=1)

        with pytest.raises(asking.moves.Refused):
            taking.take(export, Form.CSV, by=actor(lin), at=later)
        assert taking.purge(by=actor(lin), at=later) == 1

        assert not DataKey.objects.filter(pk=key).exists()
        assert not ExportPiece.objects.exists()
        assert Export.objects.get().ended_at == later

    def test_goes_on_behind_the_last_piece_after_a_stop(self, lin, county, monkeypatch):
        donors = [DonorFactory(branch=county) for _ in range(5)]
        export = ask(lin, county)
        monkeypatch.setattr(reading.pieces, "__kwdefaults__", {"after": None, "size": 2})

        def stops(done, _total):
            if done == 2:
                raise jobs.Stopped

        with pytest.raises(jobs.Stopped):
            making.make(export, at=timezone.now(), progress=stops)
        export = Export.objects.select_related("branch").get(pk=export.pk)
        assert export.pieces.count() == 1
        making.make(export, at=timezone.now())

        assert [row[0] for row in rows_of(export, lin)[1:]] == [donor.grid for donor in donors]
        assert export.people == 5

    def test_asks_the_database_a_few_times_a_piece(self, lin, county, django_assert_max_num_queries):
        for _ in range(12):
            DonorFactory(branch=county)
        fields = chosen(one.key for one in FIELDS)
        with django_assert_max_num_queries(9):
            assert (
                sum(
                    len(reading.lines_of(piece, fields))
                    for piece in reading.pieces(Donor.objects.all(), fields)
                )
                == 12
            )


class TestNoCellRunsAsAFormula:
    @pytest.mark.parametrize("form", Form)
    def test_and_read_again_it_is_what_was_typed(self, lin, zhou, county, form):
        donors = [DonorFactory(branch=county, about={"note": text}) for text in RUNNING]
        export = ask(lin, county, columns=["grid", "note"], opened=True)
        agree(export, zhou)

        told = dict(rows_of(exports.made(export), lin, form)[1:])

        assert [told[donor.grid] for donor in donors] == RUNNING


class TestThePages:
    def form(self, branch, **changes):
        plain = {"branch": branch.pk, "columns": ["grid", "name"], "opened": "opened", "reason": "CHECK"}
        return {**plain, **changes}

    def test_ask_who_it_is_before_anything_else(self, client, lin, county):
        browser = signed_in(client, lin, fresh=False)

        answers = [
            browser.get(reverse("donors:export-ask")),
            browser.post(reverse("donors:export-ask"), self.form(county)),
            browser.post(reverse("donors:export-take", args=[ask(lin, county).pk])),
        ]

        assert {answer["Location"].split("?")[0] for answer in answers} == {reverse("account_reauthenticate")}
        assert not Export.objects.filter(opened=True).exists()

    def test_lead_from_the_list_to_the_file(self, client, lin, zhou, county):
        donor = DonorFactory(branch=county, about={"name": "王丽华"}, state=DonorState.LISTED)
        browser = signed_in(client, lin)
        asking_url = reverse("donors:export-ask") + "?state=LISTED"
        assert asking_url in browser.get(reverse("donors:list") + "?state=LISTED").content.decode()
        assert 'value="LISTED" selected' in browser.get(asking_url).content.decode()

        page = browser.post(reverse("donors:export-ask"), self.form(county))
        export = Export.objects.get()
        assert page.url == reverse("donors:export", args=[export.pk])
        assert asking.question_of(export).pk.hex in browser.get(page.url).content.decode().replace("-", "")
        agree(export, zhou)
        export = exports.made(export)
        answer = browser.post(reverse("donors:export-take", args=[export.pk]), {"form": "xlsx"})
        content = b"".join(answer.streaming_content)

        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]
        assert answer["Content-Disposition"].startswith("attachment;")
        assert [row.cells for row in sheets.read(content)][1] == [donor.grid, "王丽华"]

    def test_show_colleagues_that_it_was_asked_for_and_give_it_to_the_asker_alone(
        self, client, lin, zhou, county
    ):
        export = exports.made(ask(lin, county))
        browser = signed_in(client, zhou)

        assert browser.get(reverse("donors:exports")).content.count(str(export.pk).encode()) == 1
        assert browser.get(reverse("donors:export", args=[export.pk])).status_code == 200
        for name in ("take", "go-on", "discard"):
            assert browser.post(reverse(f"donors:export-{name}", args=[export.pk])).status_code == 404

    def test_hand_nothing_out_when_the_role_has_ended_meanwhile(self, client, lin, county):
        export = exports.made(ask(lin, county))
        browser = signed_in(client, lin)
        RoleAt.objects.filter(staff=lin).update(ended_at=timezone.now())

        assert browser.post(reverse("donors:export-take", args=[export.pk])).status_code == 403

    def test_list_any_number_of_sheets_in_as_many_queries(
        self, client, lin, county, django_assert_max_num_queries
    ):
        browser = signed_in(client, lin)
        for _ in range(10):
            ask(lin, county)
        browser.get(reverse("donors:exports"))

        with django_assert_max_num_queries(16):
            browser.get(reverse("donors:exports"))

    def test_destroy_a_sheet_for_its_asker(self, client, lin, county):
        DonorFactory(branch=county)
        export = exports.made(ask(lin, county))

        signed_in(client, lin).post(reverse("donors:export-discard", args=[export.pk]))

        assert Export.objects.get().key is None
        assert not ExportPiece.objects.exists()

    def test_take_the_question_back_with_a_sheet_nobody_needs_any_more(self, client, lin, county):
        export = ask_opened(lin, county)

        signed_in(client, lin).post(reverse("donors:export-discard", args=[export.pk]))

        assert asking.question_of(export).answer == approvals.Answer.TAKEN_BACK

    def test_offer_the_columns_one_may_see(self, client, lin, county, province):
        manager = StaffFactory(role=Role.REGISTRY_MANAGER, branch=province)

        offered = {
            who: b'value="typing"' in signed_in(client, who).get(reverse("donors:export-ask")).content
            for who in (lin, manager)
        }

        assert offered == {lin: False, manager: True}


class TestTheCommand:
    def test_writes_a_masked_sheet(self, county, tmp_path):
        DonorFactory(branch=county, about={"name": "王丽华"})

        call_command("export_donors", str(tmp_path / "out.xlsx"), "--branch", county.code)

        rows = [row.cells for row in sheets.read(tmp_path / "out.xlsx")]
        assert "王**" in rows[1]
        assert (tmp_path / "out.xlsx").stat().st_mode & 0o777 == 0o600

    def test_asks_a_second_person_before_it_opens_anything(self, county, zhou, tmp_path, capsys):
        DonorFactory(branch=county, about={"name": "王丽华"})
        out = str(tmp_path / "out.csv")
        asking_it = [out, "--branch", county.code, "--open", "--reason", "CHECK", "--columns", "name,phone"]

        call_command("export_donors", *asking_it)
        export = Export.objects.get()
        assert str(export.pk) in capsys.readouterr().out
        with pytest.raises(CommandError):
            call_command("export_donors", out, "--export", str(export.pk))
        agree(export, zhou)
        call_command("export_donors", out, "--export", str(export.pk))

        assert next(row.cells[0] for row in sheets.read(tmp_path / "out.csv") if row.number == 2) == "王丽华"
        assert Export.objects.get().ended_at is not None

    def test_opens_nothing_that_nobody_agreed_to_whoever_calls(self, county, tmp_path):
        call_command("export_donors", str(tmp_path / "x.csv"), "--branch", county.code, "--open")
        export = Export.objects.get()

        with pytest.raises(MayNot):
            making.make(export, at=timezone.now())
        assert not ExportPiece.objects.exists()
        export.key, export.ready_at = vault.new_key(), timezone.now()
        export.expires_at = timezone.now() + timedelta(hours=1)
        with pytest.raises(MayNot):
            taking.take(export, Form.CSV, by=access.command_actor(), at=timezone.now())

    def test_asks_where_to_write_before_it_begins(self, county, tmp_path):
        with pytest.raises(CommandError):
            call_command("export_donors", str(tmp_path / "no/x.csv"), "--branch", county.code)

        assert not Export.objects.exists()

    def test_leaves_nothing_behind_where_the_disk_is_full(self, county, tmp_path, monkeypatch):
        DonorFactory(branch=county)

        def full(*_args, **_options):
            yield b"half"
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(taking, "take", full)
        with pytest.raises(CommandError):
            call_command("export_donors", str(tmp_path / "x.csv"), "--branch", county.code)

        assert not (tmp_path / "x.csv").exists()
        assert not ExportPiece.objects.exists()

    @pytest.mark.parametrize(
        "wrong",
        ["--branch nowhere", "--export x", "--branch {} --columns nothing", "--branch {} --state GONE", ""],
    )
    def test_says_in_a_sentence_what_is_wrong(self, county, tmp_path, wrong):
        with pytest.raises(CommandError):
            call_command("export_donors", str(tmp_path / "x.csv"), *wrong.format(county.code).split())

        assert not (tmp_path / "x.csv").exists()

    def test_leaves_a_file_that_is_there_alone(self, county, tmp_path):
        (tmp_path / "x.csv").write_text("mine")

        with pytest.raises(CommandError):
            call_command("export_donors", str(tmp_path / "x.csv"), "--branch", county.code)

        assert (tmp_path / "x.csv").read_text() == "mine"
