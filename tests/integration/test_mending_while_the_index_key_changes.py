"""While the index key changes a value stands under two keys: it is one number and one person all the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from foundation import vault
from foundation.trail import Actor, ActorKind
from foundation.vault import Capacity, Subject, reindexing
from foundation.vault.models import IndexTurn
from registry.donors.models import CallKind, Donor
from registry.drives.imports.existing import import_existing
from registry.drives.sheets import Column
from tests.factories import donors, records
from tests.factories.foundation import BranchFactory
from tests.integration.test_joining_two_records import AT, House, house, in_english, joined, person

__all__ = ["house", "in_english"]  # fixtures
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_keyring")]
BY = Actor(ActorKind.COMMAND, "tests")


@pytest.fixture
def begins() -> Callable[[], None]:
    """Return what begins the change: who comes from then on stands under the next key alone."""

    def begin() -> None:
        reindexing.begin(by=BY, at=AT)
        IndexTurn.objects.update(filled_at=AT)

    return begin


def filled(row: Any, **indexes: Any) -> None:
    """Give a row that stands under the key of before its second column, as the change does."""
    turn = vault.index.held()
    values = {f"{name}_next": vault.index.under(turn.next, index) for name, index in indexes.items()}
    type(row).objects.filter(pk=row.pk).update(**values)


def test_a_call_to_the_number_of_both_records_is_a_call_to_the_donor(
    house: House, begins: Callable[[], None]
) -> None:
    kept = person(house)
    begins()
    phone = str(vault.open_one(kept, "phone")["phone"])
    filled(kept, phone_index=vault.index.phone(phone))
    other = person(house)
    call = donors.CallFactory(donor=other, kind=CallKind.OTHER, number="donor", answers={})
    kept, other = (Donor.objects.get(pk=donor.pk) for donor in (kept, other))
    assert kept.phone_index != other.phone_index

    joined(kept, other, house)

    call.refresh_from_db()
    assert (call.donor_id, call.number) == (kept.pk, "donor")


def test_somebody_dead_by_the_records_is_silenced_in_every_capacity(begins: Callable[[], None]) -> None:
    branch, at = BranchFactory(), datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    number = records.row()[Column.DOCUMENT_NUMBER]
    index = vault.index.document("RESIDENT_ID", number)
    pledger = vault.create_subject(capacity=Capacity.PLEDGER, branch=branch, document_index=index, at=at)
    begins()
    filled(pledger, document_index=vault.index.document("RESIDENT_ID", number))

    import_existing(records.xlsx(records.row(STATE="身故")), branch, by=BY, at=at)

    assert Subject.objects.filter(died_reported_at=at).count() == 2
