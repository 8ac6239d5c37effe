"""What the desk, the search box and the donor's page say of tubes, and what a mistake undone gives back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from foundation.access import Role
from registry.donors import actions as donors
from registry.donors.models import Word
from registry.samples import actions, tasks
from tests.factories import samples as make
from tests.factories.foundation import StaffFactory
from tests.factories.samples import LATER, TYPING, again

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(LATER, tick=False), translation.override("en"):
        yield


@pytest.fixture
def house():
    return make.house()


def page(client, address: str) -> str:
    return client.get(address, headers={"accept-language": "en"}).content.decode()


class TestToday:
    def test_tells_the_caseworker_which_tubes_have_waited(self, house, signed_in):
        make.tube(house)

        assert "1 tube has waited its seven days" in page(signed_in(house.caseworker), "/")

    def test_tells_the_laboratory_what_waits_for_it(self, house, signed_in):
        make.at_laboratory(house, make.tube(house))
        make.sent(house, make.tube(house))

        text = page(signed_in(house.technician), "/")

        assert "2 boxes to count in" in text
        assert "1 tube to type" in text


class TestTheSearchBox:
    def find(self, client, text: str):
        return client.post(reverse("desk:search"), {"q": text}, follow=True)

    def test_leads_the_laboratory_to_the_box_of_a_tube(self, house, signed_in):
        sample = make.tube(house)
        box = make.sent(house, sample)

        found = self.find(signed_in(house.technician), sample.barcode.lower())

        assert found.request["PATH_INFO"] == reverse("samples:receipt", args=[box.pk])

    def test_finds_no_tube_of_another_laboratory(self, house, signed_in):
        sample = make.tube(house)
        make.sent(house, sample)

        found = self.find(signed_in(make.house().technician), sample.barcode)

        assert "laboratory/" not in found.request["PATH_INFO"]


class TestTheDonorsPage:
    def test_shows_the_tube_but_not_the_typing_to_the_coordinator(self, house, signed_in):
        sample = make.at_laboratory(house, make.tube(house))
        actions.record_typing(sample, text=TYPING, by=house.types, at=LATER)
        manager = StaffFactory(role=Role.REGISTRY_MANAGER, branch=house.prefecture.parent)
        address = reverse("donors:detail", args=[sample.donor_id])

        seen, opened = page(signed_in(house.coordinator), address), page(signed_in(manager), address)

        assert sample.barcode in seen
        assert "15:01" not in seen
        assert "DRB1*15:01" in opened


class TestAMistake:
    def test_once_undone_gives_the_tube_back(self, house):
        sample = make.tube(house)
        facts = ("document", "phone")
        donors.withdraw(
            again(sample.donor), by=house.collects, at=LATER, word=Word.STAFF_TWO_FACTS, facts=facts
        )

        actions.lift_destruction(again(sample.donor), by=house.collects, at=LATER)

        assert again(sample).state == "TAKEN"


class TestTheNight:
    def test_calls_for_tubes_whose_day_has_come(self, house):
        sample = make.tube(house)
        actions.order_destruction(again(sample.donor), by=house.collects, at=LATER)

        assert tasks.call_for_destruction() == 0
        with time_machine.travel(LATER + timedelta(days=7), tick=False):
            assert tasks.call_for_destruction() == 1

        assert again(sample).destruction_called_at is not None


class TestADonorWhoLeavesAnotherWay:
    def test_has_no_tube_in_a_box_that_goes(self, house):
        sample, stays = make.tube(house), make.tube(house)
        box = actions.seal_batch(make.box(house, sample, stays), by=house.sends, at=LATER)

        actions.pull(again(sample.donor), by=house.sends, at=LATER)

        assert again(sample).state == "TAKEN"
        assert again(box).state == "OPEN"
