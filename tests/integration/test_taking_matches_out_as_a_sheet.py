"""Whoever follows matches takes a list of them along: masked, for a reason, and written down."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.access import Branch, Permission, Role, Staff, rights
from foundation.trail.models import TrailRow
from registry.cases import actions
from registry.cases.models import MatchCase
from registry.cases.states import CaseState
from registry.donors.states import DonorState
from tests.factories.cases import CaseFactory
from tests.factories.donors import DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ENGLISH = {"accept-language": "en"}
NAME, MASKED = "王丽华", "王**"


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def county() -> Branch:
    return BranchFactory()


@pytest.fixture
def zhou(county: Branch) -> Staff:
    return StaffFactory(role=Role.CASEWORKER, branch=county, name="=1+1")


def match(state: CaseState, county: Branch, **more: Any) -> MatchCase:
    donors = {CaseState.DONATED: DonorState.DONATED, CaseState.CLOSED: DonorState.LISTED}
    donor = DonorFactory(
        state=donors.get(state, DonorState.IN_CASE), branch=county, about={"name": NAME, "sex": "F"}
    )
    return CaseFactory(state=state, donor=donor, at=NOW, **more)


def taken(client: Any, url: str, *, form: str = "csv", reason: str = "MEETING") -> Any:
    return client.post(url, {"reason": reason, "form": form}, headers=ENGLISH)


def rows(answer: Any) -> list[list[str]]:
    content = b"".join(answer.streaming_content)
    if "csv" in answer["Content-Type"]:
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [[cell or "" for cell in row] for row in book.active.values]


class TestAColumn:
    def test_holds_what_the_page_shows_masked_and_runs_nothing(
        self, client: Any, zhou: Any, county: Any
    ) -> None:
        signed_in(client, zhou)
        mine = match(CaseState.NOTIFIED, county, owner=zhou)
        match(CaseState.NOTIFIED, county, owner=None)
        match(CaseState.HR_LAB, county, owner=zhou)
        match(CaseState.NOTIFIED, BranchFactory())
        url = reverse("cases:column-sheet", args=["contact"])

        answer = taken(client, f"{url}?show=mine")

        header, *lines = rows(answer)
        assert answer["Content-Disposition"] == 'attachment; filename="column-contact-20261120.csv"'
        assert header == [
            "Match", "Donor", "Where it stands", "Clock", "Due on", "Missing", "Patient", "Owner",
        ]  # fmt: skip
        assert [line[:3] for line in lines] == [[mine.short_number, MASKED, "Notice received"]]
        assert lines[0][6:] == [mine.patient.code, "'=1+1"]
        workbook = rows(taken(client, url, form="xlsx"))
        assert (len(workbook), workbook[1][-1] in {"=1+1", ""}) == (3, True), "two of this branch, as text"

    def test_is_written_down_and_needs_a_reason(self, client: Any, zhou: Any, county: Any) -> None:
        signed_in(client, zhou)
        match(CaseState.NOTIFIED, county)
        url = reverse("cases:column-sheet", args=["contact"])

        assert taken(client, url, reason="").status_code == 302
        assert not TrailRow.objects.filter(verb="cases.list_taken").exists()
        taken(client, f"{url}?show=nobody", reason="CHECK")

        body = json.loads(TrailRow.objects.get(verb="cases.list_taken").body)
        assert (body["reason"], body["facts"]["rows"]) == ("CHECK", 1)
        assert body["facts"]["filters"] == {"show": "nobody"}

    def test_is_gathered_once_it_is_asked_for_and_no_further_than_a_workbook_holds(
        self, client: Any, zhou: Any, county: Any, settings: Any
    ) -> None:
        signed_in(client, zhou)
        url, settings.SHEET_ROWS_MOST = reverse("cases:contacting-sheet"), 2
        matches = [match(CaseState.NOTIFIED, county) for _ in range(3)]

        def asked(form: str, reason: str) -> list[str]:
            with CaptureQueriesContext(connection) as said:
                taken(client, url, form=form, reason=reason)
            return [one["sql"] for one in said if f'FROM "{MatchCase._meta.db_table}"' in one["sql"]]

        assert asked("csv", reason="") == []
        [gathered] = asked("xlsx", reason="CHECK")
        assert "LIMIT 3" in gathered
        assert len(rows(taken(client, url))[1:]) == len(matches)

    def test_asks_first_who_one_is(self, client: Any, zhou: Any) -> None:
        signed_in(client, zhou, fresh=False)
        answer = taken(client, reverse("cases:column-sheet", args=["contact"]))
        assert answer["Location"].startswith(reverse("account_reauthenticate"))

    def test_is_for_who_may_take_lists_there(
        self, client: Any, zhou: Any, county: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        signed_in(client, zhou)
        match(CaseState.NOTIFIED, county)
        held = rights.ROLE_PERMISSIONS[Role.CASEWORKER] - {Permission.DONOR_EXPORT}
        monkeypatch.setitem(rights.ROLE_PERMISSIONS, Role.CASEWORKER, held)

        assert taken(client, reverse("cases:column-sheet", args=["contact"])).status_code == 403
        assert b"column/contact/sheet" not in client.get(reverse("cases:column", args=["contact"])).content


class TestTheOtherLists:
    def test_hold_the_rows_of_their_pages(self, client: Any, zhou: Any, county: Any) -> None:
        signed_in(client, zhou)
        reach, given = match(CaseState.NOTIFIED, county), match(CaseState.DONATED, county)
        closed = match(CaseState.CLOSED, county)
        match(CaseState.NOTIFIED, BranchFactory())
        actions.plan_follow_ups(given)

        contacting = rows(taken(client, reverse("cases:contacting-sheet")))[1:]
        follow_ups = rows(taken(client, reverse("cases:follow-ups-sheet")))[1:]
        ledger = rows(taken(client, reverse("cases:ledger-cases-sheet") + "?what=all"))[1:]

        assert [line[:2] for line in contacting] == [[reach.short_number, MASKED]]
        assert follow_ups[0] == [
            given.short_number, MASKED, "Day 2 after donating", "2026-11-22", str(date(2026, 11, 20)),
        ]  # fmt: skip
        assert len(follow_ups) == 2, "those of the next two weeks"
        assert {line[0]: line[-1] for line in ledger} == {
            closed.short_number: "2026-11-20", given.short_number: "", reach.short_number: "",
        }  # fmt: skip
