"""Whatever a stranger types into the open pages ends in a page: never a fault, and nothing half-kept.

Source: design/security.md section 4.4; security-checklist.md 31, 32
"""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from registry.donors.models import MovedNote
from registry.drives.models import Draft, Drive
from registry.drives.own_forms.parts import PARTS
from tests.factories import donors, own_forms
from tests.factories.drives import AT, DriveFactory
from tests.integration.test_bad_input import NAUGHTY, encoded

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
FORM = "application/x-www-form-urlencoded"
TAKEN = {302, 422, 400, 413}


@pytest.fixture(autouse=True)
def today() -> Any:
    """Let it be the day of the drive."""
    with time_machine.travel(AT, tick=False):
        yield
    cache.clear()


@pytest.fixture
def drive() -> Drive:
    """Return today's drive."""
    return DriveFactory()


def typed_on(part: str) -> dict[str, bytes]:
    return {name: values[0].encode() for name, values in own_forms.told()[part].items()}


def phone_at(drive: Drive, part: str) -> Client:
    """Return a phone on which every page before this one is filled."""
    phone = Client(raise_request_exception=False)
    for name, fields in own_forms.told().items():
        if name == part:
            break
        own_forms.send(phone, drive, name, fields)
    return phone


@pytest.mark.parametrize("part", list(PARTS))
class TestThePagesOfTheForm:
    def test_take_anything_in_every_field(self, drive: Drive, part: str) -> None:
        address = reverse("own:part", args=[own_forms.mark(drive), part])
        phone = phone_at(drive, part)
        for what, value in NAUGHTY.items():
            answer = phone.post(address, encoded(dict.fromkeys(typed_on(part), value)), content_type=FORM)
            assert answer.status_code in TAKEN, (part, what, answer.status_code)
            assert phone.get(address).status_code in {200, 302}, (part, what)

    def test_take_anything_in_one_field(self, drive: Drive, part: str) -> None:
        address = reverse("own:part", args=[own_forms.mark(drive), part])
        phone, right = phone_at(drive, part), typed_on(part)
        for field in right:
            for what in ("a NUL inside", "half a surrogate pair", "emoji", "right to left", "long"):
                answer = phone.post(address, encoded({**right, field: NAUGHTY[what]}), content_type=FORM)
                assert answer.status_code in TAKEN, (part, field, what, answer.status_code)
                page = phone.get(address)
                assert page.status_code in {200, 302}, (part, field, what)

    def test_keep_no_draft_of_a_first_page_that_is_wrong(self, drive: Drive, part: str) -> None:
        address = reverse("own:part", args=[own_forms.mark(drive), part])
        for value in NAUGHTY.values():
            Client().post(address, encoded(dict.fromkeys(typed_on(part), value)), content_type=FORM)
        assert Draft.objects.count() == 0


def test_a_new_number_takes_anything() -> None:
    who = donors.person()
    right = {"name": who.name, "kind": "RESIDENT_ID", "number": who.document_number, "phone": "15912345678"}
    fields = {name: value.encode() for name, value in right.items()}
    for field in (*fields, "leave_empty"):
        for what, value in NAUGHTY.items():
            cache.clear()
            phone = Client(raise_request_exception=False)
            answer = phone.post(reverse("moved:moved"), encoded({**fields, field: value}), content_type=FORM)
            assert answer.status_code in TAKEN, (field, what, answer.status_code)
    assert MovedNote.objects.count() < len(NAUGHTY) * 2


@pytest.mark.parametrize("mark", ["x", "a" * 26 + "." + "b" * 43, "%00", "%ff", "..", "é" * 30, "1" * 3000])
def test_a_mark_that_is_none_is_not_there(mark: str) -> None:
    phone = Client(raise_request_exception=False)
    for end in ("", "number/", "leave/", "left/", "document/"):
        for answer in (phone.get(f"/own/{mark}/{end}"), phone.post(f"/own/{mark}/{end}")):
            assert answer.status_code in {301, 404, 405}, (end, answer.status_code)


@pytest.mark.parametrize("cookie", ["", "x", "x:y:z", "a" * 4000, "é"])
def test_a_cookie_that_is_none_begins_anew(drive: Drive, cookie: str) -> None:
    phone = Client(raise_request_exception=False)
    phone.cookies["relay_own_form"] = cookie
    assert phone.get(reverse("own:start", args=[own_forms.mark(drive)])).status_code == 200
    assert own_forms.fill(phone, drive).status_code == 302
