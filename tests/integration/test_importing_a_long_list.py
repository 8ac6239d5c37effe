"""A long list is judged and sealed in several processes, with the same result as in one."""

import os
import signal
from datetime import UTC, datetime

import pytest
from django.db import transaction

from foundation import vault
from foundation.papers import sheets as files
from foundation.trail import Actor, ActorKind
from foundation.vault import Subject
from registry.donors.models import Donor
from registry.drives.imports import crew, import_rows, importing
from registry.drives.imports.judging import Judging
from tests.factories import consent as consents
from tests.factories import lists, sheets
from tests.factories.drives import DriveFactory

AT = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
COMMAND = Actor(ActorKind.COMMAND, "tests")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def drive(monkeypatch):
    """Return a drive whose lists are worked on by two processes, however short they are."""
    monkeypatch.setattr(importing, "PIECE", 7)
    monkeypatch.setattr(crew, "size_for", lambda _rows: 2)
    return DriveFactory(paper_text=consents.text())


class TestALongList:
    def test_comes_in_as_the_oracle_says(self, drive):
        paper = lists.make(11, size=60, typed=True)

        report = import_rows(files.write_xlsx(paper.cells), drive, by=COMMAND, at=AT).report

        assert {n: codes[0] for n, codes in report.rejected.items()} == paper.expected
        assert report.accepted == Donor.objects.count() == paper.rows - len(paper.expected)
        names = {opened["name"] for opened in vault.open(list(Donor.objects.all()), ["name"])}
        assert all(isinstance(name, str) for name in names)

    def test_of_which_a_process_was_killed_brings_nobody_in(self, drive, monkeypatch):
        here = os.getpid()

        def killed(self, piece):
            assert os.getpid() != here
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(Judging, "prepare", killed)

        with pytest.raises(crew.CrewLost):
            import_rows(sheets.xlsx(*map(sheets.row, range(20))), drive, by=COMMAND, at=AT)
        assert not Subject.objects.exists()


class TestSizeFor:
    def test_is_one_for_a_short_list_and_within_a_transaction(self):
        with transaction.atomic():
            assert crew.size_for(crew.FEWEST_ROWS) == 1
        assert crew.size_for(crew.FEWEST_ROWS - 1) == 1
        assert crew.size_for(crew.FEWEST_ROWS) == min(2, len(os.sched_getaffinity(0)))
