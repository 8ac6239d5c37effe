"""A companion goes along with a donor: days and tasks, the pack, and a word to stop that is never refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
import time_machine
from django.urls import reverse

from consent.purposes import Purpose
from foundation.access import BranchKind, Role, named
from foundation.papers import pdf
from foundation.trail.models import TrailRow
from registry.cases import actions
from registry.cases.models import Journey, Leg, MatchCase
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
