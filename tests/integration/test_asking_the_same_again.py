"""A statement that is written once says what the ORM says each time, on whatever connection."""

from __future__ import annotations

import pytest
from django.db import connection, models, transaction

from foundation import standing
from foundation.access import Branch
from foundation.standing import ID, TEXT, slot
from tests.factories.foundation import BranchFactory

pytestmark = pytest.mark.both_databases
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
