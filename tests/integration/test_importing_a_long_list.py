"""A long list is judged and sealed in several processes, with the same result as in one."""

import os
import signal
from datetime import UTC, datetime

import billiard
import pytest
from django.db import connections, transaction

from foundation import vault
from foundation.papers import sheets as files
from foundation.trail import Actor, ActorKind
from foundation.vault import Subject
from registry.donors.models import Donor
from registry.drives.imports import crew, import_rows, importing, judging
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

    def test_comes_in_by_a_process_of_celery_s_pool(self, drive):
        def handed_in():
            report = import_rows(sheets.xlsx(*rows), drive, by=COMMAND, at=AT).report
            os._exit(0 if report.accepted == Donor.objects.count() == len(rows) else 1)

        rows = [sheets.row(n) for n in range(20)]
        connections.close_all()
        of_the_pool = billiard.Process(target=handed_in)
        of_the_pool.daemon = True  # as Celery's are

        of_the_pool.start()
        of_the_pool.join()

        assert of_the_pool.exitcode == 0

    def test_of_which_a_process_was_killed_brings_nobody_in(self, drive, monkeypatch):
        here = os.getpid()

        def killed(self, piece):
            assert os.getpid() != here
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(Judging, "prepare", killed)

        with pytest.raises(crew.CrewLost):
            import_rows(sheets.xlsx(*map(sheets.row, range(20))), drive, by=COMMAND, at=AT)
        assert not Subject.objects.exists()


class TestTheSameListAgain:
    @pytest.fixture
    def sealed(self, monkeypatch):
        """Return a list of how many were sealed at a time, in this process alone."""
        sealed, prepare = [], judging.prepare
        monkeypatch.setattr(crew, "size_for", lambda _rows: 1)
        monkeypatch.setattr(
            judging, "prepare", lambda good, taking: (sealed.append(len(good)), prepare(good, taking))[1]
        )
        return sealed

    def test_seals_nobody_after_the_first_piece(self, drive, sealed):
        rows = [sheets.row(n) for n in range(20)]
        import_rows(sheets.xlsx(*rows), drive, by=COMMAND, at=AT)
        sealed.clear()

        report = import_rows(sheets.xlsx(*rows), drive, by=COMMAND, at=AT).report

        assert (report.unchanged, report.accepted, sealed) == (20, 0, [7])

    def test_brings_in_who_was_added_below(self, drive, sealed):
        rows = [sheets.row(n) for n in range(30)]
        import_rows(sheets.xlsx(*rows[:16]), drive, by=COMMAND, at=AT)
        sealed.clear()

        report = import_rows(sheets.xlsx(*rows), drive, by=COMMAND, at=AT).report

        assert (report.unchanged, report.accepted, Donor.objects.count()) == (16, 14, 30)
        assert sealed == [7, 5, 7, 2]


class TestSizeFor:
    def test_is_one_for_a_short_list_and_within_a_transaction(self):
        with transaction.atomic():
            assert crew.size_for(crew.FEWEST_ROWS) == 1
        assert crew.size_for(crew.FEWEST_ROWS - 1) == 1
        assert crew.size_for(crew.FEWEST_ROWS) == min(2, len(os.sched_getaffinity(0)))

    def test_is_one_where_nobody_says_how_many_cores_there_are(self, monkeypatch):
        monkeypatch.delattr(os, "sched_getaffinity")

        assert crew.size_for(crew.FEWEST_ROWS) == 1
