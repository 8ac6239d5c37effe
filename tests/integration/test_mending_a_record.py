"""Mistakes are mended: a wrong identity, a doubted typing, an act meant for somebody else."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from consent.models import Evidence
from consent.queries import section
from foundation import approvals, moves, vault
from foundation.access import Role, Scope
from foundation.trail.models import TrailRow
from registry.donors import actions, documents, queries, usage
from registry.donors.actions import doors
from registry.donors.models import (
    CallKind,
    CallTask,
    Donor,
    IdentityChange,
    Sex,
)
from registry.donors.queries import mending
from registry.donors.reasons import Reason
from registry.donors.states import DonorState
from registry.drives import actions as drives
from registry.hla.models import StoredTyping
from registry.samples import actions as samples
from registry.samples.models import Sample
from tests.factories import consent as consents
from tests.factories import donors
from tests.factories import samples as tubes
from tests.factories.drives import AT as DRIVE_AT
from tests.factories.drives import DriveFactory, draft
from tests.factories.foundation import StaffFactory, actor
from tests.racing import FEWER, at_once

pytestmark = [pytest.mark.django_db]
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def house() -> tubes.House:
    """Return branches with their people."""
    consents.text()
    return tubes.house()


@pytest.fixture
def donor(house: tubes.House) -> Donor:
    """Return somebody on the list, with consents."""
    made = donors.DonorFactory(branch=house.county, state=DonorState.LISTED)
    consents.sign(made.subject, by=house.collects)
    return made


def as_they_are(donor: Donor, **changes: Any) -> actions.Identity:
    """Return who somebody is by their record, with what the document says otherwise."""
    opened = vault.open_one(donor, "name", "document")
    said = {
        "name": opened["name"],
        "document_kind": donor.document_kind,
        "document_number": opened["document"],
        "sex": donor.sex,
        "born_on": donor.born_on,
    }
    return actions.Identity(**{**said, **changes})


def with_number(person: Any) -> dict[str, Any]:
    """Return the changes that bring another document of a person."""
    return {"document_number": person.document_number, "sex": person.sex, "born_on": person.born_on}


def correct(donor: Donor, by: Any, **changes: Any) -> list[str]:
    """Correct somebody's identity."""
    said = as_they_are(donor, **changes)
    return actions.correct_identity(
        donor, said, seen=said.document_kind, reason="WRITTEN_WRONG", by=by, at=AT
    )


def again(donor: Donor) -> Donor:
    """Return the row as it is now."""
    return Donor.objects.select_related("subject").get(pk=donor.pk)


class TestCorrectingAnIdentity:
    def test_keeps_the_old_value_sealed(self, donor: Donor, house: tubes.House) -> None:
        old = vault.open_one(donor, "name")["name"]

        correct(donor, house.collects, name="王丽華")

        change = IdentityChange.objects.get()
        assert (change.fields, change.seen) == (["name"], "RESIDENT_ID")
        assert json.loads(str(vault.open_one(change, "was")["was"])) == {"name": old}
        assert vault.open_one(again(donor), "name")["name"] == "王丽華"

    def test_is_found_by_what_is_right_and_no_longer_by_what_was_wrong(
        self, donor: Donor, house: tubes.House
    ) -> None:
        scope = house.county
        wrong, right = vault.open_one(donor, "document")["document"], donors.person()
        correct(donor, house.collects, **with_number(right))

        here = Scope.of([scope.path])
        assert queries.find(right.document_number, scope=here) == [donor]
        assert queries.find(str(wrong), scope=here) == []

    def test_to_somebody_elses_document_is_refused_in_one_sentence(
        self, donor: Donor, house: tubes.House
    ) -> None:
        person = donors.person()
        donors.DonorFactory(about={"document_number": person.document_number})
        with pytest.raises(actions.DocumentTaken) as refused:
            correct(donor, house.collects, **with_number(person))
        assert len(refused.value.sentences) == 1
        assert not IdentityChange.objects.exists()

    def test_that_changes_nothing_is_refused(self, donor: Donor, house: tubes.House) -> None:
        with pytest.raises(actions.NothingDiffers):
            correct(donor, house.collects)

    def test_asks_the_rules_again_and_pauses_who_no_longer_fits(
        self, donor: Donor, house: tubes.House
    ) -> None:
        child = donors.person(born_on=date(2012, 3, 5))

        broken = correct(donor, house.collects, **with_number(child))

        assert len(broken) == 1
        assert again(donor).state == DonorState.ON_HOLD

    def test_with_another_sex_than_the_number_says_is_refused(self, donor: Donor, house: tubes.House) -> None:
        with pytest.raises(moves.Refused):
            correct(donor, house.collects, sex=Sex.MALE)

    def test_with_a_number_that_cannot_be_right_is_refused(self, donor: Donor, house: tubes.House) -> None:
        with pytest.raises(documents.DocumentProblem):
            correct(donor, house.collects, document_number="330106199903051234")

    def test_touches_no_evidence_and_marks_it(self, donor: Donor, house: tubes.House) -> None:
        proof = Evidence.objects.get(subject=donor.subject)
        correct(donor, house.collects, name="王丽華")
        now = Evidence.objects.get(pk=proof.pk)
        assert (now.sha256, now.seal_version, now.content.blob) == (
            proof.sha256, proof.seal_version, proof.content.blob,
        )  # fmt: skip
        assert [remark.kind for remark in now.remarks.all()] == ["IDENTITY_CORRECTED"]
        assert all(row.marks for row in section(donor.subject_id).rows)

    def test_leaves_no_value_on_the_trail_or_the_timeline(self, donor: Donor, house: tubes.House) -> None:
        old = str(vault.open_one(donor, "name")["name"])
        correct(donor, house.collects, name="欧阳娜娜")
        told = b"".join(bytes(body) for body in TrailRow.objects.values_list("body", flat=True)).decode()
        lines = queries.timeline(mending.steps_of_both(donor), mending.mended(donor))
        shown = "".join(str(line.words) for line in lines)
        assert "donor.identity_corrected" in told
        assert not [value for value in (old, "欧阳娜娜") if value in told or value in shown]

    def test_is_limited_as_a_way_to_ask_who_is_registered(
        self, donor: Donor, house: tubes.House, settings: Any
    ) -> None:
        settings.DOOR_ASKED_PER_HOUR = 1
        cache.clear()
        by = house.collects
        correct(donor, by, **with_number(donors.person()))
        with pytest.raises(doors.AskedTooOften):
            correct(again(donor), by, **with_number(donors.person()))


class TestThePageOfACorrection:
    def test_does_not_show_the_record(self, donor: Donor, house: tubes.House, signed_in: Any) -> None:
        desk: Client = signed_in(house.coordinator)
        page = desk.get(reverse("donors:correct-identity", args=[donor.pk])).content.decode()
        opened = vault.open_one(donor, "name", "document")
        assert not [value for value in opened.values() if str(value) in page]

    def test_corrects(self, donor: Donor, house: tubes.House, signed_in: Any) -> None:
        desk: Client = signed_in(house.coordinator)
        said = {
            "reason": "NEW_NAME",
            "name": "王新名",
            "kind": "RESIDENT_ID",
            "number": vault.open_one(donor, "document")["document"],
            "seen": "on",
        }
        answer = desk.post(reverse("donors:correct-identity", args=[donor.pk]), said)
        assert answer.status_code == 302
        assert vault.open_one(again(donor), "name")["name"] == "王新名"

    def test_offers_a_manager_to_join_the_two(self, donor: Donor, house: tubes.House, signed_in: Any) -> None:
        manager = StaffFactory(role=Role.REGISTRY_MANAGER, branch=house.prefecture.parent)
        other = donors.DonorFactory(branch=house.county)
        said = {"reason": "WRITTEN_WRONG", "name": "王丽华", "kind": "RESIDENT_ID", "seen": "on"}
        said["number"] = str(vault.open_one(other, "document")["document"])
        address = reverse("donors:correct-identity", args=[donor.pk])
        offer = reverse("donors:merge-with", args=[donor.pk, other.pk])
        assert offer in signed_in(manager).post(address, said).content.decode()
        assert offer not in signed_in(house.coordinator).post(address, said).content.decode()


def two_in_a_box(house: tubes.House) -> tuple[Donor, Donor, Sample]:
    """Return two people whose tubes travelled together, the first of them typed."""
    first, second = tubes.tube(house), tubes.tube(house)
    box = tubes.sent(house, first, second)
    tube = samples.receive(box, first.barcode, by=house.types, at=tubes.LATER)
    samples.receive(box, second.barcode, by=house.types, at=tubes.LATER)
    samples.record_typing(tube, text=tubes.TYPING, by=house.types, at=tubes.LATER)
    return Donor.objects.get(pk=first.donor_id), Donor.objects.get(pk=second.donor_id), first


class TestDoubtingATyping:
    def test_pauses_everybody_whose_tube_was_mixed_up(self, house: tubes.House) -> None:
        first, second, _tube = two_in_a_box(house)
        assert [one.donor_id for one in usage.neighbours_of(first)] == [second.pk]

        done = actions.dispute(first, reason=Reason.TQ_MIXED_UP, others=[second.pk], by=house.sends, at=AT)

        assert (again(first).state, again(second).state) == (DonorState.REGISTERED, DonorState.ON_HOLD)
        assert [one.pk for one in done.held] == [second.pk]
        assert again(second).hold_reason == Reason.TQ_MIXED_UP

    def test_pauses_nobody_who_lay_in_another_box(self, house: tubes.House) -> None:
        first, _second, _tube = two_in_a_box(house)
        stranger = donors.DonorFactory(state=DonorState.LISTED)
        actions.dispute(first, reason=Reason.TQ_MIXED_UP, others=[stranger.pk], by=house.sends, at=AT)
        assert again(stranger).state == DonorState.LISTED

    def test_lists_what_used_the_typing(self, house: tubes.House) -> None:
        first, _second, _tube = two_in_a_box(house)
        usage.register("tests", lambda donor: [usage.Use("a search", "/searches/1/")])
        try:
            Donor.objects.filter(pk=first.pk).update(national_state="ACCEPTED", national_no="ZJ-1")
            done = actions.dispute(again(first), reason=Reason.TQ, by=house.sends, at=AT)
        finally:
            usage.register("tests", lambda donor: [])
        assert {"a search"} < {str(use.words) for use in done.uses}
        assert any("ZJ-1" in str(use.words) for use in done.uses)

    def test_shows_on_the_page_before_anyone_presses(self, house: tubes.House, signed_in: Any) -> None:
        first, _second, _tube = two_in_a_box(house)
        second_tube = Sample.objects.exclude(donor=first).get()
        page = signed_in(house.caseworker).get(reverse("donors:dispute-typing", args=[first.pk]))
        assert second_tube.barcode in page.content.decode()

    def test_is_the_laboratorys_too_by_barcode_alone(self, house: tubes.House, signed_in: Any) -> None:
        first, second, tube = two_in_a_box(house)
        desk: Client = signed_in(house.technician)
        address = reverse("samples:doubt", args=[tube.pk])
        page = desk.get(address).content.decode()
        assert str(vault.open_one(first, "name")["name"]) not in page

        answer = desk.post(address, {"reason": Reason.TQ_MIXED_UP, "others": [str(second.pk)]})

        assert answer.status_code == 302
        assert (again(first).state, again(second).state) == (DonorState.REGISTERED, DonorState.ON_HOLD)

    def test_can_be_undone_when_it_was_meant_for_somebody_else(self, house: tubes.House) -> None:
        first, _second, _tube = two_in_a_box(house)
        before = again(first).state
        actions.dispute(first, reason=Reason.TQ, by=house.sends, at=AT)

        asked = actions.ask_to_undo(again(first), by=house.sends, at=AT + timedelta(hours=1))
        second = actor(StaffFactory(role=Role.CASEWORKER, branch=house.prefecture))
        approvals.decide(asked, yes=True, by=second, at=AT + timedelta(hours=1))

        assert again(first).state == before
        assert StoredTyping.objects.get(donor=first).disputed_at is None
        assert CallTask.objects.open().filter(donor=first, kind=CallKind.PRE_LISTING).exists()


class TestUndoing:
    def test_is_for_who_did_it_or_their_branch_above(self, donor: Donor, house: tubes.House) -> None:
        colleague = actor(StaffFactory(role=Role.COORDINATOR, branch=house.county))
        above = actor(StaffFactory(role=Role.CASEWORKER, branch=house.prefecture))
        actions.hold(donor, until=date(2027, 1, 1), reason=Reason.OT, by=house.collects, at=AT)

        with pytest.raises(moves.Refused):
            actions.ask_to_undo(again(donor), by=colleague, at=AT)
        assert actions.ask_to_undo(again(donor), by=above, at=AT)

    def test_of_a_death_lifts_the_report_that_came_with_it(self, donor: Donor, house: tubes.House) -> None:
        actions.die(donor, evidence="死亡证明", by=house.sends, at=AT)
        asked = actions.ask_to_undo(again(donor), by=house.sends, at=AT)
        second = actor(StaffFactory(role=Role.CASEWORKER, branch=house.prefecture))
        approvals.decide(asked, yes=True, by=second, at=AT)
        now = again(donor)
        assert (now.state, now.death_reported_at, now.subject.died_reported_at) == (
            DonorState.LISTED, None, None,
        )  # fmt: skip

    @pytest.mark.parametrize("move", ["lose", "recover"])
    def test_of_who_was_lost_or_found_brings_back_when_they_were_reached(
        self, donor: Donor, house: tubes.House, move: str, settings: Any
    ) -> None:
        settings.LOST_ROUNDS = 0  # every round was made
        found, reached = AT - timedelta(days=1), date(2025, 3, 1)
        if move == "recover":
            lost = {"state": DonorState.LOST, "found_at": found, "legacy": True}
            donor = donors.DonorFactory(branch=house.county, **lost)
            consents.sign(donor.subject, by=house.collects)
        Donor.objects.filter(pk=donor.pk).update(contact_verified_on=reached)
        before = again(donor)
        getattr(actions, move)(donor, by=house.sends, at=AT)
        after = AT + timedelta(minutes=1)
        if move == "lose":  # who is out of contact is spoken to
            call = actions.record_call(donor, kind="OTHER", result="REACHED", by=house.collects, at=after)
            reached = call.at.date()

        asked = actions.ask_to_undo(again(donor), by=house.sends, at=after)
        second = actor(StaffFactory(role=Role.CASEWORKER, branch=house.prefecture))
        approvals.decide(asked, yes=True, by=second, at=after)

        now = again(donor)
        assert (now.state, now.found_at) == (before.state, before.found_at)
        assert now.contact_verified_on == reached

    def test_asks_again_for_the_calls_that_were_called_off(self, donor: Donor, house: tubes.House) -> None:
        task = donors.CallTaskFactory(donor=donor, kind=CallKind.CONTACT_CHECK)
        actions.withdraw(
            donor, by=house.collects, at=AT, word="STAFF_TWO_FACTS", facts=("document_seen", "face_seen")
        )
        asked = actions.ask_to_undo(again(donor), by=house.collects, at=AT)
        approvals.decide(asked, yes=True, by=house.sends, at=AT)
        assert CallTask.objects.open().filter(pk=task.pk).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
def test_one_of_two_gets_a_document_at_one_instant(house: tubes.House) -> None:
    drive = DriveFactory(branch=house.county)
    lin = house.coordinator
    for _ in range(FEWER):
        wrong = donors.DonorFactory(branch=house.county)
        right = donors.person()
        paper = draft(drive, staff=lin, by=actor(lin), number=right.document_number)
        by = actor(lin)

        answers = at_once(
            lambda paper=paper, by=by: drives.enrol(paper, by=by, at=DRIVE_AT),
            lambda wrong=wrong, right=right, by=by: correct(wrong, by, **with_number(right)),
        )

        lost = [answer for answer in answers if isinstance(answer, Exception)]
        assert len(lost) == 1, answers
        assert lost[0].sentences  # type: ignore[attr-defined]
        index = vault.index.document("RESIDENT_ID", right.document_number)
        assert Donor.objects.filter(subject__document_index__in=index.each).count() == 1
