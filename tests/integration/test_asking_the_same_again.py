"""A statement that is written once says what the ORM says each time, on whatever connection."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from queue import Queue

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from foundation import standing, trips
from foundation.access import Branch
from foundation.standing import ID, TEXT, slot
from tests.factories.foundation import BranchFactory
from tests.settings import SERVER

pytestmark = pytest.mark.both_databases
PATIENCE = 30  # seconds
NAMED = standing.Question(
    lambda: Branch.objects.filter(name=slot("name", TEXT)).exclude(name="100 %").select_related("parent")
)
NAMES = standing.Question(lambda: Branch.objects.filter(pk=slot("pk", ID)).values_list("pk", "name"))
RENAME = standing.Change(
    lambda: (
        Branch.objects.filter(pk=slot("pk", ID), name=slot("was", TEXT)),
        {"name": slot("now", TEXT), "phone": "0574 %s"},
    ),
    returns=True,
)
LOCK = standing.Question(lambda: Branch.objects.select_for_update().filter(pk=slot("pk", ID)))


@pytest.mark.django_db
class TestQuestion:
    def test_finds_rows_with_what_belongs_to_them(self, django_assert_num_queries):
        child = BranchFactory(name="余姚市红十字会")
        NAMED.ask(name="")
        with django_assert_num_queries(1):
            assert [(one, one.parent) for one in NAMED.ask(name=child.name)] == [(child, child.parent)]

    def test_finds_tuples_in_their_order(self):
        branch = BranchFactory()
        assert NAMES.ask(pk=branch.pk) == [(branch.pk, branch.name)]

    def test_is_met_by_no_row_for_none(self):
        BranchFactory()
        assert NAMES.ask(pk=None) == []


@pytest.mark.django_db
class TestChange:
    def test_changes_what_meets_its_conditions_and_returns_it(self):
        branch = BranchFactory(name="甲")
        assert RENAME.made(pk=branch.pk, was="乙", now="丙") == []
        (made,) = RENAME.made(pk=branch.pk, was="甲", now="100 %s")
        assert isinstance(made, models.Model)
        assert (made.pk, made.name, made.phone) == (branch.pk, "100 %s", "0574 %s")
        assert Branch.objects.get(pk=branch.pk).name == "100 %s"


@pytest.mark.django_db(transaction=True)
class TestConnection:
    def test_that_is_new_is_told_the_statement_again(self):
        branch = BranchFactory()
        before = NAMES.ask(pk=branch.pk)
        connection.close()
        assert NAMES.ask(pk=branch.pk) == before

    def test_behind_a_pooler_is_given_the_whole_statement(self, monkeypatch):
        branch = BranchFactory(name="甲")
        monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)  # noqa: FBT003
        assert NAMES.ask(pk=branch.pk) == [(branch.pk, branch.name)]
        assert [one.name for one in RENAME.made(pk=branch.pk, was="甲", now="乙")] == ["乙"]

    def test_locks_in_a_transaction_alone(self):
        branch = BranchFactory()
        with transaction.atomic():
            assert LOCK.ask(pk=branch.pk) == [branch]
        with pytest.raises(transaction.TransactionManagementError):
            LOCK.ask(pk=branch.pk)


def is_waiting(pid):
    """Return whether a connection waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted", [pid])
        return cursor.fetchone() is not None


def name_of(branch):
    """Return the name of a branch as another connection finds it."""
    return Branch.objects.get(pk=branch.pk).name


@pytest.mark.django_db(transaction=True)
class TestTrips:
    @pytest.mark.skipif(not SERVER, reason="PostgreSQL alone has trips to spare")
    def test_begin_ask_and_commit_are_two(self):
        branch, sent = BranchFactory(name="甲"), []
        connection.close()
        for now in ("乙", "甲"):  # the first time all is planned too
            with CaptureQueriesContext(connection) as said, transaction.atomic():
                with standing.at_hand(LOCK.about(pk=branch.pk), NAMES.about(pk=branch.pk)):
                    assert LOCK.ask(pk=branch.pk) == [branch]
                    ((_pk, was),) = NAMES.ask(pk=branch.pk)
                with trips.last():
                    assert len(RENAME.made(pk=branch.pk, was=was, now=now)) == 1
            sent.append([one["sql"] for one in said])
            assert name_of(branch) == now
        asked, changed = [sql for sql in sent[1] if "EXECUTE" in sql]
        assert asked.startswith("BEGIN; EXECUTE")
        assert changed.endswith("; COMMIT")
        ending = [sql for sql in sent[0] if sql.endswith("; COMMIT")]
        assert len(ending) == 1
        assert "EXECUTE" in ending[0]

    @pytest.mark.skipif(not SERVER, reason="PostgreSQL alone has trips to spare")
    def test_ask_behind_a_lock_what_is_so_once_it_is_given(self):
        branch, waits, seen = BranchFactory(name="甲"), Queue(), []

        def ask():
            with closing(connection), transaction.atomic():
                connection.ensure_connection()
                waits.put(connection.connection.info.backend_pid)
                with standing.at_hand(LOCK.about(pk=branch.pk), NAMES.about(pk=branch.pk)):
                    return NAMES.ask(pk=branch.pk)[0][1]

        with ThreadPoolExecutor(1) as beside, transaction.atomic():
            LOCK.ask(pk=branch.pk)
            asked, pid = beside.submit(ask), waits.get(timeout=PATIENCE)
            while not is_waiting(pid):
                assert not asked.done()
            Branch.objects.filter(pk=branch.pk).update(name="乙")
            transaction.on_commit(lambda: seen.append(asked.result(PATIENCE)))
        assert seen == ["乙"]

    def test_give_each_answer_once(self):
        branch = BranchFactory(name="甲")
        with transaction.atomic(), standing.at_hand(NAMES.about(pk=branch.pk)):
            NAMES.ask(pk=branch.pk)
            Branch.objects.filter(pk=branch.pk).update(name="乙")
            assert NAMES.ask(pk=branch.pk) == [(branch.pk, "乙")]

    def test_commit_nothing_of_a_transaction_around_them(self):
        branch = BranchFactory(name="甲")
        with suppress(ZeroDivisionError), transaction.atomic():
            with transaction.atomic(), trips.last():
                RENAME.made(pk=branch.pk, was="甲", now="乙")
            raise ZeroDivisionError
        assert name_of(branch) == "甲"

    def test_keep_nothing_where_the_last_statement_is_refused(self):
        first, second = BranchFactory(name="甲"), BranchFactory()

        @transaction.atomic
        def change():
            RENAME.made(pk=first.pk, was="甲", now="乙")
            with trips.last():
                Branch.objects.filter(pk=second.pk).update(code=first.code)

        with pytest.raises(IntegrityError):
            change()
        assert name_of(first) == "甲"

    def test_keep_what_follows_the_last_too(self):
        branch = BranchFactory(name="甲")
        with suppress(ZeroDivisionError), transaction.atomic():
            with trips.last():
                RENAME.made(pk=branch.pk, was="甲", now="乙")
            RENAME.made(pk=branch.pk, was="乙", now="丙")
            raise ZeroDivisionError
        assert name_of(branch) in {"甲", "乙"}  # never half
        assert connection.get_autocommit()
