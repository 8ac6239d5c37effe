"""What every test may ask for: a moment, a closed network, a browser, somebody signed in to it.

Which tests run where is decided here: with PostgreSQL and Redis what people do (`integration/`), the rest
on SQLite, and what rests on the database on both. Without CI=true the `slow` ones wait, each walk through
a browser is walked in one window, and on SQLite runs a sample of what has run on PostgreSQL.
"""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandlerMixin
from django.core.cache import cache
from django.test import Client, TransactionTestCase, override_settings

from tests import dealing, racing, servers, sweeps, thrift
from tests.sweeps import CI

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
KEYRING = settings.KEYRING
RING = settings.DATA_DIR / "keyring.json"
RING_OF_THE_HOUSE = RING.read_text()
ON_SERVERS = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
TESTED_ON_SERVERS = os.environ.get("TESTED_ON_SERVERS") == "true"
UNSEEN = ["PreloadTopChromeWebUI", "WebUITabStrip", "InitialWebUI"]  # of a window that nobody looks at
OF_PLAYWRIGHT = [  # what it turns off by itself, unless told otherwise
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
]
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--js-flags=--no-opt,--no-maglev",  # each page begins anew: what is optimised there is never used
    f"--disable-features={','.join(UNSEEN + OF_PLAYWRIGHT)}",
]
AGAIN = 4  # of the tests that rest on the database, one runs on SQLite again where it is not CI
LOOPBACK = ("127.0.0.1", "::1", "localhost")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = f"""axe.run({{runOnly: {{type: "tag", values: {WCAG}}}, resultTypes: ["violations"]}})
    .then(({{violations}}) => ({{violations}}))"""  # what is in order takes longer to carry here than to find
# A page as axe sees it: whatever its names, numbers and addresses are, what was in order once is in order.
SHAPE = r"""() => innerWidth + matchMedia("(prefers-color-scheme: dark)").matches
    + document.documentElement.outerHTML
        .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "id")
        .replace(/ (aria-label|title|alt|placeholder)="[^"]+"/g, ' $1="x"')
        .replace(/ (value|href|src|content|nonce|action|data-[-\w]+)="[^"]*"/g, " $1")
        .replace(/>[^<]*[^<\s][^<]*(?=<)/g, ">x")"""
PATIENCE_MS = 30_000  # of the browser for a page: a busy machine is no fault of the program


gc.set_threshold(200_000, 20, 20)  # a seventh of a run is spent looking for rubbish otherwise
hypothesis.settings.register_profile("house", deadline=None)  # a busy machine is no fault of the program
hypothesis.settings.load_profile("house")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Do not even read a module of the other part: what names no part itself goes by its folder."""
    if not (collection_path.suffix == ".py" and collection_path.name.startswith("test_")):
        return None
    if not (ON_SERVERS or TESTED_ON_SERVERS) or ("integration" in collection_path.parts) == ON_SERVERS:
        return None
    named = ("both_databases", "redis") if ON_SERVERS else ("both_databases", "one_database")
    text = collection_path.read_text()
    return None if any(word in text for word in named) else True


def pytest_collection_finish() -> None:
    """What was read stays to the end: nobody need look for rubbish in it."""
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose what this run is for, the longest first; a browser is asked once more (docs/decisions/0011)."""
    chosen = dealing.in_one_window([item for item in items if _runs_here(item)])
    for item in chosen:
        if "/system/" in item.path.as_posix():
            item.add_marker(pytest.mark.flaky(reruns=1))
    if len(chosen) < len(items):
        config.hook.pytest_deselected(items=list(set(items) - set(chosen)))
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    items[:] = dealing.longest_first(chosen, workers)


def _runs_here(item: pytest.Item) -> bool:
    if item.get_closest_marker("slow") and not CI:
        return False
    if item.get_closest_marker("redis"):
        return ON_SERVERS
    if item.get_closest_marker("one_database"):
        return not ON_SERVERS
    if item.get_closest_marker("both_databases"):
        again = TESTED_ON_SERVERS and not ON_SERVERS
        return not again or sweeps.is_in_the_sample(item.nodeid, one_in=AGAIN)
    of_people = "/integration/" in item.path.as_posix()
    return of_people if ON_SERVERS else not (of_people and TESTED_ON_SERVERS)


def _empty_all(self: TransactionTestCase) -> None:
    """Empty the tables and the trail; the first keys come back under our keyring."""
    racing.rest()
    _put_the_keyring_back()
    with override_settings(KEYRING=KEYRING):  # not under the keyring of the test that ends
        for name in self._databases_names(include_mirrors=False):
            thrift.empty(name)


def _put_the_keyring_back() -> None:
    if RING.read_text() != RING_OF_THE_HOUSE:  # a test began to rotate the key of the house
        RING.write_text(RING_OF_THE_HOUSE)


def _serve_once(self: StaticFilesHandlerMixin, request: Any) -> Any:
    """Let a browser keep a static file, whatever day a test has set the clock to."""
    response = _serve(self, request)
    response["Cache-Control"] = "max-age=315360000"
    return response


_serve = StaticFilesHandlerMixin.serve
StaticFilesHandlerMixin.serve = _serve_once
TransactionTestCase._fixture_teardown = _empty_all


@pytest.fixture(autouse=True, scope="session")
def closed_network() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in LOOPBACK:
            raise OSError(f"The tests may not reach {address[0]}.")
        connect(self, address)

    socket.socket.connect = only_here  # type: ignore[method-assign, assignment]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Forget what a test wrote outside the database: anchors, the ledger, the cache, a new key."""
    yield
    cache.clear()
    _put_the_keyring_back()
    for name in ("anchor.jsonl", "anchor.jsonl.outbox", "ledger.jsonl"):
        (settings.DATA_DIR / name).unlink(missing_ok=True)


@pytest.fixture
def own_keyring(tmp_path: Path, settings: Any, db: None) -> None:
    """A keyring of this test alone, for one that rotates and destroys."""
    from foundation import keyring
    from foundation.vault import Epoch, keys
    from foundation.vault.models import IndexTurn

    keyring.create(tmp_path / "ring.json")
    settings.KEYRING = f"file:{tmp_path / 'ring.json'}"
    Epoch.objects.all().delete()
    keys.first_epoch(at=NOW - timedelta(days=1))
    IndexTurn.objects.update(now="1", next="", began_at=None, filled_at=None)


@pytest.fixture
def now() -> datetime:
    """Return a Friday morning."""
    return NOW


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return Debian's Chromium, started once."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    binary = servers.chromium()
    if binary is None:
        (pytest.fail if CI else pytest.skip)("Chromium is not installed: apt-get install chromium")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps a loop in the tests' thread
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=binary, args=CHROMIUM_FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return a new window in English."""
    context = browser.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture
def sign_in(live_server: Any) -> Callable[..., Any]:
    """Return a function that signs a member of staff in, second factor and all, and returns them."""

    def sign(page: Page, *, role: Any = None, branch: Any = None, staff: Any = None) -> Any:
        from tests.factories.foundation import StaffFactory

        if staff is None:
            staff = StaffFactory(role=role, branch=branch)
        page.context.add_cookies([session_cookie(staff, live_server.url)])
        return staff

    return sign


def session_cookie(staff: Any, url: str) -> Any:
    """Return the cookie of a login that has shown its second factor just now."""
    client = Client()
    sign_in_client(client, staff)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": url}


def sign_in_client(client: Client, staff: Any) -> None:
    """Sign a member of staff in to a test client, second factor and all."""
    from tests.factories import foundation

    foundation.signed_in(client, staff)


@pytest.fixture
def signed_in() -> Callable[..., Client]:
    """Return a function that gives a test client signed in as a member of staff."""

    def sign(staff: Any) -> Client:
        client = Client()
        sign_in_client(client, staff)
        return client

    return sign


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Return a function that fails on a page with any fault against WCAG 2.2 AA; it asks once a shape."""
    from axe_playwright_python.base import AXE_SCRIPT, AxeResults

    from tests import windows

    def check(page: Page) -> None:
        shape = hash(windows.asked(page, SHAPE))
        if shape in _in_order:
            return
        found = AxeResults(windows.asked(page, AXE, after=AXE_SCRIPT))
        assert found.violations_count == 0, found.generate_report()
        _in_order.add(shape)

    return check


_in_order: set[int] = set()
