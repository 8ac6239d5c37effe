"""The registry a branch already has comes in: nobody is lost or invented, and nothing is claimed."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from consent import gate
from consent.models import Consent, Evidence
from consent.purposes import CORE, Purpose
from consent.states import EvidenceKind, State
from foundation import moves, vault
from foundation.access import BranchKind, NotAllowed, Role, task_actor
from foundation.moves import steps_of
from foundation.papers import sheets as files
from foundation.papers.sheets import SheetProblem
from foundation.trail import Actor, ActorKind
from foundation.trail.models import TrailRow
from foundation.vault import Capacity, DataKey, Subject
from registry.donors import actions as donors
from registry.donors.models import CallTask, Contact, Donor, NationalState, Word
from registry.donors.reach import NotReachable, check_reachable
from registry.donors.reasons import Reason
from registry.donors.states import DonorState
from registry.drives.imports import import_rows
from registry.drives.imports.existing import import_existing, inserting
from registry.drives.imports.importing import TooManyRows
from registry.drives.models import RecordsEntry
from registry.drives.sheets import Code, Column, LayoutProblem
from registry.hla.models import StoredTyping
from registry.samples.models import Sample
from registry.samples.states import SampleState
from tests.factories import consent as consents
from tests.factories import records, sheets
from tests.factories.drives import DriveFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
COMMAND = Actor(ActorKind.COMMAND, "tests")
NASTY = Path(__file__).resolve().parents[3] / "shared/data/nasty"

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def branch():
    return BranchFactory()


def taken(branch, *rows, **options):
    return import_existing(records.xlsx(*rows), branch, by=COMMAND, at=AT, **options).report


def codes(branch, **changes):
    return taken(branch, records.row(**changes)).rejected.get(2, [])


class TestSomebodyTakenOver:
    def test_stands_where_the_records_say(self, branch):
        report = taken(branch, records.row())

        donor = Donor.objects.get()
        assert (report.accepted, report.imported, report.rejected) == (1, True, {})
        assert (donor.state, donor.listed_on, donor.legacy) == (DonorState.LISTED, date(2012, 6, 1), True)
        assert (donor.owner_path, donor.service_path) == (branch.path, branch.path)
        assert timezone.localdate(donor.registered_at) == date(2012, 3, 5)

    def test_has_one_step_with_the_reason_legacy_and_one_line_on_the_trail(self, branch):
        taken(branch, records.row())

        donor = Donor.objects.get()
        steps = [(s.move, s.to_state, s.reason, s.recorded_at) for s in steps_of(donor)]
        assert steps == [("take_over", "LISTED", "LEGACY", AT)]
        assert TrailRow.objects.filter(object=f"registry.donor:{donor.pk}").count() == 1

    def test_has_never_been_reached_whatever_the_records_say(self, branch):
        taken(branch, records.row(VERIFIED_ON="2026-11-01"))

        donor = Donor.objects.get()
        assert donor.contact_verified_on is None
        assert donor.records_verified_on == date(2026, 11, 1)

    def test_agreed_to_six_things_on_paper_whose_words_nobody_knows(self, branch):
        taken(branch, records.row(), box="2012-A")

        given = {c.purpose: (c.state, c.text.version) for c in Consent.objects.select_related("text")}
        assert given == dict.fromkeys([*map(str, CORE), "contact_phone"], (State.ACTIVE, 0))
        proof = Evidence.objects.get()
        assert (proof.kind, proof.box) == (EvidenceKind.PAPER_BOX, "2012-A")
        assert gate.allows_all(Donor.objects.get().subject_id, CORE)

    def test_brings_a_typing_and_a_tube_nobody_knows_the_place_of(self, branch):
        taken(branch, records.row())

        typing = StoredTyping.objects.get()
        assert vault.open_one(typing, "text")["text"] == records.TYPING
        assert (typing.legacy, typing.loci, typing.sample) == (True, ["A", "B", "DRB1"], Sample.objects.get())
        assert Sample.objects.get().state == SampleState.TAKEN_OVER

    def test_may_have_a_typing_without_a_tube(self, branch):
        taken(branch, records.row(BARCODE=""))

        assert StoredTyping.objects.get().sample is None

    @pytest.mark.parametrize(
        ("written", "kept"),
        [("zj/2012. 0017", "ZJ/2012.0017"), ("浙-0012", "浙-0012"), ("123", "123"), ("cn_77", "CN_77")],
    )
    def test_has_a_national_number_in_one_spelling_whatever_its_form(self, branch, written, kept):
        report = taken(branch, records.row(NATIONAL_NO=written))

        assert Donor.objects.get().national_no == kept
        assert report.round_trip.same == 1

    def test_is_at_the_national_register_where_a_number_stands(self, branch):
        taken(branch, records.row(0), records.row(1, NATIONAL_NO="", BARCODE=""))

        states = dict(Donor.objects.values_list("national_no", "national_state"))
        assert states == {"33-000000": NationalState.ACCEPTED, "": NationalState.NONE}

    @pytest.mark.parametrize("born_on", [date(1940, 1, 2), date(2011, 1, 2)])
    def test_may_be_of_any_age(self, branch, born_on):
        report = taken(branch, records.row(born_on=born_on))

        assert report.accepted == 1

    def test_is_never_offered_once_past_the_age_to_donate(self, branch):
        taken(branch, records.row(0, born_on=date(1971, 11, 21)), records.row(1, born_on=date(1980, 1, 1)))

        assert Donor.objects.searchable().get().born_on == date(1980, 1, 1)

    def test_needs_a_name_a_document_a_state_and_a_day_alone(self, branch):
        report = taken(branch, records.bare())

        donor = Donor.objects.get()
        assert (report.rejected, report.round_trip.same) == ({}, 1)
        assert (donor.weight_kg, donor.blood_group, donor.phone, donor.phone_index) == (None, "", None, None)
        assert not Contact.objects.exists()

    def test_may_name_one_contact_and_only_half_of_one(self, branch):
        taken(branch, records.row(CONTACT_1_NAME="", CONTACT_1_PHONE="", CONTACT_2_PHONE=""))

        known = vault.open_one(Contact.objects.get(), "name", "phone")
        assert known == {"name": "李梅", "phone": None}

    def test_may_have_the_number_of_a_landline(self, branch):
        taken(branch, records.row(PHONE="0574-87654321"))

        assert vault.open_one(Donor.objects.get(), "phone")["phone"] == "+8657487654321"


class TestAnOldNumberOf15Digits:
    def test_is_the_same_person_as_the_new_one(self, branch):
        new = sheets.resident_number(0, born_on=date(1970, 5, 17))
        taken(branch, records.row(DOCUMENT_NUMBER=records.fifteen(new)))

        donor = Donor.objects.get()
        index = vault.index.document("RESIDENT_ID", new)
        assert donor.subject.document_index in index.each
        assert vault.open_one(donor, "document")["document"] == new
        assert (donor.sex, donor.born_on) == ("M", date(1970, 5, 17))

    def test_twice_in_a_sheet_is_found_in_either_form(self, branch):
        new = sheets.resident_number(0, born_on=date(1970, 5, 17))
        twice = records.row(1, DOCUMENT_NUMBER=records.fifteen(new))

        assert taken(branch, records.row(0), twice).rejected == {3: [Code.DUPLICATE_IN_FILE]}

    def test_keeps_its_digits_as_a_number_of_a_spreadsheet(self, branch):
        old = int(records.fifteen(sheets.resident_number(0, born_on=date(1970, 5, 17))))

        assert codes(branch, DOCUMENT_NUMBER=old) == []

    def test_stops_a_second_registration_at_a_drive(self, branch):
        new = sheets.resident_number(0, born_on=date(1998, 5, 17))
        taken(branch, records.row(DOCUMENT_NUMBER=records.fifteen(new), BORN_ON=""))

        drive = DriveFactory(paper_text=consents.text())
        report = import_rows(sheets.xlsx(sheets.row(0)), drive, by=COMMAND, at=AT).report
        assert report.rejected == {3: [Code.ALREADY_REGISTERED]}


STATES = {
    "已登记": DonorState.REGISTERED,
    "已采样": DonorState.SAMPLED,
    "分型中": DonorState.TYPING,
    "已分型待入库": DonorState.TYPED,
    "在库可用": DonorState.LISTED,
    "暂缓": DonorState.ON_HOLD,
    "失联": DonorState.LOST,
    "配型占用": DonorState.IN_CASE,
    "已捐献随访": DonorState.DONATED,
    "退出": DonorState.WITHDRAWN,
    "医学永久排除": DonorState.EXCLUDED,
    "超龄退库": DonorState.AGED_OUT,
    "身故": DonorState.DECEASED,
    "转出本库": DonorState.TRANSFERRED,
}


class TestAState:
    @pytest.mark.parametrize(("word", "state"), STATES.items(), ids=str)
    def test_comes_in_and_goes_out_by_its_name(self, branch, word, state):
        report = taken(branch, records.row(STATE=word))

        assert Donor.objects.get().state == state
        assert report.round_trip.differing == {}

    @pytest.mark.parametrize("word", ["", "在", "DE", "正常吗"])
    def test_that_is_not_known_is_not_guessed(self, branch, word):
        assert codes(branch, STATE=word) == [Code.STATE_UNKNOWN]

    @pytest.mark.parametrize("word", ["在库可用", "失联", "配型占用", "已捐献随访"])
    def test_of_the_listed_needs_the_day(self, branch, word):
        assert codes(branch, STATE=word, LISTED_ON="") == [Code.LISTED_ON_MISSING]

    def test_of_a_pause_lasts_as_long_as_a_pause_may(self, branch):
        taken(branch, records.row(STATE="暂缓"))

        donor = Donor.objects.get()
        assert (donor.return_to, donor.hold_until) == (DonorState.LISTED, date(2028, 11, 21))
        assert donor.hold_reason == Reason.LEGACY

    @pytest.mark.parametrize(("typing", "back"), [(records.TYPING, "TYPED"), ("", "REGISTERED")])
    def test_of_a_pause_before_listing_goes_back_to_what_is_known(self, branch, typing, back):
        taken(branch, records.row(STATE="暂缓", LISTED_ON="", TYPING=typing))

        assert Donor.objects.get().return_to == back

    def test_of_the_withdrawn_opens_no_gate_and_is_restricted(self, branch):
        taken(branch, records.row(STATE="退出"))

        donor = Donor.objects.get()
        assert not Consent.objects.exists()
        assert not gate.allows(donor.subject_id, Purpose.CONTACT_PHONE)
        assert donor.subject.restricted_at == AT
        assert (donor.left_at, donor.left_reason) == (AT, Reason.LEGACY)

    def test_of_the_withdrawn_has_a_receipt_that_stands(self, branch):
        taken(branch, records.row(STATE="退出"))
        donor, by = Donor.objects.get(), actor(StaffFactory(role=Role.COORDINATOR, branch=branch), at=AT)

        receipt = donors.withdraw(donor, by=by, at=AT, word=Word.STAFF_TWO_FACTS, facts=["phone", "document"])

        assert (receipt.word, receipt.from_state, receipt.lines.count()) == (Word.RECORDS, "LISTED", 2)
        assert Donor.objects.get().withdrawals.count() == 1

    def test_of_the_dead_silences_every_capacity_of_the_person(self, branch):
        index = vault.index.document("RESIDENT_ID", records.row()[Column.DOCUMENT_NUMBER])
        pledger = vault.create_subject(capacity=Capacity.PLEDGER, branch=branch, document_index=index, at=AT)

        taken(branch, records.row(STATE="身故"))

        pledger.refresh_from_db()
        donor = Donor.objects.get()
        assert (pledger.died_reported_at, donor.subject.died_reported_at) == (AT, AT)
        assert donor.death_reported_at == AT

    def test_of_the_living_gives_way_to_a_death_reported_elsewhere(self, branch):
        index = vault.index.document("RESIDENT_ID", records.row()[Column.DOCUMENT_NUMBER])
        pledger = vault.create_subject(capacity=Capacity.PLEDGER, branch=branch, document_index=index, at=AT)
        vault.report_dead(pledger, by=COMMAND, at=AT)

        taken(branch, records.row())

        donor = Donor.objects.get()
        assert donor.death_reported_at is not None
        assert not Donor.objects.searchable().exists()

    def test_of_the_sampled_has_a_tube_that_can_be_sent(self, branch):
        taken(branch, records.row(STATE="已采样", LISTED_ON="", NATIONAL_NO=""))

        assert Sample.objects.get().state == SampleState.TAKEN


class TestRecoveringAndReleasing:
    @pytest.mark.parametrize(("word", "act"), [("失联", "recover"), ("暂缓", "release")])
    def test_ask_for_consent_and_age_alone(self, branch, word, act):
        taken(branch, records.row(STATE=word, TYPING="", BARCODE="", born_on=date(1980, 1, 1)))
        caseworker = actor(StaffFactory(role=Role.CASEWORKER, branch=branch), at=AT)

        getattr(donors, act)(Donor.objects.get(), by=caseworker, at=AT)

        assert Donor.objects.get().state == DonorState.LISTED

    @pytest.mark.parametrize(("word", "act"), [("失联", "recover"), ("暂缓", "release")])
    def test_are_refused_past_the_age_limit(self, branch, word, act):
        taken(branch, records.row(STATE=word, born_on=date(1960, 1, 1)))
        caseworker = actor(StaffFactory(role=Role.CASEWORKER, branch=branch), at=AT)

        with pytest.raises(moves.Refused):
            getattr(donors, act)(Donor.objects.get(), by=caseworker, at=AT)


class TestSendingToThem:
    def test_waits_for_a_first_call(self, branch):
        taken(branch, records.row(VERIFIED_ON="2026-11-20"))
        donor = Donor.objects.get()

        with translation.override("en"), pytest.raises(NotReachable) as refusal:
            check_reachable(donor)
        assert "Call first" in str(refusal.value.sentences[0])
        assert not Donor.objects.reachable().exists()

    def test_is_open_once_they_were_reached(self, branch):
        taken(branch, records.row())
        caller = actor(StaffFactory(role=Role.COORDINATOR, branch=branch), at=AT)

        donors.record_call(Donor.objects.get(), kind="CONTACT_CHECK", result="REACHED", by=caller, at=AT)

        donor = Donor.objects.reachable().get()
        check_reachable(donor)
        assert donor.contact_verified_on == TODAY

    @pytest.mark.parametrize("result", ["NO_ANSWER", "FAMILY_ANSWERED", "NOT_THE_PERSON"])
    def test_stays_shut_where_nobody_reached_them(self, branch, result):
        taken(branch, records.row())
        caller = actor(StaffFactory(role=Role.COORDINATOR, branch=branch), at=AT)

        donors.record_call(Donor.objects.get(), kind="CONTACT_CHECK", result=result, by=caller, at=AT)

        assert not Donor.objects.reachable().exists()

    def test_brings_them_onto_the_list_of_numbers_to_check(self, branch):
        taken(branch, records.row(0), records.row(1, STATE="退出"))

        donors.check_old_numbers(by=task_actor("tests"), at=AT)

        assert CallTask.objects.get().donor.state == DonorState.LISTED


class TestARowThatIsRefused:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"NAME": ""}, Code.NAME_MISSING),
            ({"DOCUMENT_NUMBER": "33010619700517001"}, Code.ID_CHECKSUM),
            ({"DOCUMENT_NUMBER": 330106197005170012.0}, Code.ID_LOST_DIGITS),
            ({"SEX": "女"}, Code.SEX_CONTRADICTS_ID),
            ({"BORN_ON": "1970-05-18"}, Code.BIRTH_DATE_CONTRADICTS_ID),
            ({"PHONE": "1380013"}, Code.PHONE_INVALID),
            ({"CONTACT_2_PHONE": "1380013"}, Code.PHONE_INVALID),
            ({"REGISTERED_ON": "2027-01-01"}, Code.DATE_UNREADABLE),
            ({"REGISTERED_ON": "", "LISTED_ON": "", "STATE": "退出"}, Code.DATE_UNREADABLE),
            ({"LISTED_ON": "01/02/2012"}, Code.DATE_UNREADABLE),
            ({"VERIFIED_ON": "soon"}, Code.DATE_UNREADABLE),
            ({"TYPING": "A2,A11"}, Code.TYPING_UNREADABLE),
            ({"NATIONAL_NO": "3" * 25}, Code.NATIONAL_NO_UNREADABLE),
            ({"NATIONAL_NO": "330106197005170012"}, Code.NATIONAL_NO_UNREADABLE),
            ({"NATIONAL_NO": "13912345678", "CONTACT_2_PHONE": "13912345678"}, Code.NATIONAL_NO_UNREADABLE),
            ({"BARCODE": "no!"}, Code.BARCODE_DUPLICATE),
        ],
    )
    def test_names_what_is_wrong(self, branch, changes, code):
        assert codes(branch, **changes) == [code]
        assert not Donor.objects.exists()

    @pytest.mark.parametrize(
        ("same", "code"),
        [
            ("DOCUMENT_NUMBER", Code.DUPLICATE_IN_FILE),
            ("BARCODE", Code.BARCODE_DUPLICATE),
            ("NATIONAL_NO", Code.NATIONAL_NO_DUPLICATE),
        ],
    )
    def test_holds_a_number_that_stands_further_up(self, branch, same, code):
        first = records.row(0)
        second = records.row(1, **{same: first[Column[same]]})

        assert taken(branch, first, second).rejected == {3: [code]}

    @pytest.mark.parametrize(
        ("same", "code"),
        [
            ("DOCUMENT_NUMBER", Code.ALREADY_REGISTERED),
            ("BARCODE", Code.BARCODE_DUPLICATE),
            ("NATIONAL_NO", Code.NATIONAL_NO_DUPLICATE),
        ],
    )
    def test_holds_a_number_of_somebody_at_another_branch(self, branch, same, code):
        taken(BranchFactory(), records.row(0))

        second = records.row(1, **{same: records.row(0)[Column[same]]})
        report = taken(branch, second)
        assert report.rejected == {2: [code]}
        assert Donor.objects.count() == 1

    def test_comes_back_to_be_mended_and_then_goes_in(self, branch):
        whole = import_existing(
            records.csv(records.row(0), records.row(1, STATE="?")), branch, by=COMMAND, at=AT
        )

        assert [(row.number, found) for row, found in whole.to_mend()] == [(3, [Code.STATE_UNKNOWN])]
        assert taken(branch, records.row(1)).accepted == 1

    def test_leaves_the_others_out_only_where_all_or_none_are_wanted(self, branch):
        rows = records.row(0), records.row(1, STATE="?")

        assert not taken(branch, *rows, strict=True).imported
        assert taken(branch, *rows).imported


class TestTheSameRecordsAgain:
    def test_change_nothing(self, branch):
        taken(branch, records.row(0), records.row(1))
        before = Donor.objects.count(), DataKey.objects.count(), Consent.objects.count()

        report = taken(branch, records.row(0), records.row(1))

        assert (report.accepted, report.unchanged, report.rejected, report.differing) == (0, 2, {}, {})
        assert before == (Donor.objects.count(), DataKey.objects.count(), Consent.objects.count())

    def test_name_what_differs_and_do_not_apply_it(self, branch):
        taken(branch, records.row())

        report = taken(branch, records.row(STATE="失联", ADDRESS="别处", BARCODE="OTHER0001"))

        assert report.differing == {2: ["通讯地址", "采样编号", "状态"]}
        assert Donor.objects.get().state == DonorState.LISTED

    def test_revive_nobody_who_was_erased(self, branch):
        file = records.csv(records.bare())
        import_existing(file, branch, by=COMMAND, at=AT)
        vault.erase(Subject.objects.get(), by=COMMAND, at=AT)

        report = import_existing(file, branch, by=COMMAND, at=AT).report

        assert (report.accepted, report.rejected) == (0, {2: [Code.ERASED]})
        assert Donor.objects.count() == 1

    @pytest.mark.parametrize("lost", ["BARCODE", "NATIONAL_NO"])
    def test_revive_nobody_who_was_erased_when_they_were_saved_anew(self, branch, lost):
        taken(branch, records.row())
        vault.erase(Subject.objects.get(), by=COMMAND, at=AT)

        report = taken(branch, records.row(NOTE="saved anew", **{lost: ""}))

        assert report.rejected == {2: [Code.ERASED]}

    def test_are_not_compared_with_who_was_erased_once_they_registered_anew(self, branch):
        file = records.csv(records.bare())
        import_existing(file, branch, by=COMMAND, at=AT)
        vault.erase(Subject.objects.get(), by=COMMAND, at=AT)
        import_existing(file, BranchFactory(), by=COMMAND, at=AT)

        report = import_existing(file, branch, by=COMMAND, at=AT).report

        assert (report.unchanged, report.differing) == (0, {})
        assert report.rejected == {2: [Code.ALREADY_REGISTERED]}

    def test_know_somebody_whose_document_was_corrected(self, branch):
        file = records.csv(records.bare())
        import_existing(file, branch, by=COMMAND, at=AT)
        other = vault.index.document("RESIDENT_ID", sheets.resident_number(7))
        Subject.objects.update(document_index=str(other))

        report = import_existing(file, branch, by=COMMAND, at=AT).report
        assert (report.accepted, report.unchanged) == (0, 1)


class TestTheRoundTrip:
    def test_says_that_every_line_comes_back_the_same(self, branch):
        report = taken(
            branch,
            records.row(
                0, NAME="古丽娜孜·阿不都热合曼", PHONE="+86 138-0013-8000", WEIGHT="130斤", NOTE="=1+1"
            ),
            records.row(
                1,
                NAME="𠮷田䶮",
                NOTE="=1+1",
                REGISTERED_ON="2012年3月5日",
                TYPING=f" {records.TYPING.lower()} ",
            ),
            records.row(2, DOCUMENT_NUMBER=records.fifteen(records.row(2)[Column.DOCUMENT_NUMBER])),
            records.bare(3),
        )

        assert (report.rejected, report.round_trip.differing) == ({}, {})
        assert (report.round_trip.lines, report.round_trip.same) == (4, 4)

    def test_names_by_row_and_column_what_cannot_be_kept(self, branch):
        report = taken(
            branch,
            records.row(0),
            records.row(1, CONTACT_1_RELATION="干妈", BLOOD_GROUP="O型RH阴性", WEIGHT="约60"),
        )

        assert report.round_trip.as_json() == {
            "lines": 2,
            "same": 1,
            "differing": {"3": ["联系人1关系", "血型", "体重(kg)"]},
        }

    def test_finds_a_column_that_was_lost_on_the_way(self, branch, monkeypatch):
        from registry.drives.imports.existing import taking_over  # noqa: PLC0415

        def forgetful(donors):
            return ((donor, texts | {"通讯地址": ""}) for donor, texts in real(donors))

        real = taking_over.full_lines
        monkeypatch.setattr(taking_over, "full_lines", forgetful)

        assert taken(branch, records.row()).round_trip.differing == {2: ["通讯地址"]}

    def test_is_none_where_nothing_went_in(self, branch):
        assert taken(branch, records.row(), dry_run=True).round_trip is None


class TestTakingOver:
    def test_is_tried_without_a_trace_of_anybody(self, branch):
        report = taken(branch, records.row(), dry_run=True)

        assert (report.accepted, report.imported) == (1, False)
        assert not Donor.objects.exists()
        assert not RecordsEntry.objects.exists()

    @pytest.mark.parametrize(
        ("faster", "code"),
        [
            (records.row(0), Code.ALREADY_REGISTERED),
            (records.row(7, BARCODE="OLD0000000"), Code.BARCODE_DUPLICATE),
            (records.row(7, NATIONAL_NO="33-000000"), Code.NATIONAL_NO_DUPLICATE),
        ],
    )
    def test_refuses_who_was_faster_elsewhere(self, branch, monkeypatch, faster, code):
        there = BranchFactory()
        real = inserting.insert

        def slower(pieces, taking):
            monkeypatch.setattr(inserting, "insert", real)
            taken(there, faster)
            return real(pieces, taking)

        monkeypatch.setattr(inserting, "insert", slower)
        report = taken(branch, records.row(0), records.row(1))

        assert (report.accepted, report.rejected) == (1, {2: [code]})
        assert (report.round_trip.lines, report.round_trip.same) == (1, 1)

    def test_needs_the_right_to_import_at_the_branch(self, branch):
        elsewhere = StaffFactory(role=Role.REGISTRY_MANAGER, branch=BranchFactory(kind=BranchKind.PROVINCE))

        for staff in (elsewhere, StaffFactory(role=Role.CASEWORKER, branch=branch)):
            with pytest.raises(NotAllowed):
                import_existing(records.xlsx(records.row()), branch, by=actor(staff, at=AT), at=AT)

    def test_asks_for_the_columns_without_which_nobody_can_be_told_apart(self, branch):
        with pytest.raises(LayoutProblem) as problem:
            import_existing("姓名,证件号码\n王,1\n".encode(), branch, by=COMMAND, at=AT)

        assert problem.value.columns == ("状态",)

    @pytest.mark.one_database
    def test_takes_no_longer_records_than_the_embedded_database_can(self, branch, settings):
        settings.SHEET_ROWS_MOST_ON_SQLITE = 1

        with pytest.raises(TooManyRows):
            taken(branch, records.row(0), records.row(1))

    def test_asks_the_same_number_of_questions_however_many_rows(self, branch, django_assert_max_num_queries):
        taken(branch, records.row(400))

        with django_assert_max_num_queries(70):
            taken(branch, *[records.row(n) for n in range(60)])


class TestTheCommand:
    def run(self, tmp_path, branch, *rows, **options):
        file = tmp_path / "records.csv"
        file.write_bytes(records.csv(*rows))
        call_command("import_donors", str(file), existing=True, branch=branch.code, **options)

    def test_says_how_many_lines_come_back(self, branch, tmp_path, capsys):
        with translation.override("en"):
            self.run(tmp_path, branch, records.row())

        assert "1 of 1 lines come back the same." in capsys.readouterr().out

    def test_prints_json_of_the_same_shape_with_the_round_trip(self, branch, tmp_path, capsys):
        with pytest.raises(SystemExit) as ended:
            self.run(tmp_path, branch, records.row(0), records.row(1, STATE="?"), format="json")

        assert ended.value.code == 1
        assert json.loads(capsys.readouterr().out) == {
            "rows": 2,
            "accepted": 1,
            "unchanged": 0,
            "rejected": {"3": ["state_unknown"]},
            "imported": True,
            "round_trip": {"lines": 1, "same": 1, "differing": {}},
        }

    def test_says_that_there_is_no_such_branch(self, tmp_path):
        with pytest.raises(CommandError, match="no such branch"):
            call_command("import_donors", str(tmp_path / "a.csv"), existing=True, branch="nowhere")

    def test_gives_the_refused_rows_back_in_the_words_of_old_records(self, branch, tmp_path):
        mended = tmp_path / "to-mend.xlsx"
        with translation.override("en"), pytest.raises(SystemExit):
            self.run(tmp_path, branch, records.row(PHONE="1380013"), mend=mended)

        [_header, row] = files.read(mended)
        assert row.cells[-1].endswith("the person is taken over without it.")

    def test_asks_for_the_branch(self, tmp_path):
        with pytest.raises(CommandError, match="--branch"):
            call_command("import_donors", str(tmp_path / "a.csv"), existing=True)


@pytest.mark.skipif(not NASTY.exists(), reason="the files are not here")
@pytest.mark.parametrize("file", sorted(NASTY.glob("*")), ids=lambda file: file.name)
def test_a_file_of_any_kind_ends_in_a_sentence_and_takes_nobody_over(branch, file):
    with pytest.raises((SheetProblem, LayoutProblem)) as problem:
        import_existing(file, branch, by=COMMAND, at=AT)

    assert [str(sentence) for sentence in problem.value.sentences]
    assert not Donor.objects.exists()


def test_no_word_of_anybody_stands_on_the_trail_or_in_a_report(branch):
    report = taken(branch, records.row(0), records.row(1, NAME=""))

    said = json.dumps(report.as_json(), ensure_ascii=False) + "".join(
        bytes(row.body).decode() for row in TrailRow.objects.all()
    )
    number = records.row(0)[Column.DOCUMENT_NUMBER]
    assert all(word not in said for word in ("王丽华", number, records.TYPING, "13800000000"))
    assert TrailRow.objects.filter(verb="records.taken_over").count() == 1
    assert timedelta(0) < AT - datetime(2012, 3, 5, tzinfo=UTC)
    assert Decimal(65) == Donor.objects.get().weight_kg
