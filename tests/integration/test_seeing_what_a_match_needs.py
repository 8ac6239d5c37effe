"""Whoever takes a donor's word, is called, or opens the board sees at once what a match needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from foundation.access import Branch, Role, named
from notifications.paging.models import Alarm
from registry.cases import actions
from registry.cases.models import MatchCase
from registry.cases.states import CaseState
from registry.donors import actions as donors
from registry.donors.models import Word
from registry.donors.states import DonorState
from tests.at_the_cases import ENGLISH, House
from tests.factories.cases import NOW, CaseFactory
from tests.factories.donors import DonorFactory
from tests.factories.foundation import StaffFactory, actor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house() -> House:
    return House()


def on_the_board(house: House, case: MatchCase, show: str, *, who: str = "manager") -> bool:
    page = reverse("cases:list")
    shown = getattr(house, who).client.get(page, {"show": show}, **ENGLISH).content.decode()
    return case.patient.code in shown


def today_of(house: House, who: str) -> str:
    return str(getattr(house, who).client.get("/", **ENGLISH).content.decode())


class TestWhoTakesTheDonorsWord:
    def test_reads_on_every_page_that_conditioning_has_begun(self, house):
        case = CaseFactory(state=CaseState.MOBILISING, branch=house.county, owner=house.zhou.staff)
        pages = [
            reverse(f"donors:{name}", args=[case.donor_id]) for name in ("detail", "withdraw", "record-call")
        ]
        pages.append(reverse("cases:attempt", args=[case.pk]))
        warned = "it is never refused, and everybody concerned is called at once"
        for page in pages:
            shown = house.zhou.client.get(page, **ENGLISH).content.decode()
            assert "<b>Conditioning has begun</b>" in shown, page
            assert warned in shown, page

        MatchCase.objects.update(state=CaseState.SCHEDULED, conditioning_at=None)

        for page in pages:
            assert warned not in house.zhou.client.get(page, **ENGLISH).content.decode(), page


class TestWhoeverIsCalled:
    def test_finds_the_hospitals_landlines_and_the_back_up(self, house):
        for place, phone in ((house.hospital, "0574-8700111"), (house.ward, "0574-8700222")):
            Branch.objects.filter(pk=place.pk).update(phone=phone)
        backup = DonorFactory(state=DonorState.LISTED, branch=house.county)
        case = CaseFactory(
            state=CaseState.CONDITIONING, branch=house.county, owner=house.manager.staff,
            no_backup="", backup=backup,
        )  # fmt: skip
        house.name_hospitals(case)
        there = ("0574-8700111", "0574-8700222", reverse("donors:detail", args=[backup.pk]))
        shown = house.manager.page("detail", case.pk)
        assert all(one in shown for one in there)
        assert not any(one in house.reviewer.page("detail", case.pk) for one in there)

        donors.withdraw(
            case.donor, by=actor(house.manager.staff), at=NOW, word=Word.STAFF_TWO_FACTS,
            facts=["document", "phone"], reason="PR_FEAR_HEALTH",
        )  # fmt: skip

        page = reverse("paging:alarm", args=[Alarm.objects.get().pk])
        shown = house.manager.client.get(page, **ENGLISH).content.decode()
        assert all(one in shown for one in there)
        for hospital in (house.transplant, house.collection):  # neither learns of the other side
            answer = hospital.client.get(page, **ENGLISH)
            assert answer.status_code == 200
            assert not any(one in answer.content.decode() for one in there)

    def test_is_missed_before_conditioning_where_nobody_of_the_hospital_is_named(self, house):
        case = CaseFactory(state=CaseState.SCHEDULED, branch=house.county, transplant_hospital=house.hospital)
        warned = "nobody there is called"
        named.add(StaffFactory(role=Role.COMPANION, branch=house.county), case)
        assert warned in (shown := house.manager.page("condition", case.pk))
        assert reverse("cases:people", args=[case.pk]) in shown

        house.name_hospitals(case)

        assert warned not in house.manager.page("condition", case.pk)


class TestTheBoard:
    @pytest.mark.parametrize(
        ("state", "due_what"),
        [
            (CaseState.POSTPONED, "POSTPONED"),
            (CaseState.SCHEDULED, "CONDITIONING"),
            (CaseState.NOTIFIED, "CONTACT"),
        ],
    )
    def test_shows_a_reservation_that_ran_out_behind_another_date(self, house, state, due_what):
        case = CaseFactory(state=state, branch=house.county, owner=house.manager.staff)
        later = NOW.date() + timedelta(days=9)
        MatchCase.objects.update(due_on=later, due_what=due_what)
        assert not on_the_board(house, case, "overdue")

        MatchCase.objects.update(clock_ends_on=NOW.date() - timedelta(days=1))

        assert on_the_board(house, case, "overdue")
        shown = house.manager.page("list")
        assert '<li class="card red">' in shown
        assert "Reservation ends: 1 working day over" in shown
        assert "Reservations that have run out" in today_of(house, "manager")

    def test_leaves_a_reservation_alone_once_conditioning_has_begun(self, house):
        case = CaseFactory(
            state=CaseState.COLLECTING, branch=house.county, clock_ends_on=NOW.date() - timedelta(days=1)
        )
        MatchCase.objects.update(due_on=NOW.date() + timedelta(days=9), due_what="COLLECTION")
        assert not on_the_board(house, case, "overdue")

    def test_brings_what_is_to_be_taken_over_to_who_decides(self, house):
        left = CaseFactory(state=CaseState.TC_DECISION, branch=house.county, owner=house.zhou.staff)
        paused = CaseFactory(state=CaseState.POSTPONED, branch=house.county, owner=house.zhou.staff)
        away = StaffFactory(role=Role.REGISTRY_MANAGER, branch=house.hospital)
        elsewhere = CaseFactory(state=CaseState.WORKUP, branch=house.county, owner=away)
        taken = CaseFactory(state=CaseState.WORKUP, branch=house.county, owner=house.other.staff)
        early = CaseFactory(state=CaseState.HR_LAB, branch=house.county, owner=house.zhou.staff)
        assert all(on_the_board(house, case, "take_over") for case in (left, paused, elsewhere))
        assert not any(on_the_board(house, case, "take_over") for case in (taken, early))
        assert "?show=take_over" in today_of(house, "manager")
        assert "?show=take_over" not in today_of(house, "zhou")
        assert "show=take_over" not in house.zhou.page("list")

        for case in (left, paused, elsewhere):
            house.manager.send("take", case.pk)

        assert "?show=take_over" not in today_of(house, "manager")

    def test_waits_for_the_hospital_until_it_has_decided_and_for_the_laboratory(self, house):
        asked = CaseFactory(state=CaseState.TC_DECISION, branch=house.county, owner=house.manager.staff)
        at_lab = CaseFactory(state=CaseState.HR_LAB, branch=house.county)
        assert on_the_board(house, asked, "others")
        assert on_the_board(house, at_lab, "others")
        assert "The transplant hospital has the word." in house.manager.page("list")

        by = actor(house.other.staff)  # of neither side
        actions.record_decision_of_hospital(asked, wants=True, by=by, at=NOW)

        assert not on_the_board(house, asked, "others")
        assert "The hospital has decided." in house.manager.page("list")
