"""What is sealed stays shut out of its place, keys can be changed while people work, and erased is erased."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from foundation import keyring, vault
from foundation.trail import Actor, ActorKind
from foundation.vault import (
    Broken,
    Capacity,
    DataKey,
    Erased,
    Sealed,
    keys,
    ledger,
    replaying,
    rotation,
)
from foundation.vault.fields import SealedModel
from foundation.vault.writing import CannotReseal
from registry.drives.models import Appointment
from tests.conftest import NOW
from tests.factories.drives import DriveFactory
from tests.factories.foundation import BranchFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.usefixtures("own_keyring")]
BY = Actor(ActorKind.COMMAND, "tests")
NAME, PHONE = "王丽华", "+8613812345678"


def appointment(name: str = NAME) -> Appointment:
    drive = DriveFactory()
    row = Appointment(drive=drive, key=vault.new_key(), starts_at=NOW, at=NOW, **BY.columns())
    vault.seal(row, key=row.key, name=name, phone=PHONE)
    row.save(force_insert=True)
    return Appointment.objects.get(pk=row.pk)


class TestSealedColumn:
    def test_reads_as_sealed_and_opens_on_asking(self):
        row = appointment()
        assert isinstance(row.name, Sealed)
        assert vault.open_one(row, "name", "phone") == {"name": NAME, "phone": PHONE}

    def test_refuses_plaintext_wherever_it_would_be_written(self):
        row = appointment()
        with pytest.raises(TypeError, match="sealed column"):
            Appointment.objects.filter(pk=row.pk).update(name="plain")
        row.name = "plain"
        with pytest.raises(TypeError, match="sealed column"):
            row.save()
        with pytest.raises(TypeError, match="sealed column"):
            Appointment.objects.filter(name="plain").exists()

    def test_moved_to_another_row_or_column_is_broken(self):
        one, other = appointment(), appointment("李强")
        Appointment.objects.filter(pk=other.pk).update(name=one.name, phone=other.name)
        opened = vault.open_one(Appointment.objects.get(pk=other.pk), "name", "phone")
        assert [type(value) for value in opened.values()] == [Broken, Broken]

    def test_put_back_from_the_past_is_broken(self):
        row = appointment()
        old = row.name
        saves = vault.seal(row, name="王立华")
        row.save(update_fields=saves)
        Appointment.objects.filter(pk=row.pk).update(name=old)
        opened = vault.open_one(Appointment.objects.get(pk=row.pk), "name", "phone")
        assert isinstance(opened["name"], Broken)
        assert opened["phone"] == PHONE

    def test_that_is_broken_is_never_sealed_over(self):
        row = appointment()
        Appointment.objects.filter(pk=row.pk).update(name=Sealed(b"rubbish"))
        row = Appointment.objects.get(pk=row.pk)
        with pytest.raises(CannotReseal):
            vault.seal(row, phone="+8613900000000")

    def test_opens_many_rows_with_one_query(self, django_assert_num_queries):
        rows = [appointment() for _ in range(5)]
        with django_assert_num_queries(1):
            assert [o["name"] for o in vault.open(rows, ["name"])] == [NAME] * 5

    def test_is_not_in_the_database_in_clear(self):
        row = appointment()
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, phone FROM registry_appointment WHERE key_id IS NOT NULL")
            stored = b"".join(bytes(value) for line in cursor.fetchall() for value in line)
        assert NAME.encode() not in stored
        assert PHONE.encode() not in stored
        assert row.seal_version == 1

    @pytest.mark.parametrize("suite", ["aes", "sm4"])
    def test_written_under_either_suite_can_be_read_under_the_other(self, suite, settings):
        settings.CIPHER_SUITE = suite
        row = appointment()
        settings.CIPHER_SUITE = "sm4" if suite == "aes" else "aes"
        assert vault.open_one(row, "name") == {"name": NAME}

    def test_has_a_model_that_counts_versions(self):
        assert issubclass(Appointment, SealedModel)


class TestRotation:
    def test_leaves_every_value_readable_and_no_key_behind(self):
        rows = [appointment() for _ in range(3)]
        rotation.begin(by=BY, at=NOW + timedelta(days=1))
        late = appointment("新来的")
        assert rotation.rewrap() == 3
        assert [o["name"] for o in vault.open([*rows, late], ["name"])] == [NAME, NAME, NAME, "新来的"]
        assert [(e.id, e.keys) for e in rotation.status()] == [("1", 0), ("2", 4)]

    def test_that_was_stopped_goes_on_where_it_was(self, monkeypatch):
        rows = [appointment() for _ in range(4)]
        monkeypatch.setattr(rotation, "PIECE", 1)
        rotation.begin(by=BY, at=NOW + timedelta(days=1))
        asked = iter([False, False, True])
        assert rotation.rewrap(stop=lambda: next(asked)) == 2
        assert {o["name"] for o in vault.open(rows, ["name"])} == {NAME}
        assert rotation.rewrap() == 2

    def test_destroys_an_epoch_only_when_nothing_needs_it_and_a_backup_is_old_enough(self):
        row = appointment()
        rotation.begin(by=BY, at=NOW + timedelta(days=1))
        with pytest.raises(rotation.CannotDestroy, match="backup"):
            rotation.destroy("1", by=BY, at=NOW)
        rotation.note_backup(by=BY, at=NOW)
        with pytest.raises(rotation.CannotDestroy, match="kept until"):
            rotation.destroy("1", by=BY, at=NOW + timedelta(days=34))
        later = NOW + timedelta(days=settings.BACKUP_RETENTION_DAYS)
        with pytest.raises(rotation.CannotDestroy, match="still wrapped"):
            rotation.destroy("1", by=BY, at=later)
        rotation.rewrap()
        rotation.destroy("1", by=BY, at=later)
        assert list(keyring.current().masters) == ["2"]
        assert vault.open_one(row, "name") == {"name": NAME}

    @pytest.mark.django_db(transaction=True)
    def test_makes_a_writer_fail_that_still_holds_a_destroyed_epoch(self):
        old = keys.newest_epoch()
        rotation.begin(by=BY, at=NOW + timedelta(days=1))
        rotation.note_backup(by=BY, at=NOW)
        secret = DataKey(
            epoch=old,
            suite=1,
            wrapped=keys.wrap(b"s" * 32, old_key_id := vault.new_key().pk, "1", keys.suite()),
        )
        DataKey.objects.filter(pk=old_key_id).delete()
        rotation.destroy("1", by=BY, at=NOW + timedelta(days=36))
        with pytest.raises(IntegrityError), transaction.atomic():
            secret.save(force_insert=True)


class TestErasure:
    def test_makes_every_value_unreadable_and_unfindable(self):
        with transaction.atomic():
            subject = vault.create_subject(
                capacity=Capacity.DONOR, branch=BranchFactory(), document_index="d" * 64, at=NOW
            )
        row = Appointment(drive=DriveFactory(), starts_at=NOW, at=NOW, **BY.columns())
        vault.seal(row, key=subject.key, name=NAME)
        row.save(force_insert=True)
        vault.erase(subject, by=BY, at=NOW)
        assert isinstance(vault.open_one(row, "name")["name"], Erased)
        subject.refresh_from_db()
        assert (subject.document_index, subject.key_id) == (None, None)

    @pytest.mark.django_db(transaction=True)
    def test_is_in_the_ledger_outside_the_database(self, tmp_path, settings):
        settings.LEDGER_URL = f"file:{tmp_path / 'ledger.jsonl'}"
        with transaction.atomic():
            subject = vault.create_subject(
                capacity=Capacity.DONOR, branch=BranchFactory(), document_index=None, at=NOW
            )
        vault.erase(subject, by=BY, at=NOW)
        vault.erase(subject, by=BY, at=NOW)
        assert list(ledger.lines()) == [("erased", subject.pk, NOW)]
        assert ledger.unknown_here() == []

    def test_waits_for_a_ledger_that_cannot_be_written(self, tmp_path, settings):
        settings.LEDGER_URL = f"file:{tmp_path}"
        with transaction.atomic():
            subject = vault.create_subject(
                capacity=Capacity.DONOR, branch=BranchFactory(), document_index=None, at=NOW
            )
        vault.erase(subject, by=BY, at=NOW)
        settings.LEDGER_URL = f"file:{tmp_path / 'ledger.jsonl'}"
        assert ledger.flush() == 1
        assert ledger.flush() == 0


class TestSubject:
    def test_exists_once_per_capacity_and_document(self):
        branch = BranchFactory()
        with transaction.atomic():
            vault.create_subject(capacity=Capacity.DONOR, branch=branch, document_index="d", at=NOW)
            with pytest.raises(vault.AlreadyThere):
                vault.create_subject(capacity=Capacity.DONOR, branch=branch, document_index="d", at=NOW)
            vault.create_subject(capacity=Capacity.PLEDGER, branch=branch, document_index="d", at=NOW)

    def test_reported_dead_is_silent_in_every_capacity(self):
        branch = BranchFactory()
        with transaction.atomic():
            people = [
                vault.create_subject(capacity=c, branch=branch, document_index="d", at=NOW)
                for c in (Capacity.DONOR, Capacity.PLEDGER)
            ]
            other = vault.create_subject(capacity=Capacity.DONOR, branch=branch, document_index="e", at=NOW)
        assert len(vault.report_dead(people[0], by=BY, at=NOW)) == 2
        assert vault.report_dead(people[0], by=BY, at=NOW) == []
        other.refresh_from_db()
        assert other.died_reported_at is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("11010519491231002X", "１１０１０５１９４９１２３１００２ｘ"),
        ("11010519491231002X", " 110105 19491231 002x "),
    ],
)
def test_spellings_of_one_document_have_one_index(one, other):
    assert vault.index.document("resident_id", one) == vault.index.document("resident_id", other)


def test_equal_values_have_different_indexes_in_different_columns():
    assert vault.index.phone("13812345678") != vault.index.document("", "13812345678")


@pytest.mark.django_db(transaction=True)
class TestLedgerAfterARestore:
    def test_erases_again_whom_the_backup_still_knows(self, tmp_path, settings):
        settings.LEDGER_URL = f"file:{tmp_path / 'ledger.jsonl'}"
        with transaction.atomic():
            subject = vault.create_subject(
                capacity=Capacity.DONOR, branch=BranchFactory(), document_index="e", at=NOW
            )
        (tmp_path / "ledger.jsonl").write_text(
            json.dumps({"kind": "erased", "subject": str(subject.pk), "at": NOW.isoformat()}) + "\n"
        )
        assert replaying.replay(by=BY, at=NOW) == 1
        assert replaying.replay(by=BY, at=NOW) == 0
        subject.refresh_from_db()
        assert subject.erased_at == NOW
        assert len((tmp_path / "ledger.jsonl").read_text().splitlines()) == 1

    def test_passes_over_somebody_the_backup_never_knew(self, tmp_path, settings):
        settings.LEDGER_URL = f"file:{tmp_path / 'ledger.jsonl'}"
        line = {"kind": "withdrawn", "subject": str(uuid4()), "at": NOW.isoformat()}
        (tmp_path / "ledger.jsonl").write_text(json.dumps(line) + "\n")
        assert replaying.replay(by=BY, at=NOW) == 1

    def test_says_which_line_cannot_be_read(self, tmp_path, settings):
        settings.LEDGER_URL = f"file:{tmp_path / 'ledger.jsonl'}"
        (tmp_path / "ledger.jsonl").write_text("rubbish\n")
        with pytest.raises(ledger.LedgerProblem, match="Line 1"):
            replaying.replay(by=BY, at=NOW)
