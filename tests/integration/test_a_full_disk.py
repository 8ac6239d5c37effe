"""A full disk refuses an act as a whole, spoils nothing, and once there is room everything goes on by itself.

PostgreSQL's own disk cannot be filled here; its answer, a failed statement, takes the same way.

Source: security-checklist.md 61
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from foundation import vault
from foundation.access import Role
from foundation.trail import sealing, verifying
from registry.donors import actions
from registry.donors.models import Donor
from registry.drives.imports import import_rows
from tests.factories import consent as consents
from tests.factories import sheets
from tests.factories.donors import DonorFactory
from tests.factories.drives import DriveFactory
from tests.factories.foundation import StaffFactory, actor, signed_in

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.one_database,  # only SQLite can be told its size
]
AT = timezone.now()


@contextmanager
def full_disk() -> Iterator[None]:
    """Let the database grow no more; what is there stays readable."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # rows of earlier tests leave room behind
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {int(pages)}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")


def rows() -> dict[str, int]:
    """Return how many rows each of our tables has."""
    return {m._meta.db_table: m._default_manager.count() for m in apps.get_models() if m._meta.managed}


def write_until_full(donor: Donor, by: Any) -> int:
    """Change somebody's address until the disk is full, and return how often that went."""
    for n in range(10_000):
        try:
            actions.change_details(donor, address="西湖区" * 400 + str(n), by=by, at=AT)
        except OperationalError:
            return n
    raise AssertionError("The disk never became full.")


class TestAFullDisk:
    def test_refuses_an_act_as_a_whole_and_lets_it_in_once_there_is_room(self) -> None:
        donor = DonorFactory()
        staff = StaffFactory(role=Role.COORDINATOR, branch=donor.service_branch)
        client = signed_in(Client(raise_request_exception=False), staff)
        page, told = f"/donors/{donor.pk}/details/", {"address": "西湖区" * 60}
        with full_disk():
            write_until_full(donor, actor(staff))
            for n in range(1000):
                before, address = rows(), address_of(donor)
                answer = client.post(page, {"address": f"西湖区{n}"})
                if answer.status_code != 302:
                    break
            assert answer.status_code == 503
            assert "full" not in answer.content.decode()
            assert (rows(), address_of(donor)) == (before, address)
        assert client.post(page, told).status_code == 302
        assert address_of(donor) == told["address"]
        assert_whole()

    def test_takes_no_part_of_a_paper_list(self) -> None:
        text = consents.text()
        drive = DriveFactory(paper_text=text)
        by = actor(StaffFactory(role=Role.COORDINATOR, branch=drive.branch))
        content = sheets.csv(*[sheets.row(n) for n in range(150)])
        with full_disk():
            before = rows()
            with pytest.raises(OperationalError, match="full"):
                import_rows(content, drive, by=by, at=AT)
            assert rows() == before
        import_rows(content, drive, by=by, at=AT)
        assert Donor.objects.filter(drive=drive).count() == 150
        assert_whole()


def assert_whole() -> None:
    """Check that the file is sound, and that the trail holds to its end."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        assert cursor.fetchone() == ("ok",)
    sealing.seal(at=AT + timedelta(minutes=1))
    assert verifying.verify().holds


def address_of(donor: Donor) -> object:
    """Return what stands in the record now."""
    return vault.open_one(Donor.objects.get(pk=donor.pk), "address")["address"]
