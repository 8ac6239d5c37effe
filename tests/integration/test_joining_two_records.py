"""Two records of one person become one: everything moves, a withdrawal wins, two people agree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.utils import translation

from consent import actions as consenting
from consent.models import Consent, Evidence
from consent.purposes import CORE, Purpose
from consent.states import IN_FORCE, State
from foundation import approvals, moves, vault
from foundation.access import Role, Scope, command_actor
from foundation.vault import Subject
from notifications.answers import actions as answering
from notifications.answers import unread
from notifications.answers.models import Answer, Meaning
from notifications.outbox.models import Message
from registry.donors import actions, conflicts, queries
from registry.donors.actions import doors, gathering
from registry.donors.models import CallKind, CallList, CallTask, Contact, Donor, Merge, Withdrawal, Word
from registry.donors.queries import mending
from registry.donors.reasons import Reason
from registry.donors.states import DonorState
from registry.samples.models import Sample
from registry.samples.states import SampleState
from tests.factories import consent as consents
from tests.factories import donors
from tests.factories import samples as tubes
from tests.factories.foundation import StaffFactory, actor
from tests.factories.messages import MessageFactory
from tests.racing import FEWER, at_once

pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Let the sentences be read in the language they are written in."""
    with translation.override("en"):
        yield


AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
FACTS = ("document_seen", "face_seen")
ABOUT = {"name": "王丽华", "phone": "+8613812345678"}


class House(tubes.House):
    """The house of the tubes, with two who may merge records above it."""

    @property
    def manages(self) -> Any:
        """Who asks."""
        return actor(StaffFactory(role=Role.REGISTRY_MANAGER, branch=self.prefecture.parent))

    agrees = manages


@pytest.fixture
def house() -> House:
    """Return branches with their people."""
    consents.text()
    made = tubes.house()
    return House(*(getattr(made, name) for name in made.__dataclass_fields__))


def person(
    house: House, *, signed: Any = AT - timedelta(days=30), about: Any = None, **columns: Any
) -> Donor:
    """Return one record of the person, with consents."""
    donor = donors.DonorFactory(branch=house.county, about={**ABOUT, **(about or {})}, **columns)
    consents.sign(donor.subject, by=house.collects, at=signed)
    return donor


def joined(kept: Donor, other: Donor, house: House, **chosen: Any) -> Merge:
    """Join two records as two people agreed."""
    both = chosen.pop("both_documents", True)
    approval = actions.ask_to_merge(kept, other, chosen=chosen, both_documents=both, by=house.manages, at=AT)
    approvals.decide(approval, yes=True, by=house.agrees, at=AT)
    return Merge.objects.filter(donor=kept).latest("pk")


class TestWhatSomebodyAnswered:
    @pytest.fixture
    def two(self, house: House) -> tuple[Donor, Donor]:
        """Return the record that is kept, and the other one, to which a message went."""
        kept, other = person(house), person(house)
        MessageFactory(subject=other.subject, channel="EMAIL", state="SENT", due_at=AT)
        return kept, other

    @staticmethod
    def answer(other: Donor, number: str) -> Answer:
        """Return what they answered to the message."""
        message = Message.objects.select_related("subject").get(subject=other.subject)
        said = {"provider_id": number, "by": command_actor(), "at": AT, "to": message}
        answer = answering.received("EMAIL", "li@example.org", "他昨天走了", **said)
        assert answer is not None
        return answer

    @pytest.mark.parametrize("came", ["before", "afterwards"])
    def test_is_found_and_settled_at_the_record_that_is_kept(
        self, house: House, two: tuple[Donor, Donor], came: str
    ) -> None:
        kept, other = two
        answer = self.answer(other, "1") if came == "before" else None
        joined(kept, other, house)
        answer = Answer.objects.get(pk=(answer or self.answer(other, "1")).pk)
        assert answer.subject_id == kept.subject_id
        assert list(unread.of([kept.subject_id], [])) == [answer]

        lin = actor(StaffFactory(role=Role.COORDINATOR, branch=house.county))
        answering.settle(answer, answering.Said(Meaning.DIED, who=other.subject), by=lin, at=AT)

        assert Donor.objects.get(pk=kept.pk).death_reported_at == AT


def withdrawn(donor: Donor, house: House, *, days: int) -> None:
    """Let the person withdraw under one record, some days ago."""
    at = AT - timedelta(days=days)
    actions.withdraw(donor, by=house.collects, at=at, word=Word.STAFF_TWO_FACTS, facts=FACTS)


def again(donor: Donor) -> Donor:
    """Return the row as it is now."""
    return Donor.objects.select_related("subject").get(pk=donor.pk)


def ringing(house: House) -> CallList:
    """Return a list of the prefecture for an afternoon."""
    branch = house.prefecture
    columns = {"branch": branch, "branch_path": branch.path, "purpose": "check", "on_date": AT.date()}
    return CallList.objects.create(name="周六", at=AT, **columns, **house.sends.columns())


def document_of(donor: Donor) -> str:
    """Return the number of a donor's document."""
    return str(vault.open_one(donor, "document")["document"])


class TestJoining:
    def test_finds_the_person_once_by_either_document(self, house: House) -> None:
        kept, other = person(house, state=DonorState.LISTED), person(house)
        numbers = [document_of(donor) for donor in (kept, other)]

        joined(kept, other, house)

        scope = Scope.of([house.prefecture.parent.path])
        for text in (*numbers, ABOUT["phone"], ABOUT["name"]):
            assert [donor.pk for donor in queries.find(text, scope=scope)] == [kept.pk]
        assert list(Donor.objects.visible_to(scope)) == [kept]
        for number in numbers:
            assert doors.is_registered("RESIDENT_ID", number, by=house.collects, at=AT)

    def test_forgets_a_document_that_was_written_down_wrong(self, house: House) -> None:
        kept, other = person(house), person(house)
        wrong = document_of(other)

        joined(kept, other, house, both_documents=False)

        assert not doors.is_registered("RESIDENT_ID", wrong, by=house.collects, at=AT)
        assert again(other).subject.document_index is None

    def test_takes_the_values_that_were_chosen(self, house: House) -> None:
        kept = person(house, about={"workplace": ""})
        other = person(house, about={"name": "王麗華", "phone": "+8613900000009", "workplace": "示例医院"})
        theirs = document_of(other)

        joined(kept, other, house, document="other", phone="other", name="kept")

        now = again(kept)
        opened = vault.open_one(now, "name", "document", "phone", "workplace")
        assert opened == {
            "name": ABOUT["name"],
            "document": theirs,
            "phone": "+8613900000009",
            "workplace": "示例医院",
        }
        assert now.subject.document_index in vault.index.document("RESIDENT_ID", theirs).each

    def test_leaves_the_other_record_in_no_list_and_no_count(self, house: House) -> None:
        kept, other = person(house, state=DonorState.LISTED), person(house, state=DonorState.LISTED)

        joined(kept, other, house)

        empty = again(other)
        assert (empty.state, empty.merged_into_id, empty.left_reason) == (
            DonorState.TRANSFERRED, kept.pk, Reason.MERGED,
        )  # fmt: skip
        assert (empty.name_index, empty.phone_index, empty.initials_index) == (None, None, None)
        assert Donor.objects.searchable().count() == 1
        assert not Donor.objects.live().filter(pk=other.pk).exists()

    def test_brings_contacts_calls_and_notes_over(self, house: House) -> None:
        kept, other = person(house, state=DonorState.TYPED), person(house)
        task = donors.CallTaskFactory(donor=other, kind=CallKind.OTHER)
        call = donors.CallFactory(donor=other, task=task, kind=CallKind.OTHER, number="1", answers={})
        actions.object_to(other, by=house.collects, at=AT, words="妈妈反对")

        joined(kept, other, house)

        assert Contact.objects.filter(donor=kept).count() == 4
        call = type(call).objects.get(pk=call.pk)
        assert (call.donor_id, call.number) == (kept.pk, "3")
        assert CallTask.objects.get(pk=task.pk).donor_id == kept.pk
        assert again(kept).objected_at == AT
        assert kept.notes.count() == 1

    def test_takes_its_calls_off_the_lists_and_out_of_the_hands_of_the_branch_they_leave(
        self, house: House
    ) -> None:
        kept, other = person(house), person(house)
        path = house.prefecture.path
        Donor.objects.filter(pk=other.pk).update(service_branch=house.prefecture, service_path=path)
        held = {"owner": house.caseworker, "held_by": house.caseworker, "held_until": AT}
        on_list = {"call_list": ringing(house), **held}
        task = donors.CallTaskFactory(donor=again(other), kind=CallKind.OTHER, **on_list)

        made = joined(kept, again(other), house)

        task.refresh_from_db()
        assert (task.donor_id, task.service_path) == (kept.pk, kept.service_path)
        assert (task.call_list, task.owner, task.held_by, task.held_until) == (None,) * 4
        CallTask.objects.filter(pk=task.pk).update(call_list=ringing(house))
        asked = actions.ask_to_part(again(kept), by=house.manages, at=made.at)
        approvals.decide(asked, yes=True, by=house.agrees, at=made.at)
        task.refresh_from_db()
        assert (task.donor_id, task.service_path, task.call_list) == (other.pk, path, None)

    def test_lets_the_newer_answer_hold(self, house: House) -> None:
        kept, other = person(house), person(house, signed=AT - timedelta(days=3))

        joined(kept, other, house)

        standing = Consent.objects.filter(subject=kept.subject, state__in=IN_FORCE)
        assert standing.count() == len(CORE) + 1
        assert {consent.answered_at for consent in standing} == {AT - timedelta(days=3)}
        assert Consent.objects.filter(state=State.SUPERSEDED).count() == len(CORE) + 1

    def test_does_not_revive_what_was_refused_later(self, house: House) -> None:
        kept, other = (
            person(house, signed=AT - timedelta(days=30)),
            person(house, signed=AT - timedelta(days=20)),
        )
        phone = Consent.objects.get(subject=kept.subject, purpose=Purpose.CONTACT_PHONE)
        consenting.withdraw(phone, by=house.collects, at=AT - timedelta(days=10))

        joined(kept, other, house)

        found = Consent.objects.filter(
            subject=kept.subject, purpose=Purpose.CONTACT_PHONE, state__in=IN_FORCE
        )
        assert not found.exists()

    def test_turns_a_second_tube_away_and_keeps_the_first(self, house: House) -> None:
        first, second = tubes.tube(house), tubes.tube(house)
        kept, other = Donor.objects.get(pk=first.donor_id), Donor.objects.get(pk=second.donor_id)
        box = tubes.box(house, first, second)

        joined(kept, other, house)

        second = Sample.objects.get(pk=second.pk)
        assert (second.donor_id, second.state, second.reject_reason) == (
            kept.pk, SampleState.REJECTED, "DUPLICATE",
        )  # fmt: skip
        assert Sample.objects.get(pk=first.pk).batch_id == box.pk
        assert again(kept).state == DonorState.SAMPLED

    def test_keeps_the_pause_that_was_asked_for(self, house: House) -> None:
        kept, other = person(house, state=DonorState.LISTED), person(house, state=DonorState.ON_HOLD)

        joined(kept, other, house)

        now = again(kept)
        assert (now.state, now.hold_until) == (DonorState.ON_HOLD, other.hold_until)

    def test_marks_what_was_signed_under_the_other_record(self, house: House) -> None:
        kept, other = person(house), person(house)
        proof = Evidence.objects.get(subject=other.subject)

        joined(kept, other, house)

        moved = Evidence.objects.get(pk=proof.pk)
        assert moved.subject_id == kept.subject_id
        assert [remark.kind for remark in moved.remarks.all()] == ["OTHER_RECORD"]
        assert vault.open_one(moved, "content") == vault.open_one(proof, "content")

    def test_shows_in_the_timeline_without_values(self, house: House) -> None:
        kept, other = person(house), person(house)
        joined(kept, other, house)
        lines = queries.timeline(mending.steps_of_both(again(kept)), mending.mended(kept))
        assert any("joined" in str(line.words) for line in lines)
        assert ABOUT["name"] not in str([line.words for line in lines])


class TestAnErasure:
    def test_of_the_person_erases_what_was_kept_under_the_other_record(self, house: House) -> None:
        kept, other = person(house), person(house)
        joined(kept, other, house)

        vault.erase(kept.subject, by=house.manages, at=AT)

        assert Subject.objects.filter(erased_at__isnull=False).count() == 2
        found = vault.open_one(Evidence.objects.filter(subject=kept.subject).first(), "content")["content"]
        assert isinstance(found, vault.Erased)


class TestADeathReport:
    def test_reaches_both_documents(self, house: House) -> None:
        kept, other = person(house), person(house)
        joined(kept, other, house)
        actions.report_dead(again(kept), by=house.collects, at=AT)
        assert Subject.objects.filter(died_reported_at__isnull=False).count() == 2


class TestAWithdrawal:
    @pytest.mark.parametrize("kept_is_withdrawn", [True, False], ids=["kept", "emptied"])
    def test_under_either_record_holds_for_the_person(self, kept_is_withdrawn: bool, house: House) -> None:  # noqa: FBT001
        gone, live = person(house), person(house, state=DonorState.LISTED)
        actions.withdraw(
            gone, by=house.collects, at=AT - timedelta(days=1), word=Word.STAFF_TWO_FACTS, facts=FACTS
        )
        pair = (gone, live) if kept_is_withdrawn else (live, gone)

        joined(*pair, house)

        now = again(pair[0])
        assert now.state == DonorState.WITHDRAWN
        assert not Consent.objects.filter(state__in=IN_FORCE).exists()
        assert not Donor.objects.searchable().exists()
        assert Withdrawal.objects.filter(donor=now, ended_at__isnull=True).count() == 1

    def test_before_they_registered_anew_leaves_the_newer_record(self, house: House) -> None:
        gone = person(house, signed=AT - timedelta(days=90))
        actions.withdraw(
            gone, by=house.collects, at=AT - timedelta(days=60), word=Word.STAFF_TWO_FACTS, facts=FACTS
        )
        anew = person(house, signed=AT - timedelta(days=10), registered_at=AT - timedelta(days=10))

        assert conflicts.of(again(gone), anew)
        joined(anew, again(gone), house)

        assert again(anew).state == DonorState.REGISTERED
        standing = Consent.objects.filter(subject=anew.subject, state__in=IN_FORCE)
        assert standing.count() == len(CORE) + 1
        assert not Withdrawal.objects.filter(donor=anew, ended_at__isnull=True).exists()

    def test_holds_both_records_at_once_as_a_parting_does(self, house: House, monkeypatch: Any) -> None:
        kept, other = person(house), person(house)
        joined(kept, other, house)
        held: list[set[Any]] = []
        lock = vault.lock
        monkeypatch.setattr(vault, "lock", lambda *ids: (held.append(set(ids)), lock(*ids)))

        withdrawn(other, house, days=0)

        assert held[0] == {kept.subject_id, other.subject_id}
        assert again(kept).state == DonorState.WITHDRAWN


class TestARefusal:
    @pytest.mark.parametrize("whose", [0, 1], ids=["kept", "emptied"])
    def test_leaves_a_value_alone_that_does_not_open(self, whose: int, house: House) -> None:
        pair = person(house), person(house)
        asked = actions.ask_to_merge(*pair, chosen={}, both_documents=True, by=house.manages, at=AT)
        Donor.objects.filter(pk=pair[whose].pk).update(seal_version=99)
        before = Donor.objects.values("name", "address", "seal_version").get(pk=pair[whose].pk)

        for attempt in (
            lambda: actions.ask_to_merge(*pair, chosen={}, both_documents=True, by=house.manages, at=AT),
            lambda: approvals.decide(asked, yes=True, by=house.agrees, at=AT),
        ):
            with pytest.raises(moves.Refused) as refused:
                attempt()
            assert "does not open" in " ".join(refused.value.sentences)

        assert Donor.objects.values("name", "address", "seal_version").get(pk=pair[whose].pk) == before

    @pytest.mark.parametrize(
        ("kept", "other", "words"),
        [
            (DonorState.IN_CASE, DonorState.IN_CASE, "Both are kept for a patient"),
            (DonorState.LISTED, DonorState.IN_CASE, "went further"),
            (DonorState.DONATED, DonorState.IN_CASE, "The match ends first"),
            (DonorState.IN_CASE, DonorState.DONATED, "The match ends first"),
            (DonorState.REGISTERED, DonorState.TYPED, "went further"),
            (DonorState.LISTED, DonorState.EXCLUDED, "has left the register"),
            (DonorState.DECEASED, DonorState.LISTED, "has left the register"),
            (DonorState.AGED_OUT, DonorState.WITHDRAWN, "its end holds"),
        ],
    )
    def test_says_why(self, kept: DonorState, other: DonorState, words: str, house: House) -> None:
        pair = person(house, state=kept), person(house, state=other)
        with pytest.raises(moves.Refused) as refused:
            actions.ask_to_merge(*pair, chosen={}, both_documents=True, by=house.manages, at=AT)
        assert words in str(refused.value.sentences[0])

    def test_meets_who_asked_and_wants_to_agree(self, house: House) -> None:
        manager = house.manages
        kept, other = person(house), person(house)
        approval = actions.ask_to_merge(kept, other, chosen={}, both_documents=True, by=manager, at=AT)
        with pytest.raises(approvals.NotYours):
            approvals.decide(approval, yes=True, by=manager, at=AT)

    def test_meets_who_sees_only_one_of_the_two(self, house: House) -> None:
        kept, other = person(house), donors.DonorFactory(branch=tubes.house().county)
        with pytest.raises(moves.NotAllowed):
            actions.ask_to_merge(kept, other, chosen={}, both_documents=True, by=house.manages, at=AT)


def states_of(*pair: Donor) -> list[Any]:
    """Return everything a merge may change of two records, for comparing."""
    found = []
    for donor in map(again, pair):
        values = gathering.values_of(donor)
        rows = {
            "contacts": sorted(donor.contacts.values_list("pk", "order")),
            "tasks": sorted(donor.call_tasks.values_list("pk", "state", "service_path")),
            "consents": sorted(donor.subject.consents.values_list("pk", "state")),
            "evidence": sorted(donor.subject.evidence.values_list("pk", flat=True)),
            "samples": sorted(donor.samples.values_list("pk", flat=True)),
        }
        kept = (donor.state, donor.service_path, donor.owner_path, donor.hold_until, donor.return_to)
        indexes = (donor.subject.document_index, donor.name_index, donor.phone_index, donor.initials_index)
        found.append((values, rows, kept, indexes))
    return found


class TestUndoing:
    @pytest.mark.parametrize("document", ["kept", "other"])
    def test_gives_each_their_own_back(self, document: str, house: House) -> None:
        kept = person(house, state=DonorState.LISTED)
        other = person(house, state=DonorState.ON_HOLD, about={"name": "王丽花"})
        donors.CallTaskFactory(donor=kept, kind=CallKind.OTHER)
        donors.CallTaskFactory(donor=other, kind=CallKind.OTHER)
        before = states_of(kept, other)
        joined(kept, other, house, document=document, phone="other")
        assert states_of(kept, other) != before

        approval = actions.ask_to_part(again(kept), by=house.manages, at=AT + timedelta(hours=2))
        approvals.decide(approval, yes=True, by=house.agrees, at=AT + timedelta(hours=3))

        assert states_of(kept, other) == before

    def test_is_too_late_after_three_days(self, house: House) -> None:
        kept, other = person(house), person(house)
        joined(kept, other, house)
        with pytest.raises(moves.Refused):
            actions.ask_to_part(again(kept), by=house.manages, at=AT + timedelta(hours=73))

    def test_never_undoes_a_withdrawal(self, house: House) -> None:
        gone, live = person(house), person(house)
        actions.withdraw(
            gone, by=house.collects, at=AT - timedelta(days=1), word=Word.STAFF_TWO_FACTS, facts=FACTS
        )
        joined(live, gone, house)
        with pytest.raises(moves.Refused):
            actions.ask_to_part(again(live), by=house.manages, at=AT + timedelta(hours=1))


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
class TestAtOneInstant:
    @pytest.mark.slow
    def test_two_merges_of_one_pair_make_one(self, house: House) -> None:
        for _ in range(FEWER):
            one, other = person(house), person(house)
            manager, agrees = house.manages, house.agrees
            first = actions.ask_to_merge(one, other, chosen={}, both_documents=True, by=manager, at=AT)
            second = actions.ask_to_merge(other, one, chosen={}, both_documents=True, by=manager, at=AT)

            answers = at_once(
                lambda first=first, agrees=agrees: approvals.decide(first, yes=True, by=agrees, at=AT),
                lambda second=second, agrees=agrees: approvals.decide(second, yes=True, by=agrees, at=AT),
            )

            check_one_won(answers)
            assert Merge.objects.filter(donor__in=[one, other]).count() == 1
            assert sorted(again(d).merged_into_id is None for d in (one, other)) == [False, True]

    def test_a_withdrawal_wins_whoever_is_first(self, house: House, settings: Any) -> None:
        settings.DOOR_WITHDRAWN_PER_HOUR = FEWER * 2
        for turn in range(FEWER):
            kept, other = person(house, state=DonorState.LISTED), person(house)
            approval = actions.ask_to_merge(
                kept, other, chosen={}, both_documents=True, by=house.manages, at=AT
            )
            agrees, who = house.agrees, (kept, other)[turn % 2]
            number, on = document_of(who), house.county
            second = actions.SecondFact(name=ABOUT["name"])
            desk = house.collects

            merged, receipt = at_once(
                lambda approval=approval, agrees=agrees: approvals.decide(
                    approval, yes=True, by=agrees, at=AT
                ),
                lambda number=number, on=on, second=second, desk=desk: actions.withdraw_by_document(
                    kind="RESIDENT_ID", number=number, second=second, by=desk, at=AT, on=on
                ),
            )

            assert isinstance(receipt, Withdrawal), receipt
            assert not isinstance(merged, Exception) or getattr(merged, "sentences", None), repr(merged)
            assert not Donor.objects.searchable().filter(pk__in=[kept.pk, other.pk]).exists() or (
                isinstance(merged, Exception) and who == other
            )
            if not isinstance(merged, Exception):
                assert again(kept).state == DonorState.WITHDRAWN
                assert not Consent.objects.filter(subject=kept.subject, state__in=IN_FORCE).exists()


def check_one_won(answers: list[Any]) -> None:
    """Check that one act held, and that who lost learned a sentence."""
    lost = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(lost) == len(answers) - 1, answers
    assert all(getattr(fault, "sentences", None) for fault in lost), lost


def test_every_table_that_points_to_a_donor_is_thought_of() -> None:
    brought = {
        "registry.CallTask", "registry.Call", "registry.Contact", "registry.Withdrawal", "registry.Sample",
        "registry.StoredTyping", "registry.SheetEntry", "registry.RecordsEntry", "registry.Donor",
        "registry.MatchCase", "registry.Talk", "registry.WinBack",
        *(model._meta.label for model in gathering.PLAINLY.values()),
    }  # fmt: skip
    # History of a day or of a draw, which stays with the empty record.
    stay = {"registry.Draft", "registry.ClosingGap", "notifications.CampaignMember"}
    pointing = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Donor
    }
    assert pointing - brought - stay == set()
