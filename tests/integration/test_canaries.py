"""Rare names and numbers go through every journey, with faults provoked; nothing of them stays in clear.

Source: design/security.md section 4.2; security-checklist.md 3, 53, 58, 59
"""

from __future__ import annotations

import base64
import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import pytest
import time_machine
from celery import shared_task
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.dispatch import Signal
from django.urls import reverse
from kombu import Connection

from consent.models import Evidence
from foundation import jobs
from foundation.access import Role
from foundation.desk.tasks import send_password_link
from foundation.ids import uuid7
from foundation.jobs.models import Job
from foundation.moves import stops
from registry.config.celery import app
from registry.donors.models import CallTask, Donor, Withdrawal
from registry.drives.models import Draft, SheetFile
from registry.drives.states import Step
from registry.samples.models import Batch, Sample
from tests.factories import consent as consents
from tests.factories import donors, sheets
from tests.factories.consent import png
from tests.factories.drives import DriveFactory, typed
from tests.factories.foundation import StaffFactory, signed_in
from tests.factories.samples import TYPING as GOOD_TYPING
from tests.factories.samples import House, house
from tests.watching import Watch, WatchedClient, broker_file, in_clear, spellings, watched

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LATER = AT + timedelta(days=8)

CANARIES = {
    "name": "龘靐齉",
    "second name": "爩麤灪",
    "third name": "阿卜杜热合曼·纂爨",
    "first contact": "龗龘靇",
    "second contact": "黸鱻鸞",
    "searched name": "驫麣鸜",
    "witness": "鬱鑿灩",
    "appointment": "饢齾鸝",
    "name on a sheet": "籲麠鼉",
    "refused name on a sheet": "钃讟黷",
    "phone": "13866688811",
    "first contact's phone": "13977722299",
    "second contact's phone": "13788833377",
    "new phone": "15911199955",
    "searched phone": "18644477766",
    "phone on a sheet": "13355577799",
    "appointment's phone": "13622266644",
    "address": "桃花源路七千零七号龢宅",
    "workplace": "龜茲國際糶糴公司",
    "e-mail": "qzxkvw@canary-post.example",
    "words": "他說齉鼻子過敏",
    "name of a file": "鼕鼕響家系圖",
}
NUMBERS = {
    name: sheets.resident_number(n, sex="F")
    for n, name in enumerate(("document", "second document", "third", "on a sheet"), start=71)
}
C = CANARIES | {f"number of {name}": value for name, value in NUMBERS.items()}


def told(**changes: Any) -> dict[Step, dict[str, list[str]]]:
    """Return what somebody types at each step: a canary wherever it is personal."""
    rare = {
        "name": C["name"], "number": NUMBERS["document"], "phone": C["phone"],
        "first_name": C["first contact"], "first_phone": C["first contact's phone"],
        "second_name": C["second contact"], "second_phone": C["second contact's phone"],
        "address": C["address"], "workplace": C["workplace"], "email": C["e-mail"],
    }  # fmt: skip
    return typed(**{**rare, **changes})


@dataclass
class Work:
    """A house, the browsers of those who work in it, and what is watched of them."""

    watch: Watch
    house: House
    client: WatchedClient
    caseworker: WatchedClient
    technician: WatchedClient
    manager: WatchedClient
    drive: Any

    def post(self, page: str, /, *args: Any, by: WatchedClient | None = None, **data: Any) -> Any:
        """Send a form of the page with this name."""
        return (by or self.client).post(reverse(page, args=args), data)

    def get(self, page: str, /, *args: Any, by: WatchedClient | None = None) -> Any:
        """Ask for a page."""
        return (by or self.client).get(reverse(page, args=args))


def sign_in_wrongly(work: Work) -> None:
    """Type a volunteer's name and number where one's own login belongs."""
    stranger = WatchedClient(work.watch)
    for name in (C["name"], C["phone"], NUMBERS["document"], C["e-mail"]):
        stranger.post(reverse("account_login"), {"login": name, "password": C["phone"]})
        stranger.post(reverse("account_reset_password"), {"login": name})
    stranger.post(reverse("account_login"), {"login": work.house.coordinator.username, "password": C["name"]})
    stranger.get("/nowhere/" + str(uuid7()) + "/")


def begin(work: Work, fields: dict[Step, dict[str, list[str]]]) -> Draft | None:
    """Send the first step; return the draft where it was taken."""
    draft_id = uuid7()
    work.post("drives:enrol", work.drive.pk, **fields[Step.DOCUMENT], draft=str(draft_id))
    return Draft.objects.filter(pk=draft_id).first()


def walk(work: Work, fields: dict[Step, dict[str, list[str]]], draft: Draft) -> Donor | None:
    """Send the other steps."""
    for step in (Step.CONTACTS, Step.HEALTH, Step.CONSENTS, Step.TUBE):
        work.get("drives:step", work.drive.pk, draft.pk, step.value)
        work.post("drives:step", work.drive.pk, draft.pk, step.value, **fields[step])
    return Donor.objects.filter(pk=Draft.objects.values_list("donor", flat=True).get(pk=draft.pk)).first()


def enrol(work: Work) -> Donor:
    """Enrol somebody whose every field is wrong once, then right; signed on the screen."""
    wrong = told(number=NUMBERS["document"][:-1] + "A", second_phone=C["phone"], first_name=C["name"] + "\0")
    begin(work, wrong)
    fields = told()
    fields[Step.CONSENTS] |= {"how": ["screen"]} | {
        f"signature_{slot}": ["data:image/png;base64," + _signature()]
        for slot in ("register", "sensitive", "sample", "share", "contact")
    }
    draft = begin(work, fields)
    work.post("drives:step", work.drive.pk, draft.pk, "contacts", **wrong[Step.CONTACTS])
    work.post("drives:step", work.drive.pk, draft.pk, "contacts", **wrong[Step.CONTACTS], then="keep")
    work.post("drives:step", work.drive.pk, draft.pk, "health", weight_kg=C["words"], blood_group=C["name"])
    donor = walk(work, fields, draft)
    assert donor is not None
    for page in ("drives:board", "drives:card", "drives:close", "drives:team"):
        work.get(page, work.drive.pk)
    work.get("drives:done", work.drive.pk, draft.pk)
    work.post("drives:enrol", work.drive.pk, **fields[Step.DOCUMENT], draft=str(again := uuid7()))
    work.post("drives:ask_branch", work.drive.pk, again)
    return donor


def enrol_on_paper(work: Work) -> Donor:
    """Enrol somebody on paper, with a witness at first; bring a wrong file, then the scan; verify it."""
    fields = told(
        name=C["second name"], number=NUMBERS["second document"], phone=C["new phone"], witness=C["witness"]
    )
    fields[Step.CONSENTS]["how"] = ["witness"]
    donor = walk(work, fields, begin(work, fields))
    fields = told(name=C["third name"], number=NUMBERS["third"], phone=C["searched phone"])
    donor = walk(work, fields, begin(work, fields)) or donor
    assert donor is not None
    proof = Evidence.objects.filter(subject=donor.subject).get()
    for content in (C["name"].encode(), consents.jpeg()):
        file = SimpleUploadedFile(f"{C['name of a file']}.jpg", content, "image/jpeg")
        work.post("consent:attach", proof.pk, scan=file)
    for client in (work.client, work.caseworker):
        client.get(reverse("consent:missing"))
        client.get(reverse("consent:verify"))
    work.post("consent:verify", by=work.caseworker, good=[str(proof.pk)])
    work.get("consent:file", proof.pk, by=work.caseworker)
    work.get("consent:receipt", donor.subject_id)
    work.get("consent:receipt_pdf", donor.subject_id)
    work.get("consent:disclosures", donor.subject_id)
    return donor


def search(work: Work, donor: Donor) -> None:
    """Type everything one can find somebody by, and what finds nobody."""
    texts = (*C.values(), f"+86 {C['phone'][:3]} {C['phone'][3:7]} {C['phone'][7:]}", donor.grid)
    for text in texts:
        work.post("desk:search", q=text)
    work.client.get(reverse("donors:list"), {"q": C["searched name"], "page": C["searched phone"]})


def look_and_call(work: Work, donor: Donor) -> None:
    """Open a record, call, write words down, change details, hold, hear an objection."""
    work.get("donors:detail", donor.pk)
    work.post("donors:reveal", donor.pk, reason="reach")
    work.post("donors:reveal", donor.pk, reason=C["words"])
    words = {"words": C["words"]}
    work.post("donors:plan-call", donor.pk, kind="OTHER", due_on="2026-11-20")
    task = CallTask.objects.filter(donor=donor, kind="OTHER").get()
    work.get("donors:calls")
    work.post("donors:open-call", task.pk)
    work.get("donors:call", task.pk)
    work.post("donors:call", task.pk, number="donor", result="NO_ANSWER", phone=C["words"], **words)
    work.post("donors:call", task.pk, number="donor", result="NO_ANSWER", phone=C["new phone"], **words)
    work.get("donors:call-stop", task.pk)
    work.post("donors:skip-call", task.pk)
    work.post("donors:next-call")
    work.get("donors:calls-done")
    work.post("donors:open-call", task.pk)
    work.post("donors:call", task.pk, number="donor", result="NO_ANSWER", **words)
    work.post("donors:call", task.pk, number=C["name"], result=C["words"], **words)
    work.post("donors:record-call", donor.pk, number="donor", result="REACHED", **words)
    work.post("donors:stance", donor.pk, 1, stance="SUPPORTS", may_know="on")
    work.post("donors:details", donor.pk, email="no address " + C["e-mail"], phone=C["words"])
    work.post("donors:details", donor.pk, email=C["e-mail"], address=C["address"], workplace=C["workplace"])
    work.post("donors:hold", donor.pk, reason="PR_AMBIVALENT", until=C["words"], **words)
    work.post("donors:hold", donor.pk, reason="PR_AMBIVALENT", until="2027-01-01", **words)
    work.post("donors:object", donor.pk, **words)
    for page in ("donors:detail", "donors:hold", "donors:object"):
        work.get(page, donor.pk)
    work.post("donors:release", donor.pk)


def bring_a_list(work: Work) -> None:
    """Hand in lists: one with a good and a bad row, one without a header, one that is none."""
    good = sheets.row(
        1, NAME=C["name on a sheet"], PHONE=C["phone on a sheet"], DOCUMENT_NUMBER=NUMBERS["on a sheet"],
        SEX="女", ADDRESS=C["address"], NOTE=C["words"], WORKPLACE=C["workplace"],
        BORN_ON="1998-05-17",
    )  # fmt: skip
    bad = sheets.row(2, NAME=C["refused name on a sheet"], PHONE=C["searched phone"], SEX="？")
    bare = [list(good.values()), list(bad.values())]
    contents = (
        sheets.xlsx(good, bad),
        sheets.csv(good, bad),
        b"".join(sheets.files.write_csv(bare)),
        C["words"].encode(),
    )
    for content in contents:
        name = f"{C['name of a file']}.csv"
        work.post("drives:sheet", work.drive.pk, sheet=SimpleUploadedFile(name, content))
    work.watch.take_messages()
    for job in Job.objects.filter(state="QUEUED"):
        jobs.run(job.pk, clock=lambda: AT)
    for sheet in SheetFile.objects.all():
        work.get("drives:sheet_report", work.drive.pk, sheet.pk)
        work.post("drives:sheet_mend", work.drive.pk, sheet.pk)
    work.post("drives:sheet_discard", work.drive.pk, SheetFile.objects.order_by("pk").first().pk)


def make_appointments(work: Work) -> None:
    """Expect somebody at the office."""
    office = work.post("drives:office")["Location"]
    url = office + "appointments/"
    said = {"name": C["appointment"], "phone": C["appointment's phone"]}
    for starts_at in (C["words"], "2026-11-23T09:00"):
        work.client.post(url, {**said, "starts_at": starts_at})
    work.client.get(url)


def send_and_type(work: Work) -> None:
    """Print labels, fill a box, send it, count it in, type with a slip of the pen."""
    tube = Sample.objects.filter(donor__name__isnull=False).order_by("pk").first()
    work.post("samples:labels", again=C["words"], copies="1", reason="FOR_A_DRIVE")
    work.post("samples:labels", again=tube.barcode, copies="1", sheet=settings.LABEL_SHEET, reason="DAMAGED")
    box = {"from_branch": str(work.house.prefecture.pk), "laboratory": str(work.house.laboratory.pk)}
    work.post("samples:open", by=work.caseworker, **box)
    batch = Batch.objects.get()
    for code in (C["name"], C["phone"], NUMBERS["document"], tube.barcode):
        work.post("samples:scan", batch.pk, by=work.caseworker, barcode=code)
    for act in ("seal", "manifest", "dispatch"):
        work.post(f"samples:{act}", batch.pk, by=work.caseworker, reason="WITH_THE_BOX")
    work.post("samples:count-in", batch.pk, by=work.technician, barcode=C["phone"])
    work.post("samples:count-in", batch.pk, by=work.technician, barcode=tube.barcode)
    work.get("samples:receipt", batch.pk, by=work.technician)
    for text in (C["words"], GOOD_TYPING.replace("A*01:01", "A*" + C["phone"]), GOOD_TYPING):
        work.post("samples:typing", tube.pk, by=work.technician, text=text)
    work.post("samples:typings", by=work.technician, rows=f"{C['name']}\t{C['words']}")


def leave(work: Work, donor: Donor) -> None:
    """Withdraw with a wrong fact, then with right ones; print the receipt; try the door between branches."""
    work.post("donors:withdraw", donor.pk, document_end=C["words"][:4], phone_end=C["phone"][:4])
    facts = {"document_end": NUMBERS["document"][-4:], "document_seen": "on"}
    work.post("donors:withdraw", donor.pk, samples="later", **facts)
    assert Withdrawal.objects.filter(donor=donor).exists()
    work.get("donors:receipt", donor.pk)
    work.get("donors:receipt-paper", donor.pk)
    work.get("donors:detail", donor.pk)
    for number in (NUMBERS["third"], C["name"]):
        said = {"kind": "RESIDENT_ID", "number": number, "born_on": "1998-05-18", "samples": "later"}
        work.post("donors:withdraw-by-document", **said)


class _Odd(Exception):
    """An error of somebody else's code, which has a value in its message."""


def _fails(*args: Any, **kwargs: Any) -> Any:
    held = {"args": args, "kwargs": kwargs, "name": C["name"], "number": NUMBERS["document"]}
    try:
        int(C["phone"] + C["words"])
    except ValueError as fault:
        raise _Odd(f"cannot keep {held}") from fault


def _clashes(*_args: Any, **_kwargs: Any) -> Any:
    raise IntegrityError(f"duplicate key value\nDETAIL:  Key (name)=({C['name']}) already exists.")


@contextmanager
def broken(what: str, how: Callable[..., Any] = _fails) -> Iterator[None]:
    """Let one function of the program fail."""
    with mock.patch(what, how):
        yield


@shared_task
def failing_task(subject: str) -> None:
    """Fail as a task can, with a name at hand."""
    _fails(subject)


def provoke(work: Work, donor: Donor) -> None:
    """Let things break under the hands of who works: in views, jobs, stops, tasks and templates."""
    fields = told(number=donors.person().document_number)
    with broken("registry.donors.views.detail.queries.head_of"):
        work.get("donors:detail", donor.pk)
    with broken("registry.donors.actions.record_call", _clashes):
        work.post("donors:record-call", donor.pk, number="donor", result="REACHED", words=C["words"])
    with broken("registry.drives.views.enrolment.drafts.begin"):
        begin(work, fields)
    with broken("foundation.vault.writing.Sealed"):
        work.post("donors:object", donor.pk, words=C["words"])
        work.post("drives:sheet", work.drive.pk, sheet=SimpleUploadedFile("x.csv", C["name"].encode()))
    with broken("registry.donors.queries.look_up"):
        work.post("desk:search", q=C["searched name"])
    with broken("foundation.templatetags.relay.masks.name"):
        work.get("donors:list")
    with broken("consent.actions.attach_scan"):
        proof = Evidence.objects.missing().first()
        file = SimpleUploadedFile(f"{C['name of a file']}.png", consents.jpeg())
        if proof:
            work.post("consent:attach", proof.pk, scan=file)
    with broken("registry.samples.receivers.actions.order_destruction"):
        work.post("donors:withdraw", donor.pk, samples="later", document_seen="on")
    with broken("registry.drives.imports.uploads.import_rows"):
        sheet = sheets.csv(sheets.row(5, NAME=C["name on a sheet"]))
        work.post("drives:sheet", work.drive.pk, sheet=SimpleUploadedFile("x.csv", sheet))
        jobs.run(Job.objects.order_by("pk").last().pk, clock=lambda: AT)
    failing_task.apply(args=[str(donor.pk)])
    signal = Signal()
    signal.connect(_fails_on_a_stop)
    with transaction.atomic():
        stops.collect(signal, at=AT, donor=donor)


def _fails_on_a_stop(*, donor: Donor, **_: Any) -> None:
    _fails(donor)


def run_commands(work: Work) -> None:
    """Seal and verify the trail, look at keys and ledger, send a colleague a link."""
    send_password_link(str(work.house.coordinator.pk))
    for arguments in (["trail", "seal"], ["trail", "verify"], ["keys", "status"], ["ledger", "status"]):
        call_command(*arguments, stdout=mock.Mock())


def _signature() -> str:
    return base64.b64encode(png()).decode()


@pytest.fixture(scope="module")
def seen(django_db_setup: None, django_db_blocker: Any) -> dict[str, bytes]:
    """Everything that was written, said or sent while all journeys were made, by its place."""
    return watched(_make_every_journey, django_db_blocker, at=AT, faults=6, mistakes=10)


def _make_every_journey(watch: Watch) -> None:
    consents.text()
    home = house()
    drive = DriveFactory(branch=home.county)
    manager = StaffFactory(role=Role.REGISTRY_MANAGER, branch=home.prefecture.parent)
    people = (home.coordinator, home.caseworker, home.technician, manager)
    browsers = [signed_in(WatchedClient(watch), staff) for staff in people]
    work = Work(watch, home, *browsers, drive=drive)  # type: ignore[arg-type]
    sign_in_wrongly(work)
    donor = enrol(work)
    enrol_on_paper(work)
    search(work, donor)
    look_and_call(work, donor)
    bring_a_list(work)
    make_appointments(work)
    watch.take_messages()
    with time_machine.travel(LATER):
        browsers = [signed_in(WatchedClient(watch), staff) for staff in people]
        work = Work(watch, home, *browsers, drive=drive)  # type: ignore[arg-type]
        send_and_type(work)
        leave(work, donor)
        provoke(work, Donor.objects.exclude(pk=donor.pk).order_by("pk").first())
        run_commands(work)
        watch.take_messages()


PLACES = (
    "address", "broker", "cache", "database", "e-mail", "header or cookie", "home", "log",
    "page of a fault", "session", "title", "trail",
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_nothing_of_a_person_lies_in_clear(seen: dict[str, bytes], place: str) -> None:
    assert in_clear(C, seen[place]) == []


@pytest.mark.parametrize(
    ("place", "known"),
    [
        ("address", "/donors/"),
        ("broker", "foundation.jobs.tasks.do"),
        ("cache", "desk.search"),
        ("database", "coordinator"),
        ("e-mail", "/account/password/"),
        ("header or cookie", "Content-Security-Policy"),
        ("home", "root"),
        ("log", "_Odd"),
        ("page of a fault", "</html>"),
        ("session", "authentication"),
        ("title", "Life Relay"),
        ("trail", "donor.withdraw"),
    ],
)
def test_what_may_be_known_was_found_there(seen: dict[str, bytes], place: str, known: str) -> None:
    assert known.encode() in seen[place]


@pytest.mark.parametrize("secret", ["龘靐齉", "13866688811", "qzxkvw@canary-post.example"])
class TestSpellings:
    """The search itself: a secret is found however it was written down."""

    def test_finds_it_in_base64_at_any_offset(self, secret: str) -> None:
        for before in range(7):
            for after in range(4):
                hidden = base64.b64encode(b"x" * before + secret.encode() + b"y" * after)
                assert any(form in hidden for form in spellings(secret)), (before, after)

    def test_finds_it_in_json_and_addresses(self, secret: str) -> None:
        for hidden in (json.dumps({"a": secret}), urlencode({"q": secret}), repr(secret.encode())):
            assert any(form in hidden.encode() for form in spellings(secret)), hidden


def test_the_embedded_broker_keeps_ids_only(tmp_path: Any) -> None:
    """A message in the embedded broker's own file holds the id of the work, and nothing else of it."""
    file, job = tmp_path / "broker.sqlite3", str(uuid7())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the broker's own library
        with Connection(f"sqla+sqlite:///{file}") as broker:
            app.tasks["foundation.jobs.tasks.do"].apply_async(args=[job], connection=broker)
    kept = broker_file(file)
    assert job.encode() in kept
