"""Pages come as soon as ever while a file is handed in at any door and read, whatever it does to its reader.

The web server takes the file, a process beside it does the work, as in an office; meanwhile somebody
of another branch, signed in, asks for the list of donors again and again.

Source: design/security.md section 4.4
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from consent.models import Evidence
from foundation.access import Role
from foundation.jobs import Job
from registry.donors.models import Donor
from tests.factories import greedy, records, sheets
from tests.factories.foundation import signed_in
from tests.factories.world import AT, World
from tests.integration.test_bad_input import DOORS
from tests.integration.test_every_file_at_every_door import SOON, filled_in, found_at, worked
from tests.integration.test_every_url import COOKIES
from tests.racing import beside
from tests.timing import TRIES

pytestmark = [pytest.mark.slow, pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
PATIENCE = 0.5  # seconds another person waits for a page
A_WHILE = 1  # second that a process may take over a file here; how long it may is a setting
TOKEN = "a" * 32

Content = Callable[[], bytes]
SHEETS: tuple[Content, ...] = (greedy.slow_workbook, greedy.wide_workbook)
SCANS: tuple[Content, ...] = (greedy.slow_scan, greedy.wide_scan)


def faults() -> bytes:
    """Return a paper list with a fault in every row."""
    return sheets.csv(*[sheets.row(n % 499, NAME="") for n in range(4000)])


def long_list() -> bytes:
    """Return a paper list of many people."""
    return sheets.csv(*[sheets.row(150 + n) for n in range(300)])


def old_records() -> bytes:
    """Return the records of many people."""
    return records.csv(*[records.row(150 + n) for n in range(150)])


HANDED_IN: dict[str, tuple[Content, ...]] = {
    "cases:notices": SHEETS,
    "consent:attach": (greedy.half_objects, greedy.objects, greedy.drawn_often, greedy.picture),
    "donors:national-compare": SHEETS,
    "drives:pile_at_drive": SCANS[:1],
    "drives:piles": SCANS,
    "drives:records": (*SHEETS, old_records),
    "drives:sheet": (*SHEETS, faults, long_list),
}
GO_IN = {old_records: 150, long_list: 300}


class TestAnotherPerson:
    def test_waits_no_longer_than_ever(self, live_server: Any, settings: Any) -> None:
        assert set(HANDED_IN) == DOORS
        settings.SHEET_SECONDS_MOST = settings.PILE_SECONDS_MOST = A_WHILE
        with time_machine.travel(AT, tick=True):
            self.at = (live_server.thread.host, live_server.thread.port)
            world = World()
            self.let_in(people := [*world.home.staff.values(), world.top[Role.REGISTRY_MANAGER]])
            self.let_in([other := world.away.staff[Role.COORDINATOR]])
            self.cookie = COOKIES[other.pk]
            self.doors = {name: found_at(world, name, people) for name in HANDED_IN}
            with beside(self.handed_in) as self.worker:
                self.waited()  # the first page of a server takes longer
                for name, files in HANDED_IN.items():
                    for file in files:
                        self.nobody_waits(name, file)

    def let_in(self, people: list[Any]) -> None:
        for staff in people:
            COOKIES[staff.pk] = signed_in(Client(), staff).cookies.output(header="", sep=";").strip()

    def nobody_waits(self, name: str, file: Content) -> None:
        before = Donor.objects.count()
        for _ in range(TRIES):
            Evidence.objects.update(attached_at=None, attached_by_id="", sha256="")  # the scan is to come
            longest = max(self.while_read(name, file))
            assert Donor.objects.count() == before + GO_IN.get(file, 0)
            if longest < PATIENCE:
                return
        pytest.fail(f"Somebody waited {longest:.2f} s: {file.__name__} at {name}.")

    def while_read(self, name: str, file: Content) -> list[float]:
        """Ask for a page again and again while a file is handed in and read; return how long each took."""
        took, began = [self.waited()], time.monotonic()
        self.worker.send((name, file))
        while not self.worker.poll(0.02):
            took.append(self.waited())
            assert time.monotonic() - began < SOON, (name, file)
        assert self.worker.recv() == "", (name, file)
        return took

    def handed_in(self, told: tuple[str, Content]) -> None:
        """Hand a file in at the web server, and do here the work that was asked for."""
        door, known = self.doors[told[0]], set(Job.objects.values_list("pk", flat=True))
        form = filled_in(door, SimpleUploadedFile("file", told[1]())) | {"csrfmiddlewaretoken": TOKEN}
        cookie = f"{COOKIES[door.staff.pk]}; relay_csrf={TOKEN}"
        with closing(HTTPConnection(*self.at, timeout=SOON)) as line:
            headers = {"Cookie": cookie, "Content-Type": MULTIPART_CONTENT}
            line.request("POST", door.form.action, encode_multipart(BOUNDARY, form), headers)
            assert line.getresponse().status in {302, 422}
        done = [(job.state, job.problems, job.result) for job in worked(known)]
        assert told[1] not in GO_IN or [state for state, *_ in done] == ["DONE"], done
        assert told[1] not in GO_IN or not done[0][2].get("rejected"), done

    def waited(self) -> float:
        """Return how long the list of donors takes to come. Unit: seconds."""
        began = time.monotonic()
        with closing(HTTPConnection(*self.at, timeout=SOON)) as line:
            line.request("GET", reverse("donors:list"), headers={"Cookie": self.cookie})
            assert line.getresponse().status == 200
        return time.monotonic() - began
