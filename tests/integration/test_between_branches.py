"""Branches ask each other about one person: take in, help, answer; nobody sees what is not theirs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consent.models import Consent
from consent.states import IN_FORCE
from foundation import approvals, moves, vault
from foundation.access import BranchKind, Role, named, open_work, task_actor
from foundation.approvals import Approval
from foundation.trail.models import TrailRow
from registry.donors import actions
from registry.donors.actions import doors
from registry.donors.models import (
    Assist,
    AssistResult,
    BranchMove,
    BranchQuestion,
    CallKind,
    CallTask,
    Donor,
    What,
    Withdrawal,
)
from registry.donors.reasons import Reason
from registry.donors.states import DonorState
from tests.factories import consent as consents
from tests.factories import donors
from tests.factories import samples as tubes
from tests.factories.foundation import BranchFactory, StaffFactory, actor
from tests.racing import FEWER, at_once

pytestmark = [pytest.mark.django_db]
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
NIGHT = task_actor("tend_donors")


@pytest.fixture
def house() -> tubes.House:
    """Return the branch that keeps the donor, with its people."""
    consents.text()
    cache.clear()
    return tubes.house()


@pytest.fixture
def away(house: tubes.House) -> Any:
    """Return a coordinator of a county under another prefecture of the province."""
    prefecture = BranchFactory(kind=BranchKind.PREFECTURE, parent=house.prefecture.parent)
    return StaffFactory(role=Role.COORDINATOR, branch=BranchFactory(parent=prefecture))


@pytest.fixture
def donor(house: tubes.House) -> Donor:
    """Return somebody on the list, with consents and an open call."""
    made = donors.DonorFactory(branch=house.county, state=DonorState.LISTED)
    consents.sign(made.subject, by=house.collects)
    donors.CallTaskFactory(donor=made, kind=CallKind.CONTACT_CHECK)
    return made


@pytest.fixture
def frozen() -> Iterator[None]:
    """Let it be the day of the acts for pages too."""
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def meanwhile(monkeypatch: Any) -> Callable[[Callable[[], Any]], None]:
    """Let something happen to a person while the next act waits for the lock."""
    lock = vault.lock

    def during(happens: Callable[[], Any]) -> None:
        monkeypatch.setattr(vault, "lock", lambda *ids: (lock(*ids), happens()))

    return during


def branch_of(staff: Any) -> Any:
    """Return where somebody works."""
    return staff.roles.get().branch


def facts_of(donor: Donor) -> dict[str, Any]:
    """Return the document and second fact that a person says at a desk."""
    opened = vault.open_one(donor, "document", "name")
    second = actions.SecondFact(name=str(opened["name"]))
    return {"kind": donor.document_kind, "number": str(opened["document"]), "second": second}


def again(row: Any) -> Any:
    """Return the row as it is now."""
    return type(row).objects.get(pk=row.pk)


def take_in(donor: Donor, away: Any, what: str = What.SERVICE) -> Approval | None:
    """Ask for a donor at the door."""
    return actions.ask_to_take_in(
        **facts_of(donor), what=what, reason="MOVED_HOUSE", to=branch_of(away), by=actor(away), at=AT
    )


def ended() -> list[tuple[str, str]]:
    """Return what the trail tells of helps that ended: how, and who ended them."""
    rows = TrailRow.objects.filter(verb="assist.ended")
    return [(json.loads(bytes(row.body))["reason"], row.by_id) for row in rows]


class TestTakingIn:
    def test_asks_nobody_of_whom_it_turns_out_that_they_came_a_moment_ago(
        self, donor: Donor, away: Any, meanwhile: Any
    ) -> None:
        to = branch_of(away)
        meanwhile(lambda: Donor.objects.update(service_branch=to, service_path=to.path))
        assert take_in(donor, away) is None
        assert not BranchMove.objects.exists()

    def test_is_answered_once(self, donor: Donor, house: tubes.House, away: Any, meanwhile: Any) -> None:
        asked = take_in(donor, away)
        meanwhile(lambda: BranchMove.objects.update(done_at=AT, done_by_id="somebody"))
        with pytest.raises(moves.Refused):
            approvals.decide(asked, yes=True, by=house.collects, at=AT)
        assert again(donor).service_branch_id == house.county.pk

    def test_waits_for_the_branch_that_keeps_them(self, donor: Donor, house: tubes.House, away: Any) -> None:
        asked = take_in(donor, away)

        assert again(donor).service_branch_id == house.county.pk
        assert asked is not None
        approvals.decide(asked, yes=True, by=house.collects, at=AT)

        now = again(donor)
        assert (now.service_branch_id, now.owner_branch_id) == (branch_of(away).pk, house.county.pk)
        assert CallTask.objects.get(donor=donor).service_path == branch_of(away).path
        assert BranchMove.objects.get().done_at == AT

    def test_of_both_changes_who_counts_them_too(self, donor: Donor, house: tubes.House, away: Any) -> None:
        asked = take_in(donor, away, What.BOTH)
        assert asked is not None
        approvals.decide(asked, yes=True, by=house.sends, at=AT)
        assert again(donor).branch_paths == (branch_of(away).path,) * 2

    def test_answers_alike_whether_nobody_is_registered_or_the_fact_is_wrong(
        self, donor: Donor, away: Any, signed_in: Any
    ) -> None:
        desk: Client = signed_in(away)
        said = {"kind": "RESIDENT_ID", "what": "SERVICE", "reason": "WORK", "branch": str(branch_of(away).pk)}
        pages = []
        for number in (facts_of(donor)["number"], donors.person().document_number):
            answer = desk.post(reverse("donors:take-in"), {**said, "number": number, "name": "别人"})
            pages.append((answer.status_code, answer.content.decode().replace(number, "")))
        assert pages[0][0] == 422
        assert _words(pages[0][1]) == _words(pages[1][1])

    def test_shows_nothing_of_the_record_to_who_asked(
        self, donor: Donor, house: tubes.House, away: Any, signed_in: Any
    ) -> None:
        asked = take_in(donor, away)
        assert asked is not None
        desk: Client = signed_in(away)
        for address in (reverse("donors:one-move", args=[asked.object_id]), reverse("desk:approvals")):
            page = desk.get(address).content.decode()
            marks = (str(donor.pk), donor.grid, house.county.name, *_opened(donor))
            assert [mark for mark in marks if mark in page] == []

    def test_cannot_be_agreed_to_by_who_asked(self, donor: Donor, away: Any) -> None:
        asked = take_in(donor, away)
        assert asked is not None
        with pytest.raises(approvals.NotYours):
            approvals.decide(asked, yes=True, by=actor(away), at=AT)

    def test_is_limited_for_each_person(self, donor: Donor, away: Any, settings: Any) -> None:
        settings.DOOR_TAKEN_IN_PER_HOUR = 1
        take_in(donor, away)
        with pytest.raises(doors.AskedTooOften):
            take_in(donor, away)

    def test_does_not_leave_a_tube_behind(self, house: tubes.House, away: Any) -> None:
        tube = tubes.tube(house)
        with pytest.raises(moves.Refused):
            actions.move_to(
                tube.donor, to=branch_of(away), what=What.BOTH, reason="WORK", by=house.collects, at=AT
            )

    def test_after_a_withdrawal_is_refused(self, donor: Donor, house: tubes.House, away: Any) -> None:
        asked = take_in(donor, away)
        actions.withdraw(
            donor, by=house.collects, at=AT, word="STAFF_TWO_FACTS", facts=("document_seen", "face_seen")
        )
        assert asked is not None
        with pytest.raises(moves.Refused):
            approvals.decide(asked, yes=True, by=house.sends, at=AT)
        assert again(donor).service_branch_id == house.county.pk


class TestGivingAway:
    def test_within_ones_own_branches_is_done_at_once(self, donor: Donor, house: tubes.House) -> None:
        beside = BranchFactory(parent=house.prefecture)
        made = actions.move_to(donor, to=beside, what=What.SERVICE, reason="STUDIES", by=house.sends, at=AT)
        assert isinstance(made, BranchMove)
        assert again(donor).service_branch_id == beside.pk

    def test_to_another_branch_waits_for_its_yes(self, donor: Donor, house: tubes.House, away: Any) -> None:
        asked = actions.move_to(
            donor, to=branch_of(away), what=What.SERVICE, reason="STUDIES", by=house.collects, at=AT
        )
        assert isinstance(asked, Approval)
        approvals.decide(asked, yes=True, by=actor(away), at=AT)
        assert again(donor).service_branch_id == branch_of(away).pk

    def test_takes_their_calls_out_of_the_hands_of_the_branch_they_leave(
        self, donor: Donor, house: tubes.House, away: Any
    ) -> None:
        CallTask.objects.update(owner=house.caseworker, held_by=house.caseworker, held_until=AT)
        asked = take_in(donor, away)
        approvals.decide(asked, yes=True, by=house.collects, at=AT)
        waiting = CallTask.objects.filter(service_path=branch_of(away).path).free_for(away.pk, AT)
        assert [(task.donor_id, task.held_by) for task in waiting] == [(donor.pk, None)]

    def test_leaves_their_calls_in_the_hands_they_are_in_where_only_the_keeper_is_another(
        self, donor: Donor, house: tubes.House
    ) -> None:
        CallTask.objects.update(owner=house.caseworker)
        beside = BranchFactory(parent=house.prefecture)
        actions.move_to(donor, to=beside, what=What.OWNER, reason="STUDIES", by=house.sends, at=AT)
        assert CallTask.objects.get().owner_id == house.caseworker.pk

    def test_stands_in_the_history(self, donor: Donor, house: tubes.House, signed_in: Any) -> None:
        beside = BranchFactory(parent=house.prefecture)
        actions.move_to(donor, to=beside, what=What.SERVICE, reason="STUDIES", by=house.sends, at=AT)
        page = signed_in(house.caseworker).get(reverse("donors:detail", args=[donor.pk])).content.decode()
        assert page.count(beside.name) >= 2


def ask(donor: Donor, house: tubes.House, away: Any) -> Assist:
    """Ask another branch for help."""
    return actions.ask_assist(
        donor,
        branch=branch_of(away),
        kind="VISIT",
        words="请登门看望",
        until=date(2026, 12, 1),
        by=house.collects,
        at=AT,
    )


class TestHelp:
    def test_shows_the_donor_to_who_took_it_and_to_nobody_else(
        self, donor: Donor, house: tubes.House, away: Any, signed_in: Any, frozen: None
    ) -> None:
        assist = ask(donor, house, away)
        address = reverse("donors:assist", args=[assist.pk])
        colleague = StaffFactory(role=Role.COORDINATOR, branch=branch_of(away))
        marks = _opened(donor)
        assert not any(mark in signed_in(away).get(address).content.decode() for mark in marks)

        actions.take_assist(assist, staff=away, by=actor(away), at=AT)

        page = signed_in(away).get(address).content.decode()
        assert all(mark in page for mark in marks)
        assert "请登门看望" in page
        assert named.ids(away.pk, Assist) == [assist.pk]
        assert not any(mark in signed_in(colleague).get(address).content.decode() for mark in marks)
        assert signed_in(away).get(reverse("donors:detail", args=[donor.pk])).status_code == 404
        assert signed_in(StaffFactory(role=Role.COORDINATOR)).get(address).status_code == 404

    def test_ends_with_what_was_found_out(
        self, donor: Donor, house: tubes.House, away: Any, signed_in: Any, frozen: None
    ) -> None:
        assist = actions.take_assist(ask(donor, house, away), staff=away, by=actor(away), at=AT)
        said = {"result": "DONE", "words": "已搬到新地址"}
        answer = signed_in(away).post(reverse("donors:assist", args=[assist.pk]), said)
        assert answer.status_code == 302
        assert again(assist).result == AssistResult.DONE
        assert named.ids(away.pk, Assist) == []
        assert vault.open_one(donor.notes.get(), "words")["words"] == "已搬到新地址"
        page = signed_in(away).get(reverse("donors:assist", args=[assist.pk])).content.decode()
        assert not any(mark in page for mark in _opened(donor))

    def test_ends_by_itself_on_its_day(
        self, donor: Donor, house: tubes.House, away: Any, signed_in: Any
    ) -> None:
        assist = actions.take_assist(ask(donor, house, away), staff=away, by=actor(away), at=AT)
        assert actions.end_past_assists(by=NIGHT, at=AT + timedelta(days=30)) == 1
        assert (again(assist).result, named.ids(away.pk, Assist)) == (AssistResult.TIME_OVER, [])
        assert ended() == [("TIME_OVER", NIGHT.id)]

    def test_that_somebody_ended_while_the_night_waited_is_ended_once(
        self, donor: Donor, house: tubes.House, away: Any, meanwhile: Any
    ) -> None:
        assist = ask(donor, house, away)
        meanwhile(lambda: Assist.objects.update(ended_at=AT, result=AssistResult.DONE))
        assert actions.end_past_assists(by=NIGHT, at=AT + timedelta(days=30)) == 0
        assert again(assist).result == AssistResult.DONE

    def test_is_in_the_hands_of_who_took_it(self, donor: Donor, house: tubes.House, away: Any) -> None:
        assist = actions.take_assist(ask(donor, house, away), staff=away, by=actor(away), at=AT)
        held = {kind.key: items for kind, items in open_work.of(away.pk)}
        assert [item.id for item in held["donors.assists"]] == [str(assist.pk)]

    def test_ends_when_the_donor_withdraws(self, donor: Donor, house: tubes.House, away: Any) -> None:
        assist = actions.take_assist(ask(donor, house, away), staff=away, by=actor(away), at=AT)
        actions.withdraw(
            donor, by=house.collects, at=AT, word="STAFF_TWO_FACTS", facts=("document_seen", "face_seen")
        )
        assert again(assist).ended_at == AT
        assert named.ids(away.pk, Assist) == []
        assert ended() == [("TAKEN_BACK", house.collects.id)]


class TestAQuestion:
    def test_among_thousands_still_shows_the_day(
        self, donor: Donor, house: tubes.House, away: Any, signed_in: Any, frozen: None
    ) -> None:
        asked = {"donor": donor, "kind": "STILL_RIGHT", "branch": branch_of(away), "asked_at": AT}
        asked |= {"branch_path": branch_of(away).path, **actor(away).columns()}
        BranchQuestion.objects.bulk_create([BranchQuestion(**asked) for _ in range(1_000)])
        page = signed_in(house.coordinator).get(reverse("desk:today"))
        assert "1,000" in page.content.decode()

    def test_reaches_the_branch_and_its_answer_comes_back_unseen(
        self, donor: Donor, house: tubes.House, away: Any, signed_in: Any
    ) -> None:
        said = facts_of(donor)
        doors.ask_its_branch(
            said["kind"], said["number"], by=actor(away), at=AT, on=branch_of(away), place="商学院采集"
        )
        question = BranchQuestion.objects.get()
        home: Client = signed_in(house.coordinator)
        assert "商学院采集" in home.get(reverse("donors:questions")).content.decode()
        home.post(reverse("donors:answer", args=[question.pk]), {"answer": "SPOKEN"})

        page = signed_in(away).get(reverse("donors:questions")).content.decode()

        assert again(question).get_answer_display() in page
        marks = (str(donor.pk), donor.grid, house.county.name, *_opened(donor))
        assert [mark for mark in marks if mark in page] == []

    def test_hands_a_new_number_on_unseen(self, donor: Donor, house: tubes.House, away: Any) -> None:
        said = facts_of(donor)
        doors.ask_its_branch(
            said["kind"], said["number"], by=actor(away), at=AT, on=branch_of(away), phone="13911112222"
        )
        task = CallTask.objects.get(donor=donor, kind=CallKind.NEW_NUMBER)
        assert actions.left_numbers(task) == ["+8613911112222"]
        told = b"".join(bytes(body) for body in TrailRow.objects.values_list("body", flat=True))
        assert b"13911112222" not in told

    def test_is_asked_about_the_record_that_stands_where_two_were_joined_a_moment_ago(
        self, donor: Donor, house: tubes.House, away: Any, monkeypatch: Any
    ) -> None:
        shell = donors.DonorFactory(branch=house.county, state=DonorState.TRANSFERRED)
        said, nowhere = facts_of(shell), {"service_path": "", "owner_path": ""}
        Donor.objects.filter(pk=shell.pk).update(merged_into=donor, left_reason=Reason.MERGED, **nowhere)
        monkeypatch.setattr(doors, "of_document", lambda _index: shell)  # as it was read before the lock
        by, on = actor(away), branch_of(away)
        doors.ask_its_branch(said["kind"], said["number"], by=by, at=AT, on=on, phone="13911112222")
        assert BranchQuestion.objects.get().donor_id == donor.pk
        assert CallTask.objects.get(kind=CallKind.NEW_NUMBER).donor_id == donor.pk

    def test_about_somebody_who_withdrew_asks_for_no_call(
        self, donor: Donor, house: tubes.House, away: Any
    ) -> None:
        actions.withdraw(
            donor, by=house.collects, at=AT, word="STAFF_TWO_FACTS", facts=("document_seen", "face_seen")
        )
        said = facts_of(donor)
        doors.ask_its_branch(
            said["kind"], said["number"], by=actor(away), at=AT, on=branch_of(away), phone="13911112222"
        )
        assert BranchQuestion.objects.count() == 1
        assert not CallTask.objects.open().filter(donor=donor).exists()


class TestTheDoors:
    def test_ask_the_database_the_same_whether_nobody_is_registered_or_the_fact_is_wrong(
        self, donor: Donor, away: Any
    ) -> None:
        wrong = actions.SecondFact(name="别人")
        asked = []
        for number in (facts_of(donor)["number"], donors.person().document_number):
            with CaptureQueriesContext(connection) as queries:
                found = actions.withdraw_by_document(
                    kind="RESIDENT_ID", number=number, second=wrong, by=actor(away), at=AT, on=branch_of(away)
                )
            assert found is None
            asked.append(len(queries))
        assert asked[0] == asked[1]

    def test_to_withdraw_is_limited_for_each_person(self, donor: Donor, away: Any, settings: Any) -> None:
        settings.DOOR_WITHDRAWN_PER_HOUR = 1
        said = {**facts_of(donor), "second": actions.SecondFact(name="别人")}
        actions.withdraw_by_document(**said, by=actor(away), at=AT, on=branch_of(away))
        with pytest.raises(doors.AskedTooOften):
            actions.withdraw_by_document(**said, by=actor(away), at=AT, on=branch_of(away))
        assert again(donor).state == DonorState.LISTED

    @pytest.mark.parametrize("fact", ["name", "phone"])
    def test_open_to_either_fact(self, fact: str, donor: Donor, away: Any) -> None:
        opened = vault.open_one(donor, "name", "phone")
        said = {**facts_of(donor), "second": actions.SecondFact(**{fact: str(opened[fact])})}
        receipt = actions.withdraw_by_document(**said, by=actor(away), at=AT, on=branch_of(away))
        assert receipt is not None
        assert set(receipt.facts) == {"document", fact}

    def test_stay_shut_to_two_facts_of_which_one_is_wrong(self, donor: Donor, away: Any) -> None:
        opened = vault.open_one(donor, "name")
        said = {
            **facts_of(donor),
            "second": actions.SecondFact(name=str(opened["name"]), phone="13900000001"),
        }
        assert actions.withdraw_by_document(**said, by=actor(away), at=AT, on=branch_of(away)) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_a_withdrawal_holds_while_they_are_taken_in(house: tubes.House, away: Any, settings: Any) -> None:
    settings.DOOR_WITHDRAWN_PER_HOUR = settings.DOOR_TAKEN_IN_PER_HOUR = FEWER * 2
    for _ in range(FEWER):
        donor = donors.DonorFactory(branch=house.county, state=DonorState.LISTED)
        consents.sign(donor.subject, by=house.collects)
        asked = take_in(donor, away, What.BOTH)
        said, by, keeps = facts_of(donor), actor(away), house.collects
        receipt, moved = at_once(
            lambda said=said, by=by: actions.withdraw_by_document(**said, by=by, at=AT, on=branch_of(away)),
            lambda asked=asked, keeps=keeps: approvals.decide(asked, yes=True, by=keeps, at=AT),
        )
        assert isinstance(receipt, Withdrawal), receipt
        assert not isinstance(moved, Exception) or getattr(moved, "sentences", None), repr(moved)
        assert again(donor).state == DonorState.WITHDRAWN
        assert not Consent.objects.filter(subject=donor.subject, state__in=IN_FORCE).exists()


def _opened(donor: Donor) -> tuple[str, ...]:
    opened = vault.open_one(donor, "name", "address")
    return tuple(str(value) for value in opened.values())


def _words(page: str) -> str:
    """Return what a page says, without what differs by itself."""
    return re.sub(r'csrfmiddlewaretoken" value="[^"]+"|FToken": *"[^"]+"|nonce="[^"]+"', "", page)
