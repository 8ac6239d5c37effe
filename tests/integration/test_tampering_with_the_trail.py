"""Whoever reaches the database itself cannot change the trail without being found and named."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from foundation import trail, vault
from foundation.ids import uuid7
from foundation.trail import Actor, ActorKind, anchor, exporting, sealing, signing, triggers, verifying
from foundation.trail.models import TrailBatch, TrailLeaf, TrailRow
from foundation.vault import Capacity
from tests.conftest import NOW
from tests.factories.foundation import BranchFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
BY = Actor(ActorKind.COMMAND, "tests")


@pytest.fixture
def sealed_trail(tmp_path, settings):
    """Forty rows in two anchored batches, with the triggers lifted as an intruder would."""
    settings.ANCHOR_URL = f"file:{tmp_path / 'anchor.jsonl'}"
    for _ in range(2):
        trail.record_many(trail.Entry("thing.done", BY, NOW, ("thing", str(n))) for n in range(20))
        sealing.seal(at=NOW)
        anchor.anchor()
    triggers.drop(connection)
    assert verifying.verify().holds
    yield
    triggers.create(connection)


def _reseal_everything() -> None:
    """What an intruder with the signing key does after changing history."""
    TrailLeaf.objects.all().delete()
    TrailBatch.objects.all().delete()
    sealing.seal(at=NOW, everything=True)


@pytest.mark.usefixtures("sealed_trail")
class TestTampering:
    def test_by_editing_a_row_is_found(self):
        row = TrailLeaf.objects.get(position=7).row
        TrailRow.objects.filter(pk=row.pk).update(body=b'{"verb":"thing.undone"}')
        report = verifying.verify()
        assert report.fault == "A row was changed."
        assert report.where == {"position": 7, "row": row.pk.hex}

    @pytest.mark.parametrize("column", ["verb", "by_id", "object", "branch", "at"])
    def test_by_editing_any_column_is_found(self, column):
        row = TrailLeaf.objects.get(position=3).row
        TrailRow.objects.filter(pk=row.pk).update(**{column: "x"})
        assert verifying.verify().where["position"] == 3

    def test_by_deleting_from_the_middle_is_found(self):
        row_id = TrailLeaf.objects.get(position=11).row_id
        TrailLeaf.objects.filter(position=11).delete()
        TrailRow.objects.filter(pk=row_id).delete()
        report = verifying.verify()
        assert (report.fault, report.where) == ("A row is missing.", {"position": 11})

    def test_by_swapping_two_rows_is_found(self):
        first, second = TrailLeaf.objects.get(position=4), TrailLeaf.objects.get(position=5)
        bodies = [(first.row_id, second.row.object), (second.row_id, first.row.object)]
        for row_id, other in bodies:
            TrailRow.objects.filter(pk=row_id).update(object=other)
        assert verifying.verify().where["position"] == 4

    def test_by_forging_a_row_is_found(self):
        batch = TrailBatch.objects.get(number=2)
        row = TrailRow.objects.create(id=uuid7(), at="2026", verb="thing.forged", by_id="x", body=b"{}")
        leaf = sealing.leaf_of(row)
        TrailLeaf.objects.create(position=41, row=row, batch=batch, leaf=leaf)
        TrailBatch.objects.filter(pk=2).update(last_position=41)
        report = verifying.verify()
        assert report.fault == "The root of a batch is not that of its rows."
        assert report.where["batch"] == 2

    def test_by_cutting_the_last_ten_is_found(self):
        rows = list(TrailLeaf.objects.filter(position__gt=30).values_list("row_id", flat=True))
        TrailLeaf.objects.filter(position__gt=30).delete()
        TrailRow.objects.filter(pk__in=rows).delete()
        report = verifying.verify()
        assert report.fault == "A batch does not have as many rows as it says."
        assert report.where["batch"] == 2

    def test_by_cutting_the_last_ten_and_sealing_anew_is_found(self):
        rows = list(TrailLeaf.objects.filter(position__gt=30).values_list("row_id", flat=True))
        TrailLeaf.objects.all().delete()
        TrailBatch.objects.all().delete()
        TrailRow.objects.filter(pk__in=rows).delete()
        sealing.seal(at=NOW, everything=True)
        assert "anchored" in verifying.verify().fault

    def test_by_emptying_it_is_found(self):
        TrailLeaf.objects.all().delete()
        TrailBatch.objects.all().delete()
        TrailRow.objects.all().delete()
        assert verifying.verify().fault == "The trail was cut: an anchored batch is not there."

    def test_by_editing_and_recomputing_all_with_the_key_is_found(self):
        row_id = TrailLeaf.objects.get(position=7).row_id
        TrailRow.objects.filter(pk=row_id).update(object="thing:other")
        _reseal_everything()
        report = verifying.verify()
        assert report.fault == "The trail was recomputed: an anchored root differs."
        assert report.where == {"batch": 1}

    def test_by_deleting_renumbering_and_recomputing_is_found(self):
        row_id = TrailLeaf.objects.get(position=7).row_id
        TrailLeaf.objects.all().delete()
        TrailRow.objects.filter(pk=row_id).delete()
        _reseal_everything()
        assert verifying.verify().fault == "The trail was recomputed: an anchored root differs."

    def test_by_removing_a_whole_batch_is_found(self):
        rows = list(TrailLeaf.objects.filter(batch=1).values_list("row_id", flat=True))
        TrailLeaf.objects.filter(batch=1).delete()
        TrailBatch.objects.filter(pk=1).delete()
        TrailRow.objects.filter(pk__in=rows).delete()
        report = verifying.verify()
        assert (report.fault, report.where) == ("A batch is missing.", {"batch": 1})

    def test_with_a_key_that_is_not_ours_is_found(self):
        TrailBatch.objects.filter(pk=1).update(signature="00" * 64)
        report = verifying.verify()
        assert (report.fault, report.where["batch"]) == ("The signature of a batch is not ours.", 1)


class TestTrail:
    @pytest.mark.parametrize("model", [TrailRow, TrailLeaf, TrailBatch])
    def test_refuses_to_be_changed_or_emptied(self, model):
        trail.record("thing.done", by=BY, at=NOW)
        sealing.seal(at=NOW)
        table = model._meta.db_table
        column = {"foundation_trailrow": "verb", "foundation_trailleaf": "leaf"}.get(table, "root")
        for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):  # noqa: S608
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                connection.cursor().execute(statement)

    def test_still_verifies_after_a_person_was_erased(self):
        branch = BranchFactory()
        with transaction.atomic():
            subject = vault.create_subject(capacity=Capacity.DONOR, branch=branch, document_index="x", at=NOW)
        vault.erase(subject, by=BY, at=NOW)
        sealing.seal(at=NOW)
        assert verifying.verify().holds

    def test_can_be_checked_by_an_outsider_with_the_public_key(self, tmp_path):
        trail.record("thing.done", by=BY, at=NOW)
        sealing.seal(at=NOW)
        assert exporting.export(tmp_path / "out") >= 1
        rows = [json.loads(line) for line in (tmp_path / "out" / "rows.jsonl").read_text().splitlines()]
        batch = json.loads((tmp_path / "out" / "batches.jsonl").read_text().splitlines()[0])
        assert rows[0]["position"] == batch["first_position"]
        assert (tmp_path / "out" / "public-1.pem").read_bytes().startswith(b"-----BEGIN PUBLIC KEY")
        assert signing.public_keys()

    def test_gives_a_late_row_a_later_place(self):
        early = uuid7()
        trail.record("thing.done", by=BY, at=NOW)
        sealing.seal(at=NOW)
        TrailRow.objects.create(id=early, at="2026", verb="thing.late", by_id="x", body=b"{}")
        assert sealing.seal(at=NOW) == 1
        assert verifying.verify().holds


def test_the_anchor_is_outside_the_database():
    assert Path(settings.ANCHOR_URL.removeprefix("file:")).name == "anchor.jsonl"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("sealed_trail")
class TestVerifyingInSeveralProcesses:
    def test_finds_what_one_process_finds(self):
        assert verifying.verify(processes=2) == verifying.verify()
        row = TrailLeaf.objects.get(position=27).row
        TrailRow.objects.filter(pk=row.pk).update(body=b"{}")
        report = verifying.verify(processes=2)
        assert (report.fault, report.where) == ("A row was changed.", {"position": 27, "row": row.pk.hex})
