"""Rare names and numbers go through the pages that strangers open; nothing of them stays in clear.

Source: design/security.md section 4.2; security-checklist.md 53
"""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from registry.donors.moved.tasks import compare_left_numbers
from registry.drives.models import Draft, Drive
from registry.drives.states import Step
from tests.factories import consent as consents
from tests.factories import own_forms, sheets
from tests.factories.consent import png
from tests.factories.drives import DriveFactory, typed
from tests.factories.foundation import signed_in
from tests.factories.samples import house
from tests.integration.test_canaries import AT, PLACES, broken
from tests.watching import Watch, WatchedClient, in_clear, watched

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

CANARIES = {
    "name": "龘靐齉",
    "second name": "爩麤灪",
    "first contact": "龗龘靇",
    "second contact": "黸鱻鸞",
    "phone": "13866688811",
    "new phone": "15911199955",
    "first contact's phone": "13977722299",
    "second contact's phone": "13788833377",
    "address": "桃花源路七千零七号龢宅",
    "workplace": "龜茲國際糶糴公司",
    "e-mail": "qzxkvw@canary-post.example",
    "number": sheets.resident_number(91, sex="F"),
    "second number": sheets.resident_number(92, sex="F"),
}
C = CANARIES


def pages(**changes: str) -> dict[str, dict[str, list[str]]]:
    """Return what a volunteer types: a canary wherever it is personal."""
    rare = {
        "name": C["name"], "number": C["number"], "phone": C["phone"],
        "first_name": C["first contact"], "first_phone": C["first contact's phone"],
        "second_name": C["second contact"], "second_phone": C["second contact's phone"],
        "address": C["address"], "workplace": C["workplace"], "email": C["e-mail"],
    }  # fmt: skip
    return own_forms.told(**{**rare, **changes})


def fill(phone: WatchedClient, drive: Drive, told: dict[str, dict[str, list[str]]]) -> None:
    """Send every page wrong once, then right, and go back over them."""
    address = own_forms.mark(drive, today=AT.date())
    phone.get(reverse("own:start", args=[address]))
    for part, fields in told.items():
        phone.get(reverse("own:part", args=[address, part]))
        wrong = {name: [f"{values[0]}\0"] for name, values in fields.items()}
        phone.post(reverse("own:part", args=[address, part]), wrong)
        phone.post(reverse("own:part", args=[address, part]), fields)
        phone.get(reverse("own:part", args=[address, part]))
    phone.get(reverse("own:number", args=[address]))


def confirm(desk: WatchedClient, drive: Drive) -> None:
    """See the document, let the volunteer sign on the screen, take the tube."""
    draft, steps = Draft.objects.filter(handed_in_at__isnull=False).get(), typed()
    desk.get(reverse("drives:board", args=[drive.pk]))
    desk.post(reverse("drives:take_own", args=[drive.pk]), {"code": C["phone"]})
    desk.post(reverse("drives:take_own", args=[drive.pk]), {"code": "1"})
    at = [drive.pk, draft.pk]
    desk.get(reverse("drives:own", args=[draft.pk]))
    document = {"name": C["name"], "kind": "RESIDENT_ID", "number": C["number"]}
    desk.post(reverse("drives:step", args=[*at, "document"]), document)
    desk.post(reverse("drives:step", args=[*at, "document"]), {**document, "seen": "on"})
    drawn = "data:image/png;base64," + base64.b64encode(png()).decode()
    signed = {
        f"signature_{slot}": [drawn] for slot in ("register", "sensitive", "sample", "share", "contact")
    }
    consent = steps[Step.CONSENTS] | {"how": ["screen"]} | signed
    desk.post(reverse("drives:step", args=[*at, "consents"]), consent)
    desk.post(reverse("drives:step", args=[*at, "tube"]), steps[Step.TUBE])
    desk.get(reverse("drives:done", args=at))


def leave_numbers(phone: WatchedClient) -> None:
    """Leave a new number for somebody who is registered, and for nobody; with a fault once."""
    said = {"name": C["name"], "kind": "RESIDENT_ID", "number": C["number"], "phone": C["new phone"]}
    nobody = said | {"name": C["second name"], "number": C["second number"]}
    for fields in (said, nobody, said | {"phone": C["name"]}, said | {"leave_empty": C["name"]}):
        phone.post(reverse("moved:moved"), fields)
    with broken("registry.donors.moved.actions.vault.seal"):
        phone.post(reverse("moved:moved"), said)
    compare_left_numbers()


@pytest.fixture(scope="module")
def seen(django_db_setup: None, django_db_blocker: Any) -> Any:
    """Everything that was written, said or sent while strangers came by, by its place."""
    return watched(_come_by, django_db_blocker, at=AT, faults=2, mistakes=5)


def _come_by(watch: Watch) -> None:
    consents.text()
    home = house()
    drive = DriveFactory(branch=home.county)
    phone = WatchedClient(watch)
    fill(phone, drive, pages())
    with broken("registry.drives.own_forms.actions.vault.seal"):
        fill(WatchedClient(watch), drive, pages(name=C["second name"], number=C["second number"]))
    confirm(signed_in(WatchedClient(watch), home.coordinator), drive)
    assert Draft.objects.filter(donor__isnull=False).count() == 1
    leave_numbers(phone)
    phone.post(reverse("own:leave", args=[own_forms.mark(drive, today=AT.date())]))
    watch.take_messages()


@pytest.mark.parametrize("place", PLACES)
def test_nothing_of_a_stranger_lies_in_clear(seen: dict[str, bytes], place: str) -> None:
    assert in_clear(C, seen[place]) == []


@pytest.mark.parametrize(
    ("place", "known"),
    [("address", "/own/"), ("trail", "own_form.confirmed"), ("database", "own_form.handed_in")],
)
def test_what_may_be_known_was_found_there(seen: dict[str, bytes], place: str, known: str) -> None:
    assert known.encode() in seen[place]


def test_the_cookie_holds_a_key_and_nothing_else(seen: dict[str, bytes]) -> None:
    name = "__Host-own-form" if settings.SESSION_COOKIE_SECURE else "relay_own_form"
    assert name.encode() in seen["header or cookie"]
