"""Whatever file is handed in at whatever door: a sentence, nothing half-written, soon, and nobody else waits.

The doors are those the pages themselves show, and the two of the command line.

Source: design/security.md section 4.4; security-checklist.md 38, 39
"""

from __future__ import annotations

import io
import resource
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse

from consent.models import Consent, Evidence
from foundation import jobs
from foundation.access import Role
from foundation.jobs import Job, JobState
from foundation.jobs.models import Job as AnyJob
from registry.donors.models import Donor
from registry.drives.models import Drive, FormState, PileForm, SheetFile
from registry.samples.models import Sample
from tests.benchmarks.memory import peak_megabytes
from tests.factories import consent as consents
from tests.factories import sheets
from tests.factories.foundation import signed_in
from tests.factories.world import AT, World
from tests.integration.test_bad_input import DOORS, NASTY, Found, plausible, typed_in
from tests.integration.test_every_url import COOKIES, ENTRIES, browser_of
from tests.pages import forms_of
from tests.sweeps import is_in_the_sample

SOON = 30  # seconds
MOST = 512 << 10  # KiB of a process that reads a file


def zipped(part: str, *pieces: bytes, times: int = 1) -> bytes:
    """Return a ZIP archive of one part, whose last piece comes so many times."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(part, "w") as stream:
        for piece in (*pieces, *pieces[-1:] * (times - 1)):
            stream.write(piece)
    return file.getvalue()


@lru_cache
def bomb() -> bytes:
    """Return a small sheet that becomes large; a second goes by before it is packed."""
    return zipped("xl/worksheets/sheet1.xml", b"<a>", b" " * 1_000_000, times=600)


OWN: dict[str, bytes | Callable[[], bytes]] = {
    "nothing.csv": b"",
    "nul.csv": b"\0" * 1000,
    "half.csv": b"\xe5\xa7",
    "half a surrogate pair.csv": b"\xed\xa0\x80,\xed\xa0\x80\n1,2\n",
    "one long line.csv": b"," * 500_000,
    "quotes without an end.csv": b'"' + b"a\n" * 100_000,
    "header alone.csv": sheets.csv(),
    "formulas.csv": sheets.csv(sheets.row(NAME="=cmd|' /C calc'!A0", DOCUMENT_NUMBER="@SUM(1)")),
    "bomb.xlsx": bomb,
    "outside.xlsx": zipped(
        "xl/worksheets/sheet1.xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    ),
    "cut.xlsx": sheets.xlsx(sheets.row())[:-300],
    "cut.pdf": b"%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 2 0 R>>\n",
    "acts.pdf": b"%PDF-1.7\n1 0 obj <</OpenAction <</S /JavaScript /JS (app.alert(1))>>>>\n%%EOF",
    "wide.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x02\0\0\0" + b"\0" * 40,
    "cut.jpg": consents.jpeg()[:200],
    "half.tif": b"II*\0\x08\0\0\0\xff\xff" + b"\0" * 50,
}
FILES = OWN | ({path.name: path.read_bytes() for path in sorted(NASTY.iterdir())} if NASTY.is_dir() else {})
HANDED_IN = [
    (name, file)
    for name in sorted(DOORS)
    for file in FILES
    if is_in_the_sample(f"{file} at {name}", one_in=4)
]


def content_of(file: str) -> bytes:
    """Return what stands in a file."""
    content = FILES[file]
    return content if isinstance(content, bytes) else content()


def test_the_shared_files_are_here() -> None:
    if not NASTY.is_dir():
        pytest.skip("the folder shared/data/nasty is not beside the clone; our own files walk the same path")
    assert len(FILES) > len(OWN) + 15


@pytest.fixture(scope="module")
def doors(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Found]]:
    """Every form that takes a file, by the view that takes it."""
    with django_db_blocker.unblock(), time_machine.travel(AT, tick=False), transaction.atomic():
        world = World()
        people = [*world.home.staff.values(), world.top[Role.REGISTRY_MANAGER]]
        for staff in people:
            COOKIES[staff.pk] = signed_in(Client(), staff).cookies.output()
        yield {name: found_at(world, name, people) for name in sorted(DOORS)}
        transaction.set_rollback(True)


def found_at(world: World, name: str, people: list[Any]) -> Found:
    """Return the form of a door as the first sees it who is let in."""
    entry = ENTRIES[name]
    address = reverse(name, kwargs=entry.make(world) if entry.make else {})
    for staff in people:
        page = browser_of(staff).get(address)
        for form in forms_of(page, at=address):
            if any(field.kind == "file" for field in form.fields):
                return Found(form, staff)
    raise AssertionError(f"Nobody is shown the door {name}.")


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Let no test use up another's budget."""
    cache.clear()


def counted() -> list[int]:
    """Return how many there are of whatever a file could bring."""
    filed = PileForm.objects.filter(state=FormState.FILED).count()
    brought = Evidence.objects.exclude(attached_at=None).count()
    return [model.objects.count() for model in (Donor, Consent, Sample)] + [filed, brought]


def is_sentence(text: str) -> bool:
    """Return whether a person wrote it: several words, and no code or name of a fault."""
    of_words = bool(text) and (not text.isascii() or " " in text)
    return of_words and "Traceback" not in text and "Error" not in text


@contextmanager
def soon() -> Iterator[None]:
    """Fail if it takes long, or if this process or one that it starts asks for too much."""
    began = time.monotonic()
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    inherited = max(resource.getrusage(one).ru_maxrss for one in whose)
    held = peak_megabytes()
    yield  # a process begins with the peak of the one that starts it: that is no memory of its own
    assert time.monotonic() - began < SOON
    assert peak_megabytes() - held <= MOST >> 10
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(inherited, MOST)


def filled_in(door: Found, file: SimpleUploadedFile) -> dict[str, Any]:
    """Return a form with a file in it and every other field filled in."""
    told: dict[str, Any] = {
        field.name: plausible(field).decode()
        for field in typed_in(door)
        if field.kind not in {"file", "checkbox"} and (field.is_typed or field.choices)
    }
    told |= {"way": "take"} if "way" in told else {}
    told = {key: value for key, value in told.items() if key not in {"trial", "strict"}}
    return told | {field.name: file for field in typed_in(door) if field.kind == "file"}


def hand_in(door: Found, name: str, content: bytes) -> tuple[Client, Any]:
    """Hand a file in as a browser does."""
    client = browser_of(door.staff)
    file = SimpleUploadedFile(f"../{name}", content)
    return client, client.post(door.form.action, filled_in(door, file))


def worked(since: Any) -> list[AnyJob]:
    """Do all work that was asked for, and return it as it ended."""
    asked = [pk for pk in Job.objects.order_by("pk").values_list("pk", flat=True) if pk not in since]
    for pk in asked:
        jobs.run(pk, clock=lambda: AT)
    return list(Job.objects.filter(pk__in=asked))


class TestADoor:
    @pytest.mark.django_db
    @pytest.mark.parametrize(("name", "file"), HANDED_IN)
    def test_answers_any_file_with_a_sentence(self, doors: dict[str, Found], name: str, file: str) -> None:
        point, before = transaction.savepoint(), counted()
        known = set(Job.objects.values_list("pk", flat=True))
        with soon():
            client, answer = hand_in(doors[name], file, content_of(file))
            assert answer.status_code in {302, 422}, answer.status_code
            if answer.status_code == 422:
                assert 'id="error-summary"' in answer.content.decode()
            for job in worked(known):
                self.ended_well(job, client, answer["Location"])
        assert counted() == before
        transaction.savepoint_rollback(point)

    def ended_well(self, job: AnyJob, client: Client, address: str) -> None:
        assert job.state in {JobState.DONE, JobState.FAILED}
        assert client.get(address).status_code == 200
        if job.state == JobState.FAILED:
            assert job.problems
            assert all(is_sentence(one) for one in job.problems), job.problems
        elif job.result.get("columns"):
            self.asks_for_columns(client, address)

    def asks_for_columns(self, client: Client, address: str) -> None:
        """Whose columns nobody knows stops at a question, and wrong answers to it are none."""
        page = questions_of(resolve(address).kwargs)
        assert client.get(page).status_code == 200
        same = {"column-0": "姓名", "column-1": "姓名"}
        for nonsense in ({}, {"column-0": "\0"}, same, {"column-99": "x"}):
            answer = client.post(page, nonsense)
            assert answer.status_code == 422
            assert 'id="error-summary"' in answer.content.decode()


def questions_of(kwargs: dict[str, Any]) -> str:
    """Return the page that asks about the columns of a sheet, or of old records."""
    if sheet_id := kwargs.get("sheet_id"):
        kept = SheetFile.objects.get(pk=sheet_id)
        return reverse("drives:sheet_columns", args=[kept.drive_id, kept.pk])
    return reverse("drives:records_columns", kwargs=kwargs)


def the_drive_of(door: Found) -> Drive:
    """Return the drive whose page a door stands on."""
    return Drive.objects.select_related("branch").get(pk=resolve(door.form.action).kwargs["pk"])


def ended(command: Callable[[], Any]) -> tuple[int, str]:
    """Return with which code a command ended, and the sentence it ended with."""
    try:
        command()
    except CommandError as fault:
        return fault.returncode, str(fault)
    except SystemExit as end:
        return int(str(end.code)), ""
    return 0, ""


class TestTheCommand:
    @pytest.mark.django_db
    @pytest.mark.parametrize("file", FILES)
    @pytest.mark.parametrize("which", ["a paper list", "a registry"])
    def test_says_a_sentence_and_ends_with_a_code(
        self, doors: dict[str, Found], tmp_path: Path, capsys: Any, which: str, file: str
    ) -> None:
        path, before = tmp_path / file, counted()
        path.write_bytes(content_of(file))
        drive = the_drive_of(doors["drives:sheet"])
        options = {"drive": str(drive.pk)}
        if which == "a registry":
            options = {"existing": True, "branch": drive.branch.code}
        with soon():
            code, said = ended(lambda: call_command("import_donors", str(path), **options))
        assert is_sentence(said or capsys.readouterr().out)
        assert code in {0, 1}
        assert counted() == before
