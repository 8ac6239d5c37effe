"""What coordinators, caseworkers and laboratories see of tubes, and what they may not."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from foundation.access import Role
from foundation.papers import pdf, sheets
from foundation.trail.models import TrailRow
from registry.hla.models import StoredTyping
from registry.samples import actions
from registry.samples.models import Batch, Sample
from tests.factories import samples as make
from tests.factories.drives import DriveFactory
from tests.factories.foundation import StaffFactory
from tests.factories.samples import LATER, TYPING, again

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def house():
    return make.house()


@pytest.fixture
def caseworker(house, signed_in):
    return signed_in(house.caseworker)


@pytest.fixture
def technician(house, signed_in):
    return signed_in(house.technician)


@pytest.fixture
def coordinator(house, signed_in):
    return signed_in(house.coordinator)


def url(name: str, *args: object) -> str:
    return reverse(f"samples:{name}", args=args)


class TestTheBranch:
    @pytest.mark.parametrize("name", ["list", "ready", "labels", "swap", "to-destroy"])
    def test_shows_the_coordinator_their_pages(self, coordinator, house, name):
        make.tube(house)

        assert coordinator.get(url(name)).status_code == 200

    @pytest.mark.parametrize("name", ["list", "ready", "boxes", "open", "labels", "to-destroy"])
    def test_shows_the_caseworker_theirs(self, caseworker, house, name):
        make.box(house, make.tube(house))

        assert caseworker.get(url(name)).status_code == 200

    def test_shows_no_tube_of_another_county(self, coordinator, house):
        stranger = make.tube(make.house())

        page = coordinator.get(url("list")).content.decode()

        assert stranger.barcode not in page

    def test_costs_the_same_queries_however_many_tubes(
        self, coordinator, house, django_assert_max_num_queries
    ):
        for _ in range(6):
            make.tube(house)

        with django_assert_max_num_queries(40):
            coordinator.get(url("ready"))

    def test_says_why_a_tube_stays(self, coordinator, house):
        fresh = make.tube(house, at=LATER - timedelta(days=2))

        page = coordinator.get(url("ready"), headers={"accept-language": "en"}).content.decode()

        assert fresh.barcode in page
        assert "the seven days to think it over are not up" in page


class TestABox:
    def test_is_filled_sealed_and_sent(self, caseworker, house):
        sample = make.tube(house)
        caseworker.post(url("open"), {"from_branch": house.prefecture.pk, "laboratory": house.laboratory.pk})
        box = Batch.objects.get()

        caseworker.post(url("scan", box.pk), {"barcode": sample.barcode.lower()})
        caseworker.post(url("seal", box.pk))
        answer = caseworker.post(url("dispatch", box.pk))

        assert answer.status_code == 302
        assert again(box).state == "SENT"
        assert again(sample.donor).state == "TYPING"

    def test_keeps_what_was_scanned_when_it_is_refused(self, caseworker, house):
        box = make.box(house)

        page = caseworker.post(url("scan", box.pk), {"barcode": "nobody-1"}).content.decode()

        assert 'value="nobody-1"' in page
        assert 'id="error-summary"' in page

    def test_names_the_tubes_that_may_not_go(self, caseworker, house):
        fresh = make.tube(house, at=LATER - timedelta(days=2))
        box = actions.seal_batch(make.box(house, fresh), by=house.sends, at=LATER)

        page = caseworker.post(url("dispatch", box.pk)).content.decode()

        assert fresh.barcode in page
        assert again(box).state == "SEALED"
        caseworker.post(url("set-aside", box.pk))
        assert again(fresh).state == "TAKEN"

    def test_offers_to_take_out_what_may_not_go_before_anyone_seals(self, caseworker, house):
        fresh = make.tube(house, at=LATER - timedelta(days=2))
        box = make.box(house, fresh, make.tube(house))

        assert url("set-aside", box.pk) in caseworker.get(url("box", box.pk)).content.decode()
        caseworker.post(url("set-aside", box.pk))

        assert again(fresh).state == "TAKEN"
        assert url("set-aside", box.pk) not in caseworker.get(url("box", box.pk)).content.decode()

    def test_answers_as_missing_to_another_prefecture(self, house, signed_in):
        box = make.box(house, make.tube(house))
        stranger = signed_in(make.house().caseworker)

        for name in ("scan", "seal", "break-seal", "set-aside", "dispatch"):
            assert stranger.post(url(name, box.pk)).status_code == 404
        assert stranger.get(url("box", box.pk)).status_code == 404

    def test_is_hidden_from_the_laboratory_until_it_is_sent(self, technician, house):
        box = actions.seal_batch(make.box(house, make.tube(house)), by=house.sends, at=LATER)

        assert technician.get(url("receipt", box.pk)).status_code == 404
        assert technician.post(url("manifest", box.pk), {"reason": "CHECK"}).status_code == 404

    def test_prints_its_manifest_for_a_reason(self, caseworker, house):
        box = make.sent(house, make.tube(house))

        answer = caseworker.post(url("manifest", box.pk), {"reason": "WITH_THE_BOX"})

        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
        assert TrailRow.objects.filter(verb="manifest.printed").exists()

    def test_hands_its_manifest_out_as_a_workbook_to_both_sides(self, caseworker, house, signed_in):
        first, second = make.tube(house), make.tube(house)
        box = make.sent(house, first, second)
        asked = {"reason": "WITH_THE_BOX", "form": "xlsx"}

        answers = [caseworker.post(url("manifest", box.pk), asked)]
        answers.append(signed_in(house.technician).post(url("manifest", box.pk), asked))

        for answer in answers:
            rows = [row.cells for row in sheets.read(answer.content)]
            assert {row[1] for row in rows[1:]} == {first.barcode, second.barcode}
            assert answer["Content-Disposition"] == f'attachment; filename="manifest-{box.code}.xlsx"'
            assert answer["X-Content-Type-Options"] == "nosniff"
        assert TrailRow.objects.filter(verb="manifest.printed").count() == 2
        assert signed_in(make.house().caseworker).post(url("manifest", box.pk), asked).status_code == 404

    def test_hands_out_no_workbook_of_a_manifest_that_was_altered(self, caseworker, house):
        box = make.sent(house, make.tube(house))
        Batch.objects.filter(pk=box.pk).update(manifest_sha256="0" * 64)

        answer = caseworker.post(url("manifest", box.pk), {"reason": "CHECK", "form": "xlsx"})

        assert answer["Content-Type"] in {"application/pdf", "text/html; charset=utf-8"}


class TestTheLaboratory:
    @pytest.mark.parametrize("name", ["incoming", "typings", "laboratory-to-destroy"])
    def test_sees_its_pages(self, technician, house, name):
        make.at_laboratory(house, make.tube(house))

        assert technician.get(url(name)).status_code == 200

    def test_counts_a_box_in(self, technician, house):
        sample, lost = make.tube(house), make.tube(house)
        box = make.sent(house, sample, lost)

        technician.post(url("count-in", box.pk), {"barcode": sample.barcode, "volume_ml": "6.5"})
        technician.post(url("reject", lost.pk), {"reason": "LOST"})
        technician.post(url("finish", box.pk))

        assert again(box).state == "RECEIVED"
        assert again(lost).state == "REJECTED"

    def test_never_sees_a_name_or_a_way_to_a_donor(self, technician, house):
        sample = make.tube(house)
        box = make.sent(house, sample)
        seen = [url("incoming"), url("receipt", box.pk), url("reject", sample.pk), url("typings")]

        for address in seen:
            page = technician.get(address).content.decode()
            assert "王" not in page
            assert str(sample.donor_id) not in page
            assert again(sample.donor).grid not in page

    def test_may_not_open_the_branchs_pages(self, technician, house):
        for name in ("list", "ready", "boxes", "labels", "swap", "to-destroy"):
            assert technician.get(url(name)).status_code == 403

    def test_answers_as_missing_to_another_laboratory(self, house, signed_in):
        sample = make.tube(house)
        box = make.sent(house, sample)
        stranger = signed_in(make.house().technician)

        assert stranger.get(url("receipt", box.pk)).status_code == 404
        assert stranger.post(url("count-in", box.pk), {"barcode": sample.barcode}).status_code == 404
        assert stranger.post(url("reject", sample.pk), {"reason": "LOST"}).status_code == 404

    def test_enters_typings_one_by_one(self, technician, house):
        sample = make.at_laboratory(house, make.tube(house))
        cells = {
            "A_1": "01:01",
            "A_2": "02:01",
            "B_1": "07:02",
            "B_2": "08:01",
            "DRB1_1": "15:01",
            "DRB1_2": "03:01",
        }

        technician.post(url("typing", sample.pk), cells)

        assert again(sample).state == "TYPED"

    def test_says_what_a_typing_lacks_and_keeps_it(self, technician, house):
        sample = make.at_laboratory(house, make.tube(house))

        page = technician.post(url("typing", sample.pk), {"A_1": "01:01", "A_2": "02:01"}).content.decode()

        assert 'value="01:01"' in page
        assert 'id="error-summary"' in page

    def test_pastes_a_table_and_gets_the_wrong_lines_back(self, technician, house):
        good, bad = make.at_laboratory(house, make.tube(house)), make.at_laboratory(house, make.tube(house))
        rows = f"{good.barcode}\t{TYPING}\r\n{bad.barcode}\tA*01:01\r\n"

        page = technician.post(url("typings"), {"rows": rows}).content.decode()

        assert StoredTyping.objects.count() == 1
        assert f"{bad.barcode}\tA*01:01" in page

    @pytest.mark.parametrize(
        "line",
        [
            "{code}  A*01:01 A*02:01 B*07:02 B*08:01 DRB1*15:01 DRB1*03:01",
            "{code},A*01:01,A*02:01,B*07:02,B*08:01,DRB1*15:01,DRB1*03:01",
            "{code}\tA*01:01\tA*02:01\tB*07:02\tB*08:01\tDRB1*15:01\tDRB1*03:01",
            "{code} " + TYPING,
        ],
    )
    def test_pastes_tables_of_several_shapes(self, technician, house, line):
        sample = make.at_laboratory(house, make.tube(house))

        technician.post(url("typings"), {"rows": line.format(code=sample.barcode)})

        assert again(sample).state == "TYPED"


class TestLabels:
    def test_are_a_pdf_of_barcodes_nobody_has(self, coordinator, house):
        form = {"how_many": "30", "copies": "2", "sheet": "38x21", "reason": "FOR_A_DRIVE"}

        answer = coordinator.post(url("labels"), form)

        assert answer.content.startswith(b"%PDF")
        assert TrailRow.objects.filter(verb="labels.printed").exists()

    def test_begin_with_what_a_drive_still_lacks(self, coordinator, house):
        drive = DriveFactory(branch=house.county, expected=24)

        page = coordinator.get(url("labels"), {"drive": str(drive.pk)})

        assert page.context["form"]["how_many"].value() == 24
        assert drive.name in page.content.decode()

    def test_say_on_the_trail_for_which_drive(self, coordinator, house):
        drive = DriveFactory(branch=house.county)
        form = {"how_many": "3", "copies": "1", "sheet": "38x21", "reason": "FOR_A_DRIVE"}

        coordinator.post(f"{url('labels')}?drive={drive.pk}", form)

        assert str(drive.pk) in bytes(TrailRow.objects.get(verb="labels.printed").body).decode()

    def test_know_no_drive_of_another_branch(self, coordinator):
        for asked in (str(DriveFactory().pk), "no-id"):
            assert coordinator.get(url("labels"), {"drive": asked}).context["drive"] is None

    def test_are_printed_again_for_ones_own_tubes_only(self, coordinator, house):
        ours, stranger = make.tube(house), make.tube(make.house())
        form = {"copies": "1", "sheet": "70x37", "reason": "DAMAGED"}

        again_ours = coordinator.post(url("labels"), {**form, "again": ours.barcode})
        refused = coordinator.post(url("labels"), {**form, "again": stranger.barcode})

        assert again_ours.content.startswith(b"%PDF")
        assert 'id="error-summary"' in refused.content.decode()

    def test_need_something_to_print(self, coordinator, house):
        form = {"copies": "1", "sheet": "70x37", "reason": "DAMAGED"}

        assert 'id="error-summary"' in coordinator.post(url("labels"), form).content.decode()

    def test_are_a_page_to_print_where_no_pdf_can_be_made(self, coordinator, house, monkeypatch):
        def none(*_args: object) -> bytes:
            raise pdf.NoPdf

        monkeypatch.setattr(pdf, "render", none)
        form = {"how_many": "3", "copies": "1", "sheet": "70x37", "reason": "FOR_A_DRIVE"}

        page = coordinator.post(url("labels"), form).content.decode()

        assert page.count('class="code128"') == 3


class TestSwapping:
    def test_asks_a_second_person(self, coordinator, house):
        first, second = make.tube(house), make.tube(house)
        form = {"first": first.barcode, "second": second.barcode, "reason": "LABELS_EXCHANGED"}

        assert coordinator.post(url("swap"), form).status_code == 302

    def test_knows_no_tube_of_another_county(self, coordinator, house):
        ours, stranger = make.tube(house), make.tube(make.house())
        form = {"first": ours.barcode, "second": stranger.barcode, "reason": "LABELS_EXCHANGED"}

        assert 'id="error-summary"' in coordinator.post(url("swap"), form).content.decode()


class TestHostileInput:
    @pytest.mark.parametrize(
        "text", ["\x00" * 9, "a" * 100_000, "\u202e123456", "=cmd|' /C calc'!A0", "<script>1</script>"]
    )
    def test_is_a_sentence_and_never_a_fault(self, caseworker, technician, house, text):
        box, sample = make.box(house), make.at_laboratory(house, make.tube(house))

        assert caseworker.post(url("scan", box.pk), {"barcode": text}).status_code == 422
        assert technician.post(url("typings"), {"rows": text}).status_code in {302, 422}
        assert technician.post(url("typing", sample.pk), {"text": text, "A_1": text}).status_code == 422
        assert Sample.objects.filter(state="TYPED").count() == 0

    def test_finds_nothing_under_a_strange_id(self, caseworker, technician):
        assert caseworker.get(url("box", uuid4())).status_code == 404
        assert technician.get(url("typing", uuid4())).status_code == 404


def test_roles_without_a_right_are_refused(house, signed_in):
    auditor = signed_in(StaffFactory(role=Role.AUDITOR, branch=house.prefecture))

    assert auditor.get(url("home")).status_code == 403
