"""Keys are destroyed and changed at the very moment others write: nothing is left unreadable.

Source: design/security.md section 4.9; security-checklist.md 48, 49
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from consent import actions as consenting
from foundation import keyring, vault
from foundation.keyring import KeyringWrong
from foundation.trail import Actor, ActorKind
from foundation.vault import Broken, DataKey, Epoch, Erased, keys, rotation
from foundation.vault.fields import SealedModel, sealed_fields
from foundation.vault.rotation import CannotDestroy
from foundation.vault.writing import CannotReseal
from registry.donors import actions
from registry.donors.models import Donor
from registry.donors.reasons import Reason
from tests.factories import consent as consents
from tests.factories import donors
from tests.factories import samples as tubes
from tests.racing import ROUNDS, at_once
from tests.watching import raw_database

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.usefixtures("own_keyring"),
]
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
BY = Actor(ActorKind.COMMAND, "tests")
LONG_AFTER = AT + timedelta(days=400)


@pytest.fixture
def house() -> tubes.House:
    """Return a county with its people."""
    consents.text()
    return tubes.house()


def unreadable() -> list[str]:
    """
    Return every sealed cell of the database that neither opens nor was erased.

    Asked once, after all rounds: what is unreadable stays so.
    """
    found = []
    for model in apps.get_models():
        if not issubclass(model, SealedModel):
            continue
        names = [field.attname for field in sealed_fields(model)]
        rows = list(model._default_manager.all())
        for row, cells in zip(rows, vault.open(rows, names), strict=True):
            found += [f"{row!r}.{name}" for name, value in cells.items() if isinstance(value, Broken)]
    return found


def sealed_of(donor: Donor) -> set[type]:
    """Return of what kinds a donor's values are now."""
    return {type(value) for value in vault.open_one(Donor.objects.get(pk=donor.pk)).values()} - {type(None)}


def writes(donor: Donor, by: Actor) -> list[Callable[[], Any]]:
    """Return acts that seal something under a donor's key."""
    until = date(2027, 3, 1)
    return [
        lambda: actions.record_new_number(donor, "13866669999", by=by, at=AT),
        lambda: actions.hold(donor, until=until, reason=Reason.OT, by=by, at=AT, words="出差"),
        lambda: actions.record_call(donor, kind="OTHER", result="REACHED", by=by, at=AT, words="很好"),
    ]


class TestSubjectsKey:
    @pytest.mark.slow
    def test_destroyed_while_others_write_leaves_nothing_readable_and_nothing_broken(
        self, house: tubes.House
    ) -> None:
        by = house.collects
        for _ in range(ROUNDS):
            donor = tubes.volunteer(house)
            erased, *written = at_once(
                lambda donor=donor: vault.erase(donor.subject, by=BY, at=AT), *writes(donor, by)
            )
            assert erased is None
            told = [one for one in written if isinstance(one, Exception)]
            assert all(hasattr(one, "sentences") for one in told), told
            assert sealed_of(donor) == {Erased}
            now = Donor.objects.select_related("subject").get(pk=donor.pk)
            assert (now.subject.key_id, now.name_index, now.phone_index) == (None, None, None)
        assert unreadable() == []

    def test_destroyed_leaves_no_copy_in_the_database_s_files(self, house: tubes.House) -> None:
        """No copy of the wrapped key, nor of what it sealed, where the bytes of deleted rows survive."""
        donor = tubes.volunteer(house)
        wrapped = bytes(DataKey.objects.get(pk=donor.subject.key_id).wrapped)
        assert wrapped in raw_database()
        vault.erase(donor.subject, by=BY, at=AT)
        assert wrapped not in raw_database()

    def test_destroyed_while_a_scan_comes_in(self, house: tubes.House) -> None:
        for _ in range(ROUNDS):
            donor = tubes.volunteer(house, on_paper=True)
            by = house.collects
            erased, scan = at_once(
                lambda donor=donor: vault.erase(donor.subject, by=BY, at=AT),
                lambda donor=donor, by=by: consenting.attach_scan(
                    donor.subject, consents.jpeg(), by=by, at=AT
                ),
            )
            assert erased is None
            assert not isinstance(scan, Exception) or hasattr(scan, "sentences"), repr(scan)
        assert unreadable() == []

    def test_destroyed_twice_at_once_is_destroyed(self, house: tubes.House) -> None:
        for _ in range(ROUNDS):
            donor = tubes.volunteer(house)
            answers = at_once(*[lambda donor=donor: vault.erase(donor.subject, by=BY, at=AT)] * 2)
            assert answers == [None, None]
            assert sealed_of(donor) == {Erased}

    def test_destroyed_before_a_form_is_sent_gives_a_sentence(
        self, house: tubes.House, signed_in: Any
    ) -> None:
        donor = tubes.volunteer(house)
        vault.erase(donor.subject, by=BY, at=AT)
        page: Client = signed_in(house.coordinator)
        for act, data in (
            ("details", {"address": "浙江省"}),
            ("hold", {"reason": "PR_AMBIVALENT", "until": "2027-01-01", "words": "出差"}),
            ("object", {"words": "出差"}),
            ("call", {"number": "donor", "result": "REACHED", "words": "出差"}),
            ("show", {"reason": "reach"}),
            ("withdraw", {"document_seen": "on", "samples": "later"}),
        ):
            answer = page.post(f"/donors/{donor.pk}/{act}/", data)
            assert answer.status_code in {200, 302, 422}, (act, answer.status_code)
        assert sealed_of(donor) == {Erased}


class TestRotation:
    @pytest.mark.slow
    def test_goes_on_while_others_write_and_leaves_all_readable(self, house: tubes.House) -> None:
        by = house.collects
        for _ in range(ROUNDS):
            people = [tubes.volunteer(house) for _ in range(4)]
            rotation.begin(by=BY, at=AT)

            def write(people: list[Donor] = people) -> None:
                for donor in people:
                    actions.record_new_number(donor, "13866669999", by=by, at=AT)

            rewrapped, written, made, erased = at_once(
                rotation.rewrap,
                write,
                lambda: tubes.volunteer(house),
                lambda people=people: vault.erase(people[0].subject, by=BY, at=AT),
            )
            rotation.rewrap()
            assert isinstance(rewrapped, int), rewrapped
            assert isinstance(made, Donor), made
            assert erased is None
            assert written is None or hasattr(written, "sentences"), repr(written)
            newest = keys.newest_epoch()
            assert not DataKey.objects.exclude(epoch=newest).exists()
        assert unreadable() == []

    def test_by_two_people_at_once_wraps_every_key_once(self, house: tubes.House) -> None:
        for _ in range(ROUNDS):
            people = [tubes.volunteer(house) for _ in range(3)]
            rotation.begin(by=BY, at=AT)
            answers = at_once(rotation.rewrap, rotation.rewrap)
            assert all(isinstance(answer, int) for answer in answers), answers
            assert {str} == set().union(*(sealed_of(donor) for donor in people))
        assert unreadable() == []


class TestEpoch:
    def test_destroyed_while_a_writer_still_wraps_under_it(self, house: tubes.House, tmp_path: Any) -> None:
        """Either the key came first, and the epoch stays; or the epoch went, and the writer fails."""
        for n in range(ROUNDS):
            old = keys.newest_epoch()
            rotation.begin(by=BY, at=AT + timedelta(days=n))
            rotation.rewrap()
            rotation.note_backup(by=BY, at=AT)
            before = DataKey.objects.count()

            def write(old: Epoch = old) -> None:
                with transaction.atomic():  # as a process does that read the newest epoch a moment ago
                    key = keys._made(old, None)
                    key.save(force_insert=True)

            written, destroyed = at_once(
                write, lambda old=old: rotation.destroy(old.pk, by=BY, at=LONG_AFTER)
            )
            outcome = (type(written), type(destroyed))
            went_first = {(IntegrityError, type(None)), (KeyringWrong, type(None))}
            assert outcome in {(type(None), CannotDestroy), *went_first}, (written, destroyed)
            kept = DataKey.objects.count() - before
            assert kept == (1 if isinstance(destroyed, CannotDestroy) else 0)
            assert None not in keys.secrets_of(DataKey.objects.values_list("pk", flat=True)).values()
            if isinstance(destroyed, CannotDestroy):
                rotation.rewrap()
                rotation.destroy(old.pk, by=BY, at=LONG_AFTER)
            assert old.pk not in keyring.current().masters

    @pytest.mark.slow
    def test_destroyed_while_another_begins_loses_no_key(self, house: tubes.House) -> None:
        for n in range(ROUNDS):
            tubes.volunteer(house)
            old = keys.newest_epoch()
            rotation.begin(by=BY, at=AT + timedelta(days=n, hours=1))
            rotation.rewrap()
            rotation.note_backup(by=BY, at=AT)
            answers = at_once(
                lambda old=old: rotation.destroy(old.pk, by=BY, at=LONG_AFTER),
                lambda n=n: rotation.begin(by=BY, at=AT + timedelta(days=n, hours=2)),
            )
            tubes.volunteer(house)
            assert {type(answer) for answer in answers} <= {type(None), CannotDestroy, Epoch}, answers
            assert set(Epoch.objects.values_list("pk", flat=True)) <= set(keyring.current().masters)
        assert unreadable() == []

    def test_destroyed_makes_a_writer_with_the_old_keyring_fail(
        self, house: tubes.House, settings: Any, tmp_path: Any
    ) -> None:
        """A process whose copy of the keyring is of yesterday writes nothing, and spoils nothing."""
        donor = tubes.volunteer(house)
        old_ring = tmp_path / "old.json"
        old_ring.write_text(keyring.current().write())
        old_ring.chmod(0o600)
        fresh = settings.KEYRING
        rotation.begin(by=BY, at=AT)
        rotation.rewrap()
        rotation.note_backup(by=BY, at=AT)
        rotation.destroy("1", by=BY, at=LONG_AFTER)

        settings.KEYRING = f"file:{old_ring}"
        with pytest.raises(KeyringWrong):
            tubes.volunteer(house)
        with pytest.raises((KeyringWrong, CannotReseal)):
            actions.record_new_number(donor, "13866669999", by=house.collects, at=AT)
        assert set(vault.open_one(Donor.objects.get(pk=donor.pk), "name").values()) != {"王丽华"}

        settings.KEYRING = fresh
        assert vault.open_one(Donor.objects.get(pk=donor.pk), "name") == {"name": "王丽华"}
        assert unreadable() == []

    def test_is_kept_while_one_key_needs_it(self, house: tubes.House) -> None:
        tubes.volunteer(house)
        rotation.begin(by=BY, at=AT)
        rotation.note_backup(by=BY, at=AT)
        with pytest.raises(CannotDestroy):
            rotation.destroy("1", by=BY, at=LONG_AFTER)
        with pytest.raises(IntegrityError), transaction.atomic():
            Epoch.objects.filter(pk="1")._raw_delete("default")
        assert "1" in keyring.current().masters


def test_the_factories_seal_something() -> None:
    """The search for what is unreadable finds a cell that was spoilt."""
    donor = donors.DonorFactory()
    assert unreadable() == []
    Donor.objects.filter(pk=donor.pk).update(seal_version=9)
    assert len(unreadable()) >= 3
    assert settings.BACKUP_RETENTION_DAYS == 35
