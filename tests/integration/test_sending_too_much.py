"""Nobody makes the server hold a large body: not a stranger, not at a page that takes no file.

Files are held in memory, so that nothing lies in clear on a disk; what is refused is not read at all.

Source: security-checklist.md 38
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse

from foundation.access import Role
from foundation.pages import uploads
from tests.factories.foundation import signed_in
from tests.factories.world import AT, World
from tests.integration.test_every_url import COOKIES, ENTRIES, VIEWS, browser_of, is_public

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
MUCH = 100 * 1024 * 1024  # bytes
FORM = "multipart/form-data; boundary=x"
DOORS = sorted(name for name, view in VIEWS.items() if uploads.largest_file_mb(view))

ADDRESSES: dict[str, str] = {}


class Untouched:
    """A body that nobody may read."""

    def read(self, *_args: Any) -> bytes:
        """Fail: the answer was to be given before."""
        pytest.fail("The body was read.")

    readline = read


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Return a branch with one thing of each kind."""
    with django_db_blocker.unblock(), time_machine.travel(AT, tick=False), transaction.atomic():
        made = World()
        for staff in made.home.staff.values():
            COOKIES[staff.pk] = signed_in(Client(), staff).cookies.output()
        for name, entry in ENTRIES.items():  # all at once: what a test makes goes with it
            ADDRESSES[name] = reverse(name, kwargs=entry.make(made) if entry.make else {})
        yield made
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Let it be the day of the world."""
    with time_machine.travel(AT, tick=False):
        yield


def send(client: Client, path: str, size: int = MUCH) -> Any:
    """Say that a body of a size comes, and fail if any of it is read."""
    told = {"CONTENT_LENGTH": str(size), "wsgi.input": Untouched(), "CONTENT_TYPE": FORM}
    return client.generic("POST", path, b"", content_type=FORM, **told)


class TestStrangers:
    @pytest.mark.parametrize("name", sorted(name for name, view in VIEWS.items() if is_public(view)))
    def test_are_refused_at_every_open_page(self, world: World, name: str) -> None:
        answer = send(Client(), ADDRESSES[name])
        assert answer.status_code == 413
        assert "2 MB" in answer.content.decode()

    @pytest.mark.parametrize("name", DOORS)
    def test_are_sent_to_the_login_where_files_are_taken(self, world: World, name: str) -> None:
        answer = send(Client(), ADDRESSES[name])
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))

    @pytest.mark.parametrize("size", ["-1", "1e9", "９" * 12, "x", ""])
    def test_say_no_size_that_is_none(self, world: World, size: str) -> None:
        client = Client(raise_request_exception=False)
        answer = client.generic("POST", reverse("account_login"), b"", CONTENT_LENGTH=size)
        assert answer.status_code < 500


class TestStaff:
    @pytest.mark.parametrize(
        "name", sorted(name for name in VIEWS if not is_public(VIEWS[name]) and name not in DOORS)
    )
    def test_are_refused_at_every_page_that_takes_no_file(self, world: World, name: str) -> None:
        answer = send(browser_of(world.home.staff[Role.REGISTRY_MANAGER]), ADDRESSES[name])
        assert answer.status_code == 413

    @pytest.mark.parametrize("name", DOORS)
    def test_are_told_how_large_a_file_may_be(self, world: World, name: str) -> None:
        path = ADDRESSES[name]
        most = uploads.largest_file_mb(resolve(path).func)
        answer = send(browser_of(world.home.staff[Role.REGISTRY_MANAGER]), path, (most + 3) << 20)
        assert answer.status_code == 413
        assert f"{most} MB" in answer.content.decode()


def test_no_file_waits_on_a_disk(world: World, settings: Any) -> None:
    largest = SimpleUploadedFile("a.csv", b"x" * (settings.UPLOAD_LARGEST_MB << 20))
    browser = browser_of(world.home.staff[Role.COORDINATOR])
    form = mock.patch("registry.drives.views.sheets.SheetForm", side_effect=RuntimeError)
    with form as taken, pytest.raises(RuntimeError):
        browser.post(ADDRESSES["drives:sheet"], {"sheet": largest})
    assert isinstance(taken.call_args.args[1]["sheet"], InMemoryUploadedFile)
