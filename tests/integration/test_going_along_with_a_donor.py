"""A companion goes along with a donor: days and tasks, the pack, and a word to stop that is never refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pypdfium2
import pytest
import time_machine
from django.urls import reverse

from consent.purposes import Purpose
from foundation import moves
from foundation.access import BranchKind, Role, named
from foundation.papers import pdf
from foundation.trail.models import TrailRow
from registry.cases import actions
from registry.cases.models import Expense, Journey, Leg, MatchCase
from registry.cases.states import CaseState
from registry.donors.models import Donor
from registry.donors.states import DonorState
from tests.factories.cases import CaseFactory, agree
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor, signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # a Friday, ten o'clock in China
EN = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def county():
    return BranchFactory(name="某县红十字会")


@pytest.fixture
def zhou(county):
    return StaffFactory(role=Role.CASEWORKER, branch=county)


def post(client, name, thing, **data):
    return client.post(reverse(name, args=[thing.pk]), data, headers=EN)


def read(client, name, thing):
    return client.get(reverse(name, args=[thing.pk]), headers=EN).content.decode()


class TestTheCompanion:
    @pytest.fixture
    def lin(self, county):
        return StaffFactory(role=Role.COMPANION, branch=county, name="林陪同")

    @pytest.fixture
    def case(self, county, lin):
        donor = DonorFactory(state=DonorState.IN_CASE, branch=county, about={"name": "王立华"})
        hospital = BranchFactory(kind=BranchKind.HOSPITAL, name="采集医院")
        case = CaseFactory(
            state=CaseState.SCHEDULED, donor=donor, companion=lin, collection_hospital=hospital, at=NOW
        )
        named.add(lin, case)
        return case

    def test_sees_days_and_tasks_of_whom_they_accompany_and_nothing_medical(self, client, case, lin, zhou):
        when = NOW + timedelta(days=5)
        actions.add_leg(case, when=when, task=True, place="", words="带身份证", by=actor(zhou), at=NOW)
        agree(case, Purpose.DONATION_FINAL)
        signed_in(client, lin)
        assert "王**" in client.get(reverse("cases:accompanied")).content.decode()

        page = read(client, "cases:accompany", case)

        assert "王立华" in page
        assert "带身份证" in page
        assert reverse("cases:stop", args=[case.pk]) in page
        medical = (
            "HLA",
            "HBV",
            "marker",
            "clear",
            "CD34",
            "TX-1",
            "pregnan",
            "PBSC",
            case.patient.code,
            case.resolution,
        )
        assert [word for word in medical if word.lower() in page.lower().split("<main")[1]] == []
        assert TrailRow.objects.filter(verb="donor.revealed", by_id=str(lin.pk)).exists()
        post(client, "cases:tick", Leg.objects.get(), done="yes")
        assert Leg.objects.get().done_at == NOW
        assert client.get(reverse("cases:detail", args=[case.pk])).status_code in {403, 404}
        stranger = CaseFactory(state=CaseState.SCHEDULED, branch=case.donor.service_branch)
        assert client.get(reverse("cases:accompany", args=[stranger.pk])).status_code == 404

    def test_writes_down_that_they_stop(self, client, case, lin):
        signed_in(client, lin)

        assert post(client, "cases:stop", case, samples="later").status_code == 422  # nothing was checked
        answer = post(client, "cases:stop", case, document_seen="on", samples="later")

        assert answer.status_code == 302
        assert (Donor.objects.get().state, MatchCase.objects.get().state) == (
            DonorState.WITHDRAWN, CaseState.CLOSED,
        )  # fmt: skip
        assert "王立华" not in read(client, "cases:accompany", case)

    def test_takes_an_entry_off_the_itinerary_while_the_match_goes_on(self, client, case, lin, zhou):
        kept, off = (
            actions.add_leg(case, when=NOW, task=True, place="", words=words, by=actor(zhou), at=NOW)
            for words in ("带身份证", "带护照")
        )
        stranger = StaffFactory(role=Role.COMPANION, branch=case.donor.service_branch)
        with pytest.raises(moves.NotAllowed):
            actions.remove_leg(off, by=actor(stranger), at=NOW)
        signed_in(client, lin)

        assert post(client, "cases:leg-remove", off).status_code == 302

        assert list(Leg.objects.values_list("pk", flat=True)) == [kept.pk]
        assert TrailRow.objects.filter(verb="journey.leg_removed", by_id=str(lin.pk)).count() == 1
        closed = {"state": CaseState.CLOSED, "closed_from": CaseState.SCHEDULED}
        MatchCase.objects.update(**closed, closed_at=NOW, outcome="PDC")
        with pytest.raises(moves.Refused):
            actions.remove_leg(kept, by=actor(zhou), at=NOW)
        assert Leg.objects.count() == 1

    def test_is_given_back_once_what_was_laid_out(self, client, case, lin, zhou):
        laid_out = actions.add_expense(
            case, on=date(2026, 11, 18), kind="TRAVEL", amount_fen=23_650, by=actor(lin), at=NOW
        )
        signed_in(client, zhou)

        early = post(client, "cases:expense-paid", laid_out, on="2026-11-17")
        assert early.status_code == 422
        assert "It is given back after it was laid out" in early.content.decode()
        post(client, "cases:expense-paid", laid_out, on="2026-11-19")
        post(client, "cases:expense-paid", laid_out, on="2026-11-20")

        assert Expense.objects.get().paid_on == date(2026, 11, 19), "twice is once, with the first day"
        assert TrailRow.objects.filter(verb="expense.paid").count() == 1
        with pytest.raises(moves.NotAllowed):  # who laid it out does not say so themself
            actions.pay_expense(laid_out, on=date(2026, 11, 20), by=actor(lin), at=NOW)

    def test_takes_along_a_pack_whose_letter_does_not_say_why(self, client, case, lin, zhou):
        signed_in(client, zhou)
        days = {
            "leave_from": "2026-11-22",
            "leave_until": "2026-12-03",
            "leave_for": "某某纺织厂",
            "insurer": "某保险",
        }
        post(client, "cases:insurance", case, **days)
        post(client, "cases:expense", case, on="2026-11-19", kind="TRAVEL", amount="236.50")
        signed_in(client, lin)

        text = words_of(client, case)

        assert "某某纺织厂" in text
        assert "236.50" in text
        leave = text.split("某某纺织厂")[1]
        assert [word for word in ("干细胞", "stem", "造血", "骨髓") if word in leave] == []
        Journey.objects.update(letter_says_why=True)
        assert "stem cells" in words_of(client, case).split("某某纺织厂")[1]


def words_of(client, case):
    answer = client.get(reverse("cases:journey-pack", args=[case.pk]), headers=EN)
    try:
        pdf.from_html("<p>x")
    except pdf.NoPdf:  # the page that prints the same
        return answer.content.decode()
    pages = pypdfium2.PdfDocument(answer.content)
    return "\n".join(page.get_textpage().get_text_range() for page in pages)
