"""Two records were joined by mistake: each gets its own back, and nothing that was said since is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

import pytest
from django.db import transaction

from consent import actions as consenting
from consent.models import Consent
from consent.purposes import Purpose
from consent.states import IN_FORCE
from foundation import approvals, moves, vault
from foundation.access import task_actor
from foundation.approvals import Approval
from registry.donors import actions
from registry.donors.models import (
    CallKind,
    CallTask,
    ContactChoice,
    Donor,
    Merge,
    NationalState,
    Word,
)
from registry.donors.national import numbers
from registry.donors.states import DonorState
from tests.factories import donors
from tests.integration.test_joining_two_records import (
    AT,
    FACTS,
    House,
    again,
    document_of,
    house,
    in_english,
    joined,
    person,
)

__all__ = ["house", "in_english"]  # fixtures
pytestmark = pytest.mark.django_db

DAY: Final = AT + timedelta(days=1)  # what is said between the joining and the parting
LATER: Final = AT + timedelta(days=2)
THEIRS: Final = {"name": "王丽花", "phone": "+8613900000009", "workplace": "示例医院"}
NEW: Final = "+8615900000001"


def ask(kept: Donor, house: House) -> Approval:
    """Say that they were joined by mistake."""
    return actions.ask_to_part(again(kept), by=house.manages, at=LATER)


def part(kept: Donor, house: House) -> None:
    """Part two records as two people agreed."""
    approvals.decide(ask(kept, house), yes=True, by=house.agrees, at=LATER)


def pair(house: House, *, kept: Any = None, other: Any = None) -> tuple[Donor, Donor]:
    """Return two listed records with other numbers, not joined yet."""
    listed = {"state": DonorState.LISTED}
    return person(house, **listed | (kept or {})), person(house, about=THEIRS, **listed | (other or {}))


def phone_of(donor: Donor) -> Any:
    """Return a donor's number."""
    return vault.open_one(again(donor), "phone")["phone"]


def left_for(donor: Donor) -> list[str]:
    """Return the numbers a call has to show, for one donor."""
    task = CallTask.objects.open().filter(donor=donor, kind=CallKind.NEW_NUMBER).first()
    return actions.left_numbers(task) if task else []


def objection_calls(*of: Donor) -> list[int]:
    """Return how many calls about an objection wait for each."""
    return [CallTask.objects.open().filter(donor=donor, kind=CallKind.OBJECTION).count() for donor in of]


class TestADeathThatWasReportedSince:
    def test_stays_with_both(self, house: House) -> None:
        kept, other = pair(house)
        joined(kept, other, house)
        actions.report_dead(again(kept), by=house.collects, at=DAY)

        part(kept, house)

        for donor in map(again, (kept, other)):
            assert (donor.death_reported_at, donor.subject.died_reported_at) == (DAY, DAY)
        assert not Donor.objects.searchable().exists()

    def test_or_brought_by_the_joining_is_lifted_by_nobody_but_people(self, house: House) -> None:
        kept, other = pair(house)
        actions.report_dead(other, by=house.collects, at=AT - timedelta(days=1))
        joined(kept, again(other), house)

        part(kept, house)

        now = again(kept)
        assert now.death_reported_at == now.subject.died_reported_at == AT
        actions.lift_death_report(now, by=house.collects, at=LATER)
        assert [donor.pk for donor in Donor.objects.searchable()] == [kept.pk]


class TestAnObjection:
    def test_said_since_holds_for_both_and_both_are_called(self, house: House) -> None:
        kept, other = pair(house)
        joined(kept, other, house)
        actions.object_to(again(kept), by=house.collects, at=DAY, words="妈妈反对")

        part(kept, house)

        assert [again(donor).objected_at for donor in (kept, other)] == [DAY, DAY]
        assert objection_calls(kept, other) == [1, 1]
        assert not Donor.objects.searchable().exists()

    def test_brought_by_the_joining_goes_back_to_whom_it_was_about(self, house: House) -> None:
        kept, other = pair(house)
        actions.object_to(other, by=house.collects, at=AT - timedelta(days=1))
        joined(kept, again(other), house)

        part(kept, house)

        assert again(kept).objected_at is None
        assert again(other).objected_at == AT - timedelta(days=1)
        assert objection_calls(kept, other) == [0, 1]

    def test_said_again_since_is_no_gift_of_the_joining(self, house: House) -> None:
        kept, other = pair(house)
        actions.object_to(other, by=house.collects, at=AT - timedelta(days=1))
        joined(kept, again(other), house)
        actions.object_to(again(kept), by=house.collects, at=DAY)

        part(kept, house)

        assert [again(donor).objected_at for donor in (kept, other)] == [DAY, DAY]

    def test_lifted_since_by_whoever_was_reached_stands_again(self, house: House) -> None:
        kept, other = pair(house)
        actions.object_to(kept, by=house.collects, at=AT - timedelta(days=1))
        joined(again(kept), other, house, phone="other")
        donors.CallFactory(donor=kept, kind=CallKind.OBJECTION, result="REACHED", at=DAY, answers={})
        actions.lift_objection(again(kept), by=house.collects, at=DAY)

        part(kept, house)

        assert again(kept).objected_at == AT - timedelta(days=1)
        assert objection_calls(kept, other) == [1, 0]


class TestOnlyIfTheyMatch:
    @pytest.mark.parametrize("before", [ContactChoice.NORMAL, ContactChoice.ONLY_IF_MATCHED])
    def test_said_since_holds_for_both(self, before: str, house: House) -> None:
        kept, other = pair(house, other={"contact_choice": before})
        joined(kept, other, house)
        actions.choose_contact(again(kept), choice="ONLY_IF_MATCHED", by=house.collects, at=DAY)

        part(kept, house)

        assert {again(donor).contact_choice for donor in (kept, other)} == {"ONLY_IF_MATCHED"}

    def test_brought_by_the_joining_goes_back_to_who_chose_it(self, house: House) -> None:
        kept, other = pair(house, other={"contact_choice": ContactChoice.ONLY_IF_MATCHED})
        joined(kept, other, house)

        part(kept, house)

        assert [again(donor).contact_choice for donor in (kept, other)] == ["NORMAL", "ONLY_IF_MATCHED"]

    def test_is_not_widened_by_what_was_said_since(self, house: House) -> None:
        kept, other = pair(house, kept={"contact_choice": ContactChoice.ONLY_IF_MATCHED})
        joined(kept, other, house)
        actions.choose_contact(again(kept), choice="NORMAL", by=house.collects, at=DAY)

        part(kept, house)

        assert again(kept).contact_choice == ContactChoice.ONLY_IF_MATCHED


class TestANumber:
    def test_heard_since_stays(self, house: House) -> None:
        kept, other = pair(house)
        joined(kept, other, house)
        actions.record_new_number(again(kept), NEW, by=house.collects, at=DAY)

        part(kept, house)

        assert (phone_of(kept), phone_of(other)) == (NEW, THEIRS["phone"])
        assert again(kept).phone_index in vault.index.phone(NEW).each
        assert again(kept).phone_since == DAY

    def test_heard_at_the_other_s_number_is_asked_of_both(self, house: House) -> None:
        kept, other = pair(house)
        own = phone_of(kept)
        joined(kept, other, house, phone="other")
        actions.record_new_number(again(kept), NEW, by=house.collects, at=DAY)

        part(kept, house)

        assert (phone_of(kept), phone_of(other)) == (NEW, THEIRS["phone"])
        assert (left_for(kept), left_for(other)) == ([own], [NEW])

    def test_comes_back_with_what_was_known_of_it(self, house: House) -> None:
        known = {"phone_since": AT - timedelta(days=9), "phone_wrong_on": date(2026, 11, 15)}
        kept, other = pair(house, kept=known)
        own = phone_of(kept)
        joined(kept, other, house, phone="other")
        made = {"kind": CallKind.OTHER, "result": "NO_SUCH_NUMBER", "answers": {}}
        call = donors.CallFactory(donor=kept, at=DAY, **made)
        Donor.objects.filter(pk=kept.pk).update(phone_wrong_on=DAY.date())

        part(kept, house)

        now = again(kept)
        assert (phone_of(kept), now.phone_since, now.phone_wrong_on) == (own, *known.values())
        assert again(other).phone_wrong_on == DAY.date()
        call.refresh_from_db()
        assert call.number == "left"  # it counts for no round of the number that is back

    def test_given_by_an_address_that_was_added_since_stays(self, house: House) -> None:
        kept, other = pair(house, kept={"about": {"workplace": ""}})
        joined(kept, other, house)
        stayed = again(kept)
        stayed.save(update_fields=vault.seal(stayed, address="宁波市鄞州区新路9号"))

        part(kept, house)

        opened = vault.open_one(again(kept), "address", "workplace")
        assert opened == {"address": "宁波市鄞州区新路9号", "workplace": None}


class TestANo:
    @pytest.mark.parametrize("newer", ["kept", "other"])
    def test_said_since_is_revived_for_neither(self, newer: str, house: House) -> None:
        signed = [AT - timedelta(days=days) for days in ((3, 30) if newer == "kept" else (30, 3))]
        kept, other = (person(house, signed=at, state=DonorState.LISTED) for at in signed)
        joined(kept, other, house)
        phone = Consent.objects.get(subject=kept.subject, purpose=Purpose.CONTACT_PHONE, state__in=IN_FORCE)
        consenting.withdraw(phone, by=house.collects, at=DAY)

        part(kept, house)

        standing = Consent.objects.filter(state__in=IN_FORCE)
        assert not standing.filter(purpose=Purpose.CONTACT_PHONE).exists()
        assert standing.filter(purpose=Purpose.REGISTER_HPC).count() == 2


class TestTheNationalRegister:
    def test_knows_the_number_of_whose_record_it_came_from(self, house: House) -> None:
        there = {"national_state": NationalState.SENT, "national_on": date(2026, 11, 1)}
        kept, other = pair(house, other=there)
        joined(kept, other, house)
        accepted = {"national_state": NationalState.ACCEPTED, "national_no": "CN-1"}
        Donor.objects.filter(pk=kept.pk).update(**accepted)

        part(kept, house)

        assert (again(kept).national_state, again(kept).national_no) == (NationalState.NONE, "")
        assert (again(other).national_state, again(other).national_no) == (NationalState.ACCEPTED, "CN-1")

    def test_is_one_donor_s_number_after_the_parting_too(self, house: House) -> None:
        accepted = {"national_state": NationalState.ACCEPTED, "national_no": "CN-1"}
        kept, other = pair(house, kept=accepted | {"national_no": "CN-2"}, other=accepted)
        joined(kept, other, house)
        Donor.objects.filter(pk=kept.pk).update(**accepted)

        with pytest.raises(moves.Refused) as refusal:
            part(kept, house)

        assert refusal.value.sentences == [str(numbers.TAKEN)]
        assert again(other).merged_into_id == kept.pk

    def test_gives_its_number_back_to_the_other_where_the_kept_one_was_sent(self, house: House) -> None:
        accepted = {"national_state": NationalState.ACCEPTED, "national_no": "CN-1"}
        kept, other = pair(house, kept={"national_state": NationalState.SENT}, other=accepted)
        joined(kept, other, house)
        assert (again(kept).national_state, again(kept).national_no) == tuple(accepted.values())

        part(kept, house)

        assert (again(kept).national_state, again(kept).national_no) == (NationalState.SENT, "")
        assert (again(other).national_state, again(other).national_no) == tuple(accepted.values())


class TestAPause:
    @pytest.fixture
    def brought(self, house: House) -> tuple[Donor, Donor]:
        """Return two whom a joining paused, for the other was."""
        kept, other = pair(house, other={"state": DonorState.ON_HOLD})
        joined(kept, other, house)
        assert again(kept).state == DonorState.ON_HOLD
        return again(kept), other

    @staticmethod
    def lengthen(kept: Donor, house: House) -> date:
        """Let a caller write down that the pause is longer."""
        longer = date(2027, 9, 1)
        reason = kept.hold_reason
        actions.change_hold(kept, until=longer, reason=reason, by=house.collects, at=DAY)
        return longer

    def test_that_the_joining_brought_ends_though_a_slip_made_it_longer(
        self, brought: tuple[Donor, Donor], house: House
    ) -> None:
        kept, until = brought[0], brought[0].hold_until
        self.lengthen(kept, house)
        with transaction.atomic():  # as taking back a call does
            slip = again(kept)
            slip.hold_until = until
            slip.save(update_fields=["hold_until"])
            note = {"by": house.collects, "at": DAY, "reason": "change_hold"}
            moves.put_back(slip, DonorState.ON_HOLD, move="mark_as_error", **note)

        part(kept, house)

        now = again(kept)
        assert (now.state, now.return_to, now.hold_until) == (DonorState.LISTED, "", None)

    def test_whose_end_was_asked_for_since_stays_until_then(
        self, brought: tuple[Donor, Donor], house: House
    ) -> None:
        kept, other = brought
        longer = self.lengthen(kept, house)

        part(kept, house)

        now = again(kept)
        assert (now.state, now.return_to, now.hold_until) == (DonorState.ON_HOLD, DonorState.LISTED, longer)
        assert again(other).hold_until != longer

    def test_that_the_joining_made_longer_is_as_long_as_before(self, house: House) -> None:
        kept, other = pair(house, kept={"state": DonorState.ON_HOLD}, other={"state": DonorState.ON_HOLD})
        Donor.objects.filter(pk=other.pk).update(hold_until=date(2027, 9, 1))
        before = again(kept).hold_until
        joined(kept, again(other), house)
        assert again(kept).hold_until == date(2027, 9, 1)

        part(kept, house)

        assert again(kept).hold_until == before

    def test_that_the_joining_brought_gives_back_the_calls_it_called_off(self, house: House) -> None:
        kept, other = pair(house, kept={"state": DonorState.TYPED}, other={"state": DonorState.ON_HOLD})
        Donor.objects.filter(pk=other.pk).update(return_to=DonorState.TYPED, listed_on=None)
        task = donors.CallTaskFactory(donor=kept, kind=CallKind.PRE_LISTING)
        joined(kept, again(other), house)
        assert not CallTask.objects.open().filter(pk=task.pk).exists()

        part(kept, house)

        assert again(kept).state == DonorState.TYPED
        assert CallTask.objects.open().filter(pk=task.pk).exists()


class TestARecordThatHadBeenJoinedBefore:
    def test_keeps_the_documents_it_had_then(self, house: House) -> None:
        kept, other = pair(house)
        first = person(house, about=THEIRS)
        joined(other, first, house)
        joined(kept, again(other), house)
        assert again(first).merged_into_id == kept.pk

        part(kept, house)

        assert again(first).merged_into_id == other.pk
        assert Merge.objects.get(emptied=first).donor_id == other.pk


def listed(kept: Donor, house: House) -> None:
    """Let the record be listed since."""
    Donor.objects.filter(pk=kept.pk).update(state=DonorState.LISTED, listed_on=DAY.date())
    donors.step(kept, "list", by=house.collects, at=DAY, came_from=DonorState.TYPED)


def withdrawn(kept: Donor, house: House) -> None:
    """Let the person withdraw."""
    actions.withdraw(again(kept), by=house.collects, at=DAY, word=Word.STAFF_TWO_FACTS, facts=FACTS)


def came_back(kept: Donor, house: House) -> None:
    """Let the person withdraw and come back, to where the record stood."""
    donors.step(kept, "rejoin", by=house.collects, at=DAY, came_from=DonorState.TYPED)


def erased(kept: Donor, house: House) -> None:
    """Let the data be erased."""
    vault.erase(kept.subject, by=house.manages, at=DAY)


def damaged(kept: Donor, house: House) -> None:
    """Let what was kept of the joining not open."""
    Merge.objects.filter(donor=kept).update(seal_version=9)


class TestParting:
    @pytest.mark.parametrize(
        ("happens", "words"),
        [
            (listed, "has gone on since"),
            (withdrawn, "has gone on since"),
            (came_back, "has gone on since"),
            (erased, "were erased"),
            (damaged, "does not open"),
        ],
    )
    def test_is_refused_in_words_where(
        self, happens: Callable[[Donor, House], None], words: str, house: House
    ) -> None:
        kept, other = person(house, state=DonorState.TYPED), person(house)
        joined(kept, other, house)
        asked = ask(kept, house)
        happens(kept, house)

        for attempt in (lambda: ask(kept, house), lambda: self.agree(asked, house)):
            with pytest.raises(moves.Refused) as refused:
                attempt()
            assert words in refused.value.sentences[0]
        assert again(other).merged_into_id == kept.pk

    def test_goes_on_where_the_step_was_taken_back(self, house: House) -> None:
        kept, other = pair(house)
        joined(kept, other, house)
        donors.step(kept, "list", by=house.collects, at=DAY, came_from=kept.state)

        part(kept, house)

        assert again(other).merged_into_id is None

    def test_is_refused_where_another_record_was_joined_meanwhile(self, house: House) -> None:
        kept, other = pair(house)
        joined(kept, other, house)
        asked = ask(kept, house)
        third = person(house, about=THEIRS)
        joined(again(kept), third, house)

        with pytest.raises(moves.Refused) as refused:
            self.agree(asked, house)

        assert "Part that one first" in refused.value.sentences[0]
        assert again(kept).phone_index is not None

    def test_is_refused_where_somebody_was_registered_under_the_document_since(self, house: House) -> None:
        kept, other = pair(house)
        theirs = document_of(other)
        joined(kept, other, house, both_documents=False)
        person(house, about={"document_number": theirs})

        with pytest.raises(moves.Refused) as refused:
            part(kept, house)

        assert "registered since" in refused.value.sentences[0]
        assert again(other).merged_into_id == kept.pk

    def test_is_refused_where_a_value_does_not_open_any_more(self, house: House) -> None:
        kept, other = pair(house)
        joined(kept, other, house, phone="other")
        Donor.objects.filter(pk=other.pk).update(seal_version=99)

        with pytest.raises(moves.Refused) as refused:
            part(kept, house)

        assert "does not open" in refused.value.sentences[0]

    @staticmethod
    def agree(asked: Approval, house: House) -> None:
        """Say yes as a second person."""
        approvals.decide(asked, yes=True, by=house.agrees, at=LATER)


def test_the_night_finds_nothing_to_mend_after_a_parting(house: House) -> None:
    kept, other = pair(house)
    actions.object_to(other, by=house.collects, at=AT - timedelta(days=1))
    joined(kept, again(other), house)
    part(kept, house)
    assert actions.drop_what_is_over(by=task_actor("tests"), at=LATER) == 0
