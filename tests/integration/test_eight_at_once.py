"""Eight people work at one instant: one person is one record, nobody is turned away, nothing is torn.

Source: design/security.md section 4.3
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count

from consent.models import Consent
from foundation.access import Role
from foundation.trail import sealing, verifying
from registry.donors.models import Donor
from registry.drives import actions
from registry.drives.imports import import_rows
from registry.drives.models import Draft, Drive
from registry.samples.models import Sample
from tests.factories import consent as consents
from tests.factories import sheets
from tests.factories.drives import AT, DriveFactory, draft, told_anew
from tests.factories.foundation import StaffFactory, actor
from tests.racing import CI, FEWER, ROUNDS, at_once, elsewhere
from tests.writers import lines, work

PEOPLE = 8
TURNS = 100  # on PostgreSQL, where eight really write at once
ACTS = 12 if CI else 6  # of each writer; two hundred are a measurement: tests/benchmarks/bench_writers.py
WIDE = str.maketrans({chr(n): chr(n + 0xFEE0) for n in range(0x21, 0x7F)})
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def spellings(number: str) -> list[str]:
    """Return one resident number ending in X as eight people type it."""
    return [
        number,
        number.lower(),
        number.translate(WIDE),
        number.lower().translate(WIDE),
        f"  {number[:6]} {number[6:14]} {number[14:]} ",
        f"{number[:6]}-{number[6:14]}-{number[14:]}",
        number.translate(ARABIC),
        "\u200b".join(number),
    ]


def numbers() -> Iterator[str]:
    """Yield valid resident numbers that end in X."""
    for day in count():
        born_on = date(1990, 1, 1) + timedelta(days=day)
        some = (sheets.resident_number(n, born_on=born_on) for n in range(1, 100))
        yield from (number for number in some if number.endswith("X"))


@dataclass
class Desk:
    """Where somebody enrols; whoever was refused is followed by the next one on the same form."""

    drive: Drive
    staff: Any
    form: Draft | None = None

    def enrolling(self, number: str) -> Callable[[], Any]:
        by = actor(self.staff)
        if self.form is None or Draft.objects.get(pk=self.form.pk).donor_id is not None:
            self.form = draft(self.drive, staff=self.staff, by=by, number=number)
        else:
            self.form = told_anew(self.form, number=number)
        made = self.form
        return lambda: actions.enrol(made, by=by, at=AT)


@pytest.mark.django_db(transaction=True)
@pytest.mark.both_databases
class TestOnePerson:
    @pytest.mark.slow
    def test_is_registered_once_however_it_is_spelt(self) -> None:
        consents.text()
        drive = DriveFactory()
        staff = [StaffFactory(role=Role.COORDINATOR, branch=drive.branch) for _ in range(PEOPLE)]
        desks = [Desk(drive, one) for one in staff]
        turns = TURNS if CI and connection.vendor == "postgresql" else ROUNDS
        for _turn, number in zip(range(turns), numbers(), strict=False):
            before = (Donor.objects.count(), Sample.objects.count())
            answers = at_once(
                *(desk.enrolling(spelt) for desk, spelt in zip(desks, spellings(number), strict=True))
            )
            lost = [one for one in answers if not isinstance(one, Donor)]
            assert [type(one) for one in lost] == [actions.AlreadyRegistered] * (PEOPLE - 1), lost
            assert {tuple(map(str, one.sentences)) for one in lost} == {
                (str(actions.AlreadyRegistered.sentence),)
            }
            assert (Donor.objects.count(), Sample.objects.count()) == tuple(n + 1 for n in before)

    @pytest.mark.slow
    def test_is_registered_once_where_sheets_come_in_too(self) -> None:
        consents.text()
        drives = [DriveFactory() for _ in range(PEOPLE)]
        staff = [StaffFactory(role=Role.COORDINATOR, branch=drive.branch) for drive in drives]
        desks = [Desk(drive, one) for drive, one in zip(drives, staff, strict=True)]
        for turn, number in zip(range(FEWER), numbers(), strict=False):
            before = Donor.objects.count()
            acts = []
            for place, (drive, one, spelt) in enumerate(zip(drives, staff, spellings(number), strict=True)):
                row = sheets.row(
                    DOCUMENT_NUMBER=spelt, BORN_ON="", BARCODE=f"R{turn:05}P{place}", NAME="王丽华"
                )
                acts.append(
                    self.importing(drive, one, sheets.csv(row))
                    if place % 2
                    else desks[place].enrolling(spelt)
                )
            answers = at_once(*acts)
            assert Donor.objects.count() == before + 1, answers
            won = [one for one in answers if isinstance(one, Donor) or getattr(one, "accepted", 0)]
            assert len(won) == 1
            sheets_lost = [one for one in answers if hasattr(one, "rejected") and one not in won]
            assert all(one.rejected == {2: ["already_registered"]} for one in sheets_lost), sheets_lost

    def importing(self, drive: Drive, staff: Any, content: bytes) -> Callable[[], Any]:
        return lambda: import_rows(content, drive, by=actor(staff), at=AT).report


@pytest.mark.django_db(transaction=True)
@pytest.mark.one_database
class TestEightWriters:
    """Of one SQLite file, each a process, one of them killed in the middle."""

    def test_are_all_served_and_tear_nothing(self, tmp_path: Path) -> None:
        consents.text()
        drive = DriveFactory()
        staff = [StaffFactory(role=Role.COORDINATOR, branch=drive.branch) for _ in range(PEOPLE)]
        diaries = [tmp_path / f"{place}.jsonl" for place in range(PEOPLE)]
        with ExitStack() as stack:
            workers = [
                stack.enter_context(
                    elsewhere(partial(work, drive, staff[place], place, diaries[place], acts=ACTS))
                )
                for place in range(PEOPLE)
            ]
            while len(lines(diaries[0])) < ACTS // 2:
                assert workers[0].is_alive()
                time.sleep(0.01)
            os.kill(workers[0].pid or 0, signal.SIGKILL)
        told = [line for diary in diaries for line in lines(diary)]
        assert [one["fault"] for one in told if one["fault"]] == []
        assert all(len(lines(diary)) == ACTS for diary in diaries[1:])
        self.nothing_is_torn(len(told))

    def nothing_is_torn(self, noted: int) -> None:
        with connection.cursor() as cursor:
            assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert cursor.execute("PRAGMA foreign_key_check").fetchall() == []
        people = Donor.objects.count()
        assert noted <= people <= noted + 1  # the one killed may have ended before it could say so
        assert Sample.objects.count() == people
        assert set(Donor.objects.annotate(n=Count("contacts")).values_list("n", flat=True)) == {2}
        assert Consent.objects.values("subject").distinct().count() == people
        sealing.seal(at=AT, everything=True)
        assert verifying.verify().holds
