"""Rare names and numbers are mended, taken over, scanned and taken out; nothing of them stays in clear.

Source: design/security.md section 4.2; security-checklist.md 53, 58
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from foundation import jobs, vault
from foundation.access import BranchKind, Role
from foundation.approvals import Approval
from foundation.ids import uuid7
from foundation.jobs.models import Job
from registry.donors.models import (
    Assist,
    BranchQuestion,
    CallKind,
    CallTask,
    Donor,
    Export,
    IdentityChange,
    Merge,
    NationalFinding,
    NationalSheet,
    Withdrawal,
)
from registry.donors.records import ContactPerson
from registry.donors.states import DonorState
from registry.drives.models import FormState, Pile, RecordsFile
from tests.factories import consent as consents
from tests.factories import donors, exports, records
from tests.factories import piles as scans
from tests.factories import samples as tubes
from tests.factories.drives import DriveFactory, typed
from tests.factories.foundation import BranchFactory, StaffFactory, signed_in
from tests.integration.test_canaries import AT, NUMBERS, PLACES, C, broken
from tests.watching import Watch, WatchedClient, in_clear, watched

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

BORN_ON = date(1998, 5, 17)  # of all the numbers
SECOND = {"kind": "RESIDENT_ID", "number": NUMBERS["second document"]}
FILE = f"{C['name of a file']}.xlsx"


@dataclass
class Office:
    """A county with the branches above it, a county far away, and the browsers of those who work in them."""

    house: tubes.House
    drive: Any
    far: Any  # a drive of the county far away
    lin: WatchedClient
    zhou: WatchedClient
    chen: WatchedClient  # who works there
    manager: WatchedClient
    watch: Watch

    def donor(self, name: str, number: str, phone: str, **columns: Any) -> Donor:
        """Return somebody of the county on the list: a canary wherever it is personal."""
        about = {
            "name": C[name], "document_number": NUMBERS[number], "phone": f"+86{C[phone]}",
            "address": C["address"], "workplace": C["workplace"], "email": C["e-mail"], "born_on": BORN_ON,
        }  # fmt: skip
        known = [
            ContactPerson(name=C[f"{one} contact"], phone="+86" + C[f"{one} contact's phone"])
            for one in ("first", "second")
        ]
        made = donors.DonorFactory(
            branch=self.house.county, about=about, contacts=known, **{"state": DonorState.LISTED, **columns}
        )
        consents.sign(made.subject, by=self.house.collects, at=AT - timedelta(days=30))
        return made


def post(browser: WatchedClient, page: str, /, *args: Any, **said: Any) -> Any:
    """Open the page with this name, and send its form."""
    url = reverse(page, args=args)
    browser.get(url)
    return browser.post(url, said)


def agree(browser: WatchedClient) -> None:
    """Say yes to what was asked last."""
    asked = Approval.objects.latest("pk")
    browser.get(reverse("desk:approvals"))
    post(browser, "desk:approval", asked.pk, decision="yes", answer="checked")
    assert Approval.objects.get(pk=asked.pk).decision == "yes"


def run_jobs(watch: Watch) -> None:
    """Let the worker do what waits."""
    watch.take_messages()
    for job in Job.objects.filter(state="QUEUED"):
        jobs.run(job.pk, clock=timezone.now)


def mend(office: Office) -> None:
    """Correct an identity, with a slip of the pen and a fault; join two records, and part them again."""
    donor = office.donor("name", "document", "phone")
    said = {**SECOND, "name": C["second name"], "reason": "WRITTEN_WRONG", "seen": "on"}
    page = "donors:correct-identity"
    for wrong in ({"number": f"{C['name']}\0"}, {"name": f"{C['name']}\0"}, {"born_on": C["words"]}):
        post(office.lin, page, donor.pk, **{**said, **wrong})
    with broken("registry.donors.actions.identity.correct_identity"):
        post(office.lin, page, donor.pk, **said)
    post(office.lin, page, donor.pk, **said)
    assert IdentityChange.objects.filter(donor=donor).exists()

    other = office.donor("third name", "third", "new phone")
    post(office.lin, page, other.pk, **said)  # somebody else has it
    join(office, donor, other)
    post(office.manager, "donors:unmerge", donor.pk)
    agree(office.zhou)
    assert Merge.objects.get().undone_at


def join(office: Office, donor: Donor, other: Donor) -> None:
    """Find the other record, see both, say why it is one person, and have it agreed to."""
    for text in (C["searched name"], C["phone"], NUMBERS["third"]):
        post(office.manager, "donors:merge", donor.pk, text=text)
    pair = (donor.pk, other.pk)
    post(office.manager, "donors:merge-with", *pair, then="show", reason=C["words"])
    post(office.manager, "donors:merge-with", *pair, then="show", reason="reach")
    said = {"document": "kept", "both_documents": "yes", "name": "other", "phone": "other", "seen": "on"}
    post(office.manager, "donors:merge-with", *pair, **said, why=C["words"])
    with broken("registry.donors.actions.merging.ask_to_merge"):
        post(office.manager, "donors:merge-with", *pair, **said, sure="on", why=C["words"])
    post(office.manager, "donors:merge-with", *pair, **said, sure="on", why=C["words"])
    post(office.zhou, "donors:asked-merge", Approval.objects.latest("pk").pk)
    agree(office.zhou)
    office.lin.get(reverse("donors:detail", args=[donor.pk]))
    assert Merge.objects.filter(donor=donor, emptied=other).exists()


def ask_each_other(office: Office) -> None:
    """Ask the branch of somebody who came elsewhere, help each other, take them in; let them leave there."""
    donor = _who_has("second document")
    meet_far_away(office)
    post(office.lin, "donors:answer", BranchQuestion.objects.latest("pk").pk, answer="SPOKEN")
    task = CallTask.objects.filter(donor=donor, kind=CallKind.NEW_NUMBER).get()
    post(office.lin, "donors:open-call", task.pk)
    office.lin.get(reverse("donors:call", args=[task.pk]))

    asked = {"branch": str(office.far.branch_id), "kind": "VISIT", "words": C["words"]}
    post(office.lin, "donors:ask-assist", donor.pk, **asked, until=C["words"])
    post(office.lin, "donors:ask-assist", donor.pk, **asked, until="2026-12-01")
    assist = Assist.objects.get()
    office.chen.get(reverse("donors:assists"))
    post(office.chen, "donors:assist-take", assist.pk)
    post(office.chen, "donors:assist", assist.pk, result=C["name"], words=C["words"])
    with broken("registry.donors.actions.assisting.end_assist"):
        post(office.chen, "donors:assist", assist.pk, result="DONE", words=C["words"])
    post(office.chen, "donors:assist", assist.pk, result="DONE", words=C["words"])
    assert Assist.objects.get().ended_at

    said = {**SECOND, "what": "SERVICE", "reason": "WORK", "branch": str(office.far.branch_id)}
    for second in ({"phone": C["words"]}, {"name": C["searched name"]}, {"phone": C["new phone"]}):
        post(office.chen, "donors:take-in", **said, **second)
    post(office.chen, "donors:take-in", **said, name=C["second name"])
    agree(office.zhou)
    office.chen.get(reverse("donors:detail", args=[donor.pk]))


def meet_far_away(office: Office) -> None:
    """Meet them at another branch's drive, and hand their new number on."""
    fields = typed(number=NUMBERS["second document"], name=C["second name"])
    at = [office.far.pk, uuid7()]
    office.chen.post(
        reverse("drives:enrol", args=[office.far.pk]), {**next(iter(fields.values())), "draft": str(at[1])}
    )
    said = {"ask-what": "STILL_RIGHT", "ask-phone": C["new phone"]}
    office.chen.post(reverse("drives:ask_branch", args=at), said | {"ask-phone": C["words"]})
    with broken("registry.donors.actions.doors.ask_its_branch"):
        office.chen.post(reverse("drives:ask_branch", args=at), said)
    office.chen.post(reverse("drives:ask_branch", args=at), said)
    assert BranchQuestion.objects.exists()


def take_over(office: Office) -> None:
    """Hand in the records a branch kept before: good rows, bad ones, columns nobody knows; mend them."""
    good = records.row(
        1, NAME=C["name on a sheet"], DOCUMENT_NUMBER=NUMBERS["on a sheet"], PHONE=C["phone on a sheet"],
        BORN_ON=BORN_ON, SEX="女", ADDRESS=C["address"], NOTE=C["words"], BLOOD_GROUP=C["words"],
        CONTACT_1_NAME=C["first contact"], CONTACT_1_PHONE=C["first contact's phone"],
    )  # fmt: skip
    bad = records.row(2, NAME=C["refused name on a sheet"], PHONE=C["searched phone"], STATE=C["words"])
    bare = [list(good.values()), list(bad.values())]
    asking = records.cells([good])
    asking[0][-1] = "咋样了"
    contents = (
        records.xlsx(good, bad),
        records.sheets.files.write_xlsx(bare),
        records.sheets.files.write_xlsx(asking),
        C["words"].encode(),
    )
    said = {"branch": str(office.house.county.pk), "way": "take", "box": "2012-A"}
    for content in contents:
        post(office.manager, "drives:records", **said, sheet=SimpleUploadedFile(FILE, content))
    run_jobs(office.watch)
    for kept in RecordsFile.objects.all():
        office.manager.get(reverse("drives:records_report", args=[kept.pk]))
        office.manager.get(reverse("drives:records_columns", args=[kept.pk]))
        office.manager.post(reverse("drives:records_mend", args=[kept.pk]))
    with broken("registry.drives.imports.existing.uploads.import_existing"):
        sheet = records.xlsx(records.row(5, NAME=C["name on a sheet"]))
        post(office.manager, "drives:records", **said, sheet=SimpleUploadedFile(FILE, sheet))
        run_jobs(office.watch)
    assert _who_has("on a sheet").legacy


def bring_a_pile(office: Office) -> None:
    """Hand a scanned pile in; what it could not file is typed by name, wrongly at first."""
    tube = tubes.tube(office.house, tubes.volunteer(office.house, on_paper=True))
    url = reverse("drives:piles")
    for content in (C["words"].encode(), scans.told("", tube.barcode)):
        office.lin.post(url, {"pile": SimpleUploadedFile(FILE, content)})
    with mock.patch("registry.drives.piles.uploads.Scan", scans.ReadBefore):
        run_jobs(office.watch)
    pile = Pile.objects.get()
    office.lin.get(reverse("drives:pile", args=[pile.pk]))
    form = pile.forms.filter(state=FormState.LOOK).first()
    at = (pile.pk, form.pk)
    for text in (C["searched name"], C["name"], NUMBERS["third"], C["phone"]):
        post(office.lin, "drives:pile_form", *at, act="file", seen="1", text=text)
    with broken("registry.drives.piles.file_under"):
        post(office.lin, "drives:pile_form", *at, act="file", seen="1", text=C["name"])
    office.lin.get(reverse("drives:pile_page", args=[pile.pk, 1]))
    post(office.lin, "drives:pile_form", *at, act="discard", seen="1", reason="NO_FORM")
    assert pile.forms.filter(state=FormState.FILED).exists()


def take_out(office: Office) -> None:
    """Ask for a sheet with everything in it, have it agreed to, and take it in both forms."""
    columns = ("grid", "name", "document", "phone", "email", "contacts", "workplace", "address", "note")
    said = {"branch": str(office.house.prefecture.pk), "opened": "opened", "reason": "CHECK"}
    post(office.zhou, "donors:export-ask", **said | {"columns": [C["name"]], "reason": C["words"]})
    post(office.zhou, "donors:export-ask", **said, columns=columns)
    agree(office.manager)
    run_jobs(office.watch)
    export = Export.objects.get()
    office.zhou.get(reverse("donors:exports"))
    for form in ("xlsx", "csv"):
        answer = post(office.zhou, "donors:export-take", export.pk, form=form)
        assert b"".join(answer.streaming_content)
    with broken("registry.donors.exports.taking.take"):
        post(office.zhou, "donors:export-take", export.pk, form="csv")


def compare(office: Office) -> None:
    """Enter somebody at the national register, and compare its sheet, in which columns are mixed up."""
    donor = Donor.objects.filter(state=DonorState.LISTED, legacy=False).order_by("pk").last()
    office.manager.get(reverse("donors:national"))
    office.manager.post(reverse("donors:national-enter"), {"donor": [donor.pk], "reason": "NATIONAL"})
    for form in ("xlsx", "print"):
        answer = office.manager.post(reverse("donors:national-sheet"), {"reason": "NATIONAL", "form": form})
        assert b"".join(answer)
    for number in (NUMBERS["document"], C["name"]):
        post(office.manager, "donors:national-record", donor.pk, number=number, on=C["words"])
    rows = [
        ["CN0001", NUMBERS["second document"], "", C["words"], C["phone"]],
        [NUMBERS["third"], C["name"], "", C["second name"], ""],
        [C["name"], NUMBERS["document"], C["phone"], "在库", "2026-09-01"],
        ["CN0002", NUMBERS["on a sheet"], "", "在库", "2026-09-01"],
    ]
    said = {"branch": str(office.house.prefecture.pk)}
    for content in (C["words"].encode(), exports.theirs(*rows)):
        sheet = SimpleUploadedFile(FILE, content)
        post(office.manager, "donors:national-compare", **said, sheet=sheet)
    with broken("registry.donors.national.comparing.compare"):
        run_jobs(office.watch)
    post(
        office.manager,
        "donors:national-compare",
        **said,
        sheet=SimpleUploadedFile(FILE, exports.theirs(*rows, rows[0])),
    )
    run_jobs(office.watch)
    for sheet in NationalSheet.objects.all():
        office.manager.get(reverse("donors:national-compared", args=[sheet.pk]))
    assert NationalFinding.objects.exists()


def leave_by_the_door(office: Office) -> None:
    """Let somebody leave at a branch that does not keep their record."""
    said = {"kind": "RESIDENT_ID", "number": NUMBERS["third"], "samples": "later"}
    for name in (C["searched name"], C["third name"]):
        post(office.chen, "donors:withdraw-by-document", **said, name=name)
    withdrawal = Withdrawal.objects.get()
    office.chen.get(reverse("donors:door-receipt", args=[withdrawal.pk]))


def _who_has(number: str) -> Donor:
    document = vault.index.document("RESIDENT_ID", NUMBERS[number])
    return Donor.objects.get(subject__document_index__in=document.each)


def _work(watch: Watch) -> None:
    consents.text()
    house = tubes.house()
    top = house.prefecture.parent
    far = BranchFactory(parent=BranchFactory(kind=BranchKind.PREFECTURE, parent=top))
    people = (
        house.coordinator,
        house.caseworker,
        StaffFactory(role=Role.COORDINATOR, branch=far),
        StaffFactory(role=Role.REGISTRY_MANAGER, branch=top),
    )
    browsers = [signed_in(WatchedClient(watch), staff) for staff in people]
    drives = (DriveFactory(branch=house.county), DriveFactory(branch=far))
    office = Office(house, *drives, *browsers, watch=watch)  # type: ignore[arg-type]
    for journey in (mend, ask_each_other, take_over, bring_a_pile, take_out, compare, leave_by_the_door):
        journey(office)
    watch.take_messages()


@pytest.fixture(scope="module")
def seen(django_db_setup: None, django_db_blocker: Any) -> Any:
    """Everything that was written, said or sent while records were worked on, by its place."""
    return watched(_work, django_db_blocker, at=AT, faults=5, mistakes=10)


@pytest.mark.parametrize("place", PLACES)
def test_nothing_of_a_record_lies_in_clear(seen: dict[str, bytes], place: str) -> None:
    assert in_clear(C, seen[place]) == []


@pytest.mark.parametrize(
    ("place", "known"),
    [
        ("trail", "donor.merged"),
        ("trail", "assist.ended"),
        ("trail", "export."),
        ("trail", "pile."),
        ("log", "_Odd"),
        ("database", "CN0002"),
    ],
)
def test_what_may_be_known_was_found_there(seen: dict[str, bytes], place: str, known: str) -> None:
    assert known.encode() in seen[place]
