"""What the night does to matches: clocks follow a published calendar, guests of an ended one leave."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from foundation import calendar
from foundation.access import BranchKind, Role, named
from registry.cases import clocks
from registry.cases.actions import parting, people, postponing, recounting
from registry.cases.models import MatchCase
from registry.cases.queries.standing import Clocks
from registry.cases.states import CaseState
from registry.cases.views.hospital import knows_the_name
from tests.factories.cases import NOW, CaseFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor, signed_in

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
ASKED = date(2026, 11, 2)
WEEK, MONTH = timedelta(days=7), timedelta(days=30)


@pytest.fixture
def county():
    return BranchFactory()


@pytest.fixture
def nobody():
    return actor(StaffFactory())


@pytest.fixture
def unpublished(monkeypatch):
    """Say that only the calendars up to 2026 are published; called with a year, that it is too."""
    known = {2026}
    monkeypatch.setattr(calendar, "is_settled", lambda year: year in known)
    return known.add


def running_into_2027(county, **columns) -> MatchCase:
    ends = clocks.reservation_ends(ASKED, source="DOMESTIC", request="TYPING")
    facts = {"requested_on": ASKED, "opened_at": NOW, "clock_ends_on": ends, "due_on": ends}
    return CaseFactory(branch=county, state=CaseState.REMOBILISED, **{**facts, **columns})


def again(case: MatchCase) -> MatchCase:
    return MatchCase.objects.get(pk=case.pk)


class TestAClockIntoAYearWithoutACalendar:
    def test_says_on_its_pages_that_it_may_shift(self, client, county, unpublished, time_machine):
        time_machine.move_to(NOW, tick=False)
        manager = StaffFactory(role=Role.REGISTRY_MANAGER, branch=county)
        case = running_into_2027(county, owner=manager)
        browser = signed_in(client, manager)
        words = "may shift when the calendar of 2027 is published"

        pages = [
            browser.get(reverse(f"cases:{name}", args=args), headers=ENGLISH).content.decode()
            for name, args in (("detail", [case.pk]), ("list", []), ("open", []))
        ]
        unpublished(2027)
        settled = browser.get(reverse("cases:detail", args=[case.pk]), headers=ENGLISH).content.decode()

        assert [words in page for page in pages] == [True, True, True]
        assert words not in settled

    def test_says_nothing_of_a_day_that_a_person_chose(self, client, county, unpublished, time_machine):
        time_machine.move_to(NOW, tick=False)
        manager = StaffFactory(role=Role.REGISTRY_MANAGER, branch=county)
        case = running_into_2027(county, clock_ends_on=date(2027, 3, 1))

        shown = signed_in(client, manager).get(reverse("cases:detail", args=[case.pk]), headers=ENGLISH)

        assert "may shift" not in shown.content.decode()

    def test_is_counted_anew_once_and_only_to_a_later_day(self, county, nobody, unpublished, monkeypatch):
        case = running_into_2027(county)
        chosen = running_into_2027(county)
        postponing.extend(
            chosen, until=case.clock_ends_on + timedelta(days=3), words="等医院",
            by=actor(StaffFactory(role=Role.CASEWORKER, branch=county)), at=NOW,
        )  # fmt: skip
        moved = case.clock_ends_on + timedelta(days=4)
        monkeypatch.setattr(clocks, "reservation_ends", lambda *_, **__: moved)

        assert recounting.recount_clocks(by=nobody, at=NOW) == 0  # nothing is published yet
        unpublished(2027)
        assert recounting.recount_clocks(by=nobody, at=NOW) == 1
        assert recounting.recount_clocks(by=nobody, at=NOW) == 0

        line = case.history.get(about="RECOUNTED")
        assert (line.before_on, line.after_on) == (case.clock_ends_on, moved)
        assert (again(case).clock_ends_on, again(case).due_on) == (moved, moved)
        assert again(chosen).clock_ends_on == case.clock_ends_on + timedelta(days=3)

    def test_shifts_too_where_it_began_in_that_year_itself(self, county, nobody, unpublished, monkeypatch):
        began = date(2027, 1, 11)
        case = running_into_2027(county, requested_on=began, opened_at=NOW + 2 * MONTH)
        case.clock_ends_on = clocks.reservation_ends(began, source="DOMESTIC", request="TYPING")
        case.save(update_fields=["clock_ends_on"])
        moved = case.clock_ends_on + timedelta(days=4)
        shown = Clocks(began).reservation(case)
        monkeypatch.setattr(clocks, "reservation_ends", lambda *_, **__: moved)

        assert "2027" in shown.shifts
        assert recounting.recount_clocks(by=nobody, at=NOW + 2 * MONTH) == 0
        unpublished(2027)
        assert recounting.recount_clocks(by=nobody, at=NOW + 2 * MONTH) == 1
        assert again(case).clock_ends_on == moved

    def test_never_ends_earlier_than_was_promised(self, county, nobody, unpublished, monkeypatch):
        case = running_into_2027(county)
        unpublished(2027)
        monkeypatch.setattr(clocks, "reservation_ends", lambda *_, **__: case.clock_ends_on - WEEK)

        assert recounting.recount_clocks(by=nobody, at=NOW) == 0
        assert again(case).clock_ends_on == case.clock_ends_on


class TestAMatchThatHasEnded:
    @pytest.fixture
    def guests(self, county):
        ward = BranchFactory(kind=BranchKind.HOSPITAL)
        nurse = StaffFactory(role=Role.COLLECTION_HOSPITAL, branch=ward)
        return {"ward": ward, "nurse": nurse, "companion": StaffFactory(role=Role.COMPANION, branch=county)}

    def named_on(self, guests, county, **columns) -> MatchCase:
        case = CaseFactory(
            branch=county, companion=guests["companion"], collection_hospital=guests["ward"], **columns
        )
        for staff in (guests["companion"], guests["nurse"]):
            named.add(staff, case)
        return case

    @pytest.mark.parametrize("days", [7, 8])
    def test_is_seen_by_its_guests_a_week_and_no_longer(self, client, county, guests, nobody, days):
        case = self.named_on(guests, county, state=CaseState.CLOSED)
        going_on = self.named_on(guests, county, state=CaseState.COLLECTING)
        night = NOW + timedelta(days=days)

        gone = [parting.part_from_ended(by=nobody, at=night) for _ in range(2)]

        assert gone == ([1, 0] if days > 7 else [0, 0])
        page = signed_in(client, guests["nurse"]).get(reverse("cases:hospital-case", args=[case.pk]))
        assert page.status_code == (404 if days > 7 else 200)
        assert again(case).companion == guests["companion"]
        assert len(named.staff_on(going_on)) == 2

    def test_shows_a_donors_name_to_the_hospital_to_the_thirtieth_day(self, county, guests, nobody):
        case = self.named_on(guests, county, state=CaseState.DONATED)
        day = case.donated_on

        assert knows_the_name(case, on=day + MONTH)
        assert not knows_the_name(case, on=day + MONTH + timedelta(days=1))
        assert parting.part_from_ended(by=nobody, at=NOW + MONTH) == 0
        assert parting.part_from_ended(by=nobody, at=NOW + MONTH + timedelta(days=1)) == 1
        assert named.staff_on(case) == []
        assert case.history.get().about == "NAMES_ENDED"

    def test_lets_nobody_be_named_anew(self, county, guests):
        case = self.named_on(guests, county, state=CaseState.DONATED)
        manager = actor(StaffFactory(role=Role.REGISTRY_MANAGER, branch=county))

        people.hand_over(case, "companion", StaffFactory(), by=manager, at=NOW)

        assert named.staff_on(case) == [guests["nurse"]]
