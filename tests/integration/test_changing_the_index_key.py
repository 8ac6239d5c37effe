"""The index key is changed while people work: everybody is found, and nobody is registered twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from foundation import keyring, vault
from foundation.access import Role, Scope
from foundation.trail import Actor, ActorKind
from foundation.trail.models import TrailRow
from foundation.vault import Capacity, Sealed, Subject, indexed, reindexing
from foundation.vault.models import IndexTurn
from registry.donors import actions, queries
from registry.donors.actions import doors
from registry.donors.models import Donor
from tests.factories import consent as consents
from tests.factories import samples as tubes
from tests.factories.donors import DonorFactory, contacts, person
from tests.factories.foundation import StaffFactory, actor
from tests.racing import FEWER, at_once

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.usefixtures("own_keyring")]
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
BY = Actor(ActorKind.COMMAND, "tests")
TRIES = 30
MEANWHILE = 5  # people at least who come while the key is changed


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: Any) -> None:
    """A change of many pieces."""
    monkeypatch.setattr(reindexing, "PIECE", 2)
    monkeypatch.setattr(reindexing, "PAUSE_SECONDS", 0.01)


def stopped_after(pieces: int) -> Callable[[], bool]:
    """Return a stop that says yes after so many pieces, as a kill would."""
    asked = iter(range(pieces))
    return lambda: next(asked, None) is None


def found(donor: Donor) -> set[str]:
    """Return by what a donor is found now."""
    words = vault.open_one(donor, "name", "phone", "document")
    here = Scope.of([donor.service_path])
    return {what for what, text in words.items() if donor in queries.find(str(text), scope=here)}


def coordinator_of(donor: Donor) -> Actor:
    """Return who looks after a donor."""
    return actor(StaffFactory(role=Role.COORDINATOR, branch=donor.service_branch))


def comes(house: tubes.House) -> Donor:
    """Register one more volunteer as a desk does, with a document."""
    who = person()
    with transaction.atomic():
        subject = vault.create_subject(
            capacity=Capacity.DONOR,
            branch=house.county,
            document_index=vault.index.document(who.document_kind, who.document_number),
            at=AT,
        )
        consents.sign(subject, by=house.collects, at=AT, proof=consents.drawn())
        return actions.register(subject, who, contacts(), branch=house.county, by=house.collects, at=AT)


def is_known(donor: Donor) -> bool:
    """Return whether the door says that somebody with this document is registered."""
    number = vault.open_one(donor, "document")["document"]
    return doors.is_registered(donor.document_kind, str(number), by=BY, at=AT)


def again(donor: Donor) -> Subject:
    """Try to register the same document again."""
    number = str(vault.open_one(donor, "document")["document"])
    with transaction.atomic():
        return vault.create_subject(
            capacity=Capacity.DONOR,
            branch=donor.service_branch,
            document_index=vault.index.document(donor.document_kind, number),
            at=AT,
        )


def until_done() -> None:
    """Go on until the change is done; somebody may have a row in hand for a while."""
    for _ in range(TRIES):
        with suppress(reindexing.CannotChange):
            if reindexing.go_on(by=BY, at=AT):
                return
    raise AssertionError(reindexing.standing())


def is_done(key_id: str) -> bool:
    """Return whether every index stands under one key, and nothing is left of the one before."""
    now = reindexing.standing()
    return (now.now, now.next, now.waiting, now.no_longer_needed) == (key_id, "", 0, [])


ALL = {"name", "phone", "document"}


class TestChange:
    def test_leaves_everybody_found_and_one_key(self) -> None:
        people = [DonorFactory() for _ in range(5)]
        before = Donor.objects.get(pk=people[0].pk).phone_index
        reindexing.begin(by=BY, at=AT)
        assert reindexing.go_on(by=BY, at=AT)
        now = Donor.objects.get(pk=people[0].pk)
        assert now.phone_index != before
        assert (now.phone_index_next, now.subject.document_index_next) == (None, None)
        assert all(found(donor) == ALL for donor in people)
        assert list(keyring.current().indexes) == ["2"]
        assert is_done("2")

    @pytest.mark.parametrize("pieces", range(0, 22, 2))
    def test_killed_anywhere_finds_everybody_refuses_duplicates_and_goes_on(self, pieces: int) -> None:
        people = [DonorFactory() for _ in range(5)]
        reindexing.begin(by=BY, at=AT)
        reindexing.go_on(by=BY, at=AT, stop=stopped_after(pieces))
        people.append(DonorFactory())  # somebody new meanwhile
        actions.record_new_number(people[0], "13866669999", by=coordinator_of(people[0]), at=AT)
        people[0] = Donor.objects.get(pk=people[0].pk)
        for donor in people:
            assert found(donor) == ALL
            assert is_known(donor)
            with pytest.raises(vault.AlreadyThere):
                again(donor)
        for _ in range(TRIES):
            assert all(is_known(donor) for donor in people)
            if reindexing.go_on(by=BY, at=AT, stop=stopped_after(3)):
                break
        assert all(found(donor) == ALL for donor in people)
        assert is_done("2")

    def test_can_be_made_again_and_again(self) -> None:
        donor = DonorFactory()
        for key_id in ("2", "3"):
            reindexing.begin(by=BY, at=AT)
            assert reindexing.go_on(by=BY, at=AT)
            assert IndexTurn.objects.get().now == key_id
        assert found(donor) == ALL

    def test_is_begun_once(self) -> None:
        reindexing.begin(by=BY, at=AT)
        with pytest.raises(reindexing.CannotChange):
            reindexing.begin(by=BY, at=AT)

    def test_says_so_where_words_do_not_open_and_loses_nobody(self) -> None:
        donor, other = DonorFactory(), DonorFactory()
        whole = donor.document
        Donor.objects.filter(pk=donor.pk).update(document=Sealed(b"rubbish"))
        reindexing.begin(by=BY, at=AT)
        with pytest.raises(reindexing.CannotChange, match="1 rows of foundation_subject"):
            reindexing.go_on(by=BY, at=AT)
        assert found(other) == ALL
        Donor.objects.filter(pk=donor.pk).update(document=whole)
        assert reindexing.go_on(by=BY, at=AT)
        assert found(donor) == ALL

    def test_forgets_an_erased_person_s_indexes_under_both_keys(self) -> None:
        donor = DonorFactory()
        reindexing.begin(by=BY, at=AT)
        reindexing.go_on(by=BY, at=AT, stop=stopped_after(4))
        vault.erase(donor.subject, by=BY, at=AT)
        assert reindexing.go_on(by=BY, at=AT)
        now = Donor.objects.get(pk=donor.pk)
        assert (now.phone_index, now.name_index, now.subject.document_index) == (None, None, None)

    def test_is_on_the_trail(self) -> None:
        reindexing.begin(by=BY, at=AT)
        reindexing.go_on(by=BY, at=AT)
        steps = [f"index_key.{step}" for step in ("begun", "filled", "changed", "dropped")]
        told = TrailRow.objects.filter(verb__startswith="index_key.").order_by("pk")
        assert list(told.values_list("verb", flat=True)) == steps

    def test_reports_the_death_of_one_person_under_either_key(self) -> None:
        donor = DonorFactory()
        reindexing.begin(by=BY, at=AT)
        number = str(vault.open_one(donor, "document")["document"])
        index = vault.index.document(donor.document_kind, number)
        with transaction.atomic():
            pledger = vault.create_subject(
                capacity=Capacity.PLEDGER, branch=donor.service_branch, document_index=index, at=AT
            )
        assert {one.pk for one in vault.report_dead(donor.subject, by=BY, at=AT)} == {
            donor.subject_id,
            pledger.pk,
        }


class TestKeyring:
    def test_of_yesterday_lets_nobody_be_registered_twice(self, settings: Any, tmp_path: Any) -> None:
        donor, old = DonorFactory(), tmp_path / "old.json"
        old.write_text(keyring.current().write())
        old.chmod(0o600)
        reindexing.begin(by=BY, at=AT)
        reindexing.go_on(by=BY, at=AT)
        settings.KEYRING = f"file:{old}"
        with pytest.raises(keyring.KeyringWrong):
            again(donor)

    def test_of_today_makes_the_indexes_of_an_old_backup_anew(self, settings: Any, tmp_path: Any) -> None:
        donor = DonorFactory()
        fresh = keyring.current().with_new_index().with_no_index_before("2")
        (tmp_path / "today.json").write_text(fresh.write())
        (tmp_path / "today.json").chmod(0o600)
        settings.KEYRING = f"file:{tmp_path / 'today.json'}"
        with pytest.raises(keyring.KeyringWrong):
            again(donor)
        out = StringIO()
        call_command("keys", "status", stdout=out)
        assert "NOT IN THE KEYRING" in out.getvalue()
        call_command("keys", "rotate", "--index", stdout=out, stderr=StringIO())
        assert found(donor) == ALL

    def test_that_is_kept_elsewhere_is_told_what_to_remove(self, settings: Any, monkeypatch: Any) -> None:
        donor = DonorFactory()
        monkeypatch.setenv("TEST_RING", keyring.current().with_new_index().write())
        settings.KEYRING = "env:TEST_RING"
        out = StringIO()
        call_command("keys", "rotate", "--index", stdout=out, stderr=StringIO())
        assert "remove 1 from the text" in out.getvalue()
        assert found(donor) == ALL
        assert IndexTurn.objects.get().now == "2"


class TestCommand:
    def test_changes_the_key_and_says_so(self) -> None:
        donor, out = DonorFactory(), StringIO()
        call_command("keys", "rotate", "--index", stdout=out, stderr=StringIO())
        call_command("keys", "status", stdout=out)
        assert "Everything is found under index key 2." in out.getvalue()
        assert "index key 2: in use" in out.getvalue()
        assert found(donor) == ALL

    def test_says_how_far_a_change_is(self) -> None:
        DonorFactory()
        reindexing.begin(by=BY, at=AT)
        out = StringIO()
        call_command("keys", "status", stdout=out)
        assert "index key 1: gives way to index key 2, 2 rows to be filled" in out.getvalue()


def test_a_room_answers_for_every_blind_index() -> None:
    tables = {model._meta.db_table for model in indexed.tables()}
    assert tables == {room.rows().model._meta.db_table for room in indexed.registered()}


@pytest.mark.django_db(transaction=True)
class TestWhileOthersWrite:
    def test_one_of_two_registrations_of_one_person_wins(self) -> None:
        """Whatever step the change is at, and while it steps on."""
        consents.text()
        house = tubes.house()
        for round_ in range(FEWER):
            model = comes(house)
            reindexing.begin(by=BY, at=AT)

            def register(branch: Any = model.service_branch, kind: str = f"new person {round_}") -> Subject:
                with transaction.atomic():
                    return vault.create_subject(
                        capacity=Capacity.PATIENT,
                        branch=branch,
                        document_index=vault.index.document("RESIDENT_ID", kind),
                        at=AT,
                    )

            answers = at_once(register, lambda: reindexing.go_on(by=BY, at=AT), register, register)
            won = [one for one in answers if isinstance(one, Subject)]
            lost = [one for one in answers if isinstance(one, vault.AlreadyThere)]
            assert (len(won), len(lost)) == (1, 2), answers
            Subject.objects.filter(capacity=Capacity.PATIENT).delete()  # no room answers for patients yet
            until_done()
            assert found(Donor.objects.get(pk=model.pk)) == ALL

    def test_people_come_change_their_numbers_and_go(self) -> None:
        consents.text()
        house = tubes.house()
        people = [comes(house) for _ in range(6)]
        ended = threading.Event()

        def write() -> list[Donor]:
            made: list[Donor] = []
            while not ended.wait(0.02) or len(made) < MEANWHILE:
                made.append(comes(house))
                number = f"138{len(made):08}"
                actions.record_new_number(made[len(made) // 2], number, by=house.collects, at=AT)
            return made

        def change() -> None:
            try:
                for _ in range(2):
                    reindexing.begin(by=BY, at=AT)
                    until_done()
            finally:
                ended.set()

        made, changed = at_once(write, change)
        assert changed is None
        assert len(made) >= MEANWHILE
        assert is_done("3")
        for donor in Donor.objects.filter(pk__in=[one.pk for one in [*people, *made]]):
            assert found(donor) == ALL
            with pytest.raises(vault.AlreadyThere):
                again(donor)

    def test_two_processes_change_it_at_once(self) -> None:
        consents.text()
        house = tubes.house()
        for _ in range(FEWER):
            donor = comes(house)
            reindexing.begin(by=BY, at=AT)
            answers = at_once(*[lambda: reindexing.go_on(by=BY, at=AT)] * 2)
            assert all(a is True or isinstance(a, reindexing.CannotChange) for a in answers), answers
            until_done()
            assert found(Donor.objects.get(pk=donor.pk)) == ALL

    def test_the_database_refuses_a_second_document_under_the_next_key(self) -> None:
        donor = DonorFactory()
        Subject.objects.filter(pk=donor.subject_id).update(document_index_next="n" * 64)
        other = DonorFactory()
        with pytest.raises(IntegrityError), transaction.atomic():
            Subject.objects.filter(pk=other.subject_id).update(document_index_next="n" * 64)
