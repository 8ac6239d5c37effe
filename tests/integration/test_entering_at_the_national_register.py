"""A manager enters listed donors at the national register, records numbers, and takes out who has left."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from consent.gate import GateShut
from consent.models import Disclosure
from foundation import moves
from foundation.access import NotAllowed, Role, Scope
from foundation.papers import sheets
from foundation.trail.models import TrailRow
from registry.donors import actions
from registry.donors.exports import full_lines
from registry.donors.models import Donor, NationalState, Word
from registry.donors.national import lists, marking, numbers
from registry.donors.querysets import DonorQuerySet
from registry.donors.reasons import Reason
from registry.donors.states import DonorState
from tests.at_the_national_register import again, browser, by, county, manager, now, province
from tests.factories import consent as consents
from tests.factories.donors import DonorFactory
from tests.factories.exports import DAY, listed, there
from tests.factories.foundation import BranchFactory, StaffFactory, actor, signed_in
from tests.racing import FEWER, at_once

__all__ = ["browser", "by", "county", "manager", "province"]  # fixtures
pytestmark = pytest.mark.django_db


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

    def test_gives_the_number_of_a_record_that_gave_way_to_the_one_that_stays(self, county, by):
        donor = listed(county)
        emptied = there(county, "CN0001234", state=DonorState.TRANSFERRED)
        nowhere = {"service_path": "", "owner_path": ""}
        Donor.objects.filter(pk=emptied.pk).update(merged_into=donor, left_reason=Reason.MERGED, **nowhere)

        marking.accept(donor, number="CN0001234", on=DAY, by=by, at=now())

        assert again(donor).national_no == "CN0001234"

    def test_can_be_taken_back(self, county, by):
        donor = there(county, "CN0001234")

        marking.take_back(donor, by=by, at=now())

        assert again(donor).national_no == ""
        assert list(lists.to_enter(Scope.of([county.path]))) == [donor]


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
class TestTwoClerksAtOnce:
    def test_give_one_number_to_one_donor(self, county, by):
        consents.text()
        for n in range(FEWER):
            number, two = f"CN{n:04}", [listed(county, agreed=False) for _ in range(2)]

            answers = at_once(
                *(partial(marking.accept, donor, number=number, on=DAY, by=by, at=now()) for donor in two)
            )

            assert sorted(type(answer).__name__ for answer in answers) == ["Donor", "Refused"], answers
            assert Donor.objects.filter(national_no=number).count() == 1

    def test_have_the_database_decide_once_both_have_looked(self, county, by, monkeypatch):
        there(county, "CN0001234")
        monkeypatch.setattr(DonorQuerySet, "with_national_no", lambda self, _numbers: self.none())

        with pytest.raises(moves.Refused) as refusal:
            marking.accept(listed(county), number="CN0001234", on=DAY, by=by, at=now())

        assert refusal.value.sentences == [str(numbers.TAKEN)]


class TestTakingOut:
    def test_is_for_who_left_here_and_stands_there(self, county, by):
        gone = there(county, "CN0001", state=DonorState.WITHDRAWN)
        sent = listed(county, state=DonorState.AGED_OUT, national_state=NationalState.SENT, national_on=DAY)
        there(county, "CN0003")
        there(BranchFactory(), "CN0004", state=DonorState.WITHDRAWN)
        scope = Scope.of([county.path])
        assert list(lists.to_take_out(scope).order_by("pk")) == [gone, sent]

        marking.take_out(gone, by=by, at=now())

        gone = again(gone)
        assert (gone.national_state, gone.national_no) == (NationalState.LEFT, "CN0001")
        assert gone.national_on == DAY
        assert list(lists.to_take_out(scope)) == [sent]

    @pytest.mark.parametrize(
        ("state", "national"), [("LISTED", "ACCEPTED"), ("WITHDRAWN", "NONE"), ("WITHDRAWN", "LEFT")]
    )
    def test_is_refused_of_anybody_else(self, county, by, state, national):
        donor = there(county, "CN0001", state=DonorState(state))
        Donor.objects.filter(pk=donor.pk).update(national_state=national)

        with pytest.raises(moves.Refused):
            marking.take_out(donor, by=by, at=now())

    def test_lets_whoever_comes_back_be_entered_anew(self, county, by):
        donor = there(county, "CN0001")
        Donor.objects.filter(pk=donor.pk).update(national_state=NationalState.LEFT)
        assert list(lists.to_enter(Scope.of([county.path]))) == [donor]

        marking.send(donor, by=by, at=now())

        assert (again(donor).national_state, again(donor).national_no) == (NationalState.SENT, "CN0001")

    def test_is_told_on_the_receipt_of_whoever_withdraws(self, county):
        lin = actor(StaffFactory(role=Role.COORDINATOR, branch=county))

        for donor, told in ((there(county, "CN0001"), True), (listed(county), False)):
            facts = ("document", "phone")
            receipt = actions.withdraw(donor, by=lin, at=now(), word=Word.STAFF_TWO_FACTS, facts=facts)
            assert receipt.lines.filter(what="donors.national").exists() is told

    def test_is_a_page_of_numbers_without_names(self, browser, county):
        gone = there(county, "CN0001", state=DonorState.WITHDRAWN, about={"name": "王丽华"})
        staying = there(county, "CN0002")
        assert reverse("donors:national-out") in browser.get("/").content.decode()

        page = browser.get(reverse("donors:national-out")).content.decode().split("<main")[1]
        ticked = {"donor": [gone.pk, staying.pk]}
        done = browser.post(reverse("donors:national-mark-out"), ticked, follow=True).content.decode()

        assert "CN0001" in page
        assert "CN0002" not in page
        assert "王" not in page
        assert str(gone.pk) not in done
        states = (again(gone).national_state, again(staying).national_state)
        assert states == (NationalState.LEFT, NationalState.ACCEPTED)


class TestANumber:
    def test_finds_its_donor_from_the_search_box(self, browser, county):
        donor = there(county, "CN0001234")
        there(BranchFactory(), "CN0009999")

        found, strange = (
            browser.post(reverse("desk:search"), {"q": text}) for text in ("cn 0001234", "CN0009999")
        )

        assert found.url == reverse("donors:detail", args=[donor.pk])
        assert strange.status_code == 200

    @pytest.mark.both_databases
    @pytest.mark.parametrize(
        ("asked", "index"),
        [
            (lambda _scope: Donor.objects.with_national_no(["CN0001", "CN0002"]), "donors_by_national_no"),
            (lists.to_take_out, "donors_to_take_out"),
        ],
    )
    def test_is_found_without_reading_the_table(self, county, asked, index):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":  # it would rather read a table this small
                cursor.execute("SET LOCAL enable_seqscan = off")

            assert index in asked(Scope.of([county.path])).explain()


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
