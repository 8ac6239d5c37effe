"""What every answer carries, also those that go wrong; and that an act which cannot be written down fails.

Source: design/security.md sections 3, 4.5 and 4.6; security-checklist.md 26, 27, 28, 54, 56, 60
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from consent.models import Consent
from foundation.access import Role
from foundation.trail.models import TrailRow
from registry.donors import actions
from registry.donors.models import Donor, Word
from registry.donors.states import DonorState
from tests.factories import consent as consents
from tests.factories import samples as tubes
from tests.factories.foundation import StaffFactory, signed_in

pytestmark = pytest.mark.django_db
ELSEWHERE = re.compile(r"""(?:src|href|action|url)\s*=\s*["']?(?:https?:)?//""")


@pytest.fixture
def house() -> tubes.House:
    """Return a county with its people."""
    consents.text()
    return tubes.house()


@pytest.fixture
def desk(house: tubes.House) -> Client:
    """Return the coordinator's browser."""
    return signed_in(Client(raise_request_exception=False), house.coordinator)


def broken(client: Client, fault: type[Exception] = OSError) -> HttpResponse:
    """Return the answer when the program fails."""
    with (
        mock.patch("foundation.desk.today.cards", side_effect=fault, create=True),
        mock.patch("foundation.desk.views.today.render", side_effect=fault),
    ):
        return client.get("/")


def body(answer: Any) -> bytes:
    """Return what was answered, and close the file it came from."""
    content: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answer.close()
    return content


def missing(client: Client) -> HttpResponse:
    """Return the answer for what is not there."""
    return client.get("/nowhere/")


ANSWERS: dict[str, tuple[int, Callable[[Client], HttpResponse]]] = {
    "a page": (200, lambda client: client.get("/")),
    "a page before signing in": (200, lambda _client: Client().get(reverse("account_login"))),
    "a way to the login": (302, lambda _client: Client().get("/")),
    "nothing there": (404, missing),
    "no right": (403, lambda client: client.get(reverse("desk:trail"))),
    "no token": (403, lambda _client: Client(enforce_csrf_checks=True).post(reverse("account_login"))),
    "another host": (400, lambda client: client.get("/", headers={"host": "evil.example"})),
    "a form too large": (413, lambda client: client.post("/search/", {"q": "x" * 3_000_000})),
    "a wrong form": (422, lambda client: client.post("/search/", {"q": "x"})),
    "another verb": (405, lambda client: client.delete("/search/")),
    "an unknown verb": (405, lambda client: client.generic("BREW", "/")),
    "a trace": (405, lambda client: client.generic("TRACE", "/")),
    "a fault": (500, broken),
    "no database": (503, lambda client: broken(client, OperationalError)),
    "a file of the house": (200, lambda client: client.get("/static/relay/relay.css")),
    "the state of the house": (200, lambda client: client.get("/healthz")),
}


@pytest.mark.parametrize("name", ANSWERS)
class TestEveryAnswer:
    def test_carries_what_protects_the_reader(self, desk: Client, name: str) -> None:
        status, ask = ANSWERS[name]
        answer = ask(desk)
        body(answer)
        assert answer.status_code in ({status, 503} if name == "the state of the house" else {status})
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy
        for directive in (
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "default-src 'self'",
        ):
            assert directive in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=(self)" in answer["Permissions-Policy"]
        assert "Server" not in answer
        assert "X-Powered-By" not in answer

    def test_names_no_other_site(self, desk: Client, name: str) -> None:
        answer = ANSWERS[name][1](desk)
        assert ELSEWHERE.findall(body(answer).decode()) == []

    def test_shows_nothing_of_the_inside(self, desk: Client, name: str) -> None:
        answer = ANSWERS[name][1](desk)
        content = body(answer)
        for word in (b"Traceback", b"site-packages", settings.SECRET_KEY.encode(), b"DJANGO_SETTINGS"):
            assert word not in content


@pytest.mark.parametrize("name", [name for name, (status, _ask) in ANSWERS.items() if status != 405])
def test_no_page_of_staff_is_kept_or_framed(desk: Client, name: str) -> None:
    answer = ANSWERS[name][1](desk)
    body(answer)
    if name in {"a file of the house", "a page before signing in", "a way to the login", "no token"}:
        return
    if answer.get("Content-Type", "").startswith("text/html"):
        assert answer["X-Frame-Options"] == "DENY"
        assert "no-store" in answer["Cache-Control"]


def test_the_trail_and_the_page_of_a_fault_have_the_number_of_the_log(desk: Client) -> None:
    donor = tubes.volunteer(tubes.house())
    desk.get(reverse("donors:detail", args=[donor.pk]))
    desk.post(reverse("desk:search"), {"q": "王丽华"})
    row = TrailRow.objects.filter(verb="search.asked").get()
    number = json.loads(bytes(row.body))["request"]
    assert UUID(number)
    with mock.patch("uuid.uuid4", return_value=UUID(number)):
        assert number in broken(desk).content.decode()


class TestWithoutTheTrail:
    """When the trail cannot be written the act fails, and nothing is shown."""

    @pytest.fixture(autouse=True)
    def no_trail(self, house: tubes.House) -> Any:
        """Let everybody be there, then let the trail fail."""
        self.donor = tubes.volunteer(house)
        self.house = house
        cache.clear()
        with mock.patch("foundation.trail.recording._row", side_effect=DatabaseError):
            yield

    def test_nobody_withdraws_by_half(self) -> None:
        by = self.house.collects
        facts = ("document_seen", "face_seen")
        with pytest.raises(DatabaseError):
            actions.withdraw(self.donor, by=by, at=tubes.LATER, word=Word.STAFF_TWO_FACTS, facts=facts)
        assert Donor.objects.get(pk=self.donor.pk).state == DonorState.REGISTERED
        assert not Consent.objects.filter(withdrawn_at__isnull=False).exists()

    @pytest.mark.parametrize(("page", "method"), [("detail", "get"), ("reveal", "post")])
    def test_nobody_sees_a_person(self, desk: Client, page: str, method: str) -> None:
        url = reverse(f"donors:{page}", args=[self.donor.pk])
        answer = getattr(desk, method)(url, {"reason": "reach"})
        assert answer.status_code == 500
        assert self.donor.grid not in answer.content.decode()

    def test_nobody_searches(self, desk: Client) -> None:
        answer = desk.post(reverse("desk:search"), {"q": "王丽华"})
        assert answer.status_code == 500

    def test_nobody_hands_the_trail_out(self) -> None:
        top = StaffFactory(role=Role.AUDITOR, branch=self.house.prefecture.parent)
        client = signed_in(Client(raise_request_exception=False), top)
        assert client.post(reverse("desk:trail_export")).status_code == 500
