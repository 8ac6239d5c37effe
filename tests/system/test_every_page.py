"""Every page that no walk opens, on a phone in Chinese: read by axe, within its window; without JavaScript.

The pages are those of the table of addresses, so that none is forgotten; what another test of this
folder names is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from foundation import jobs
from foundation.access import Role, Staff
from registry.donors import actions
from registry.donors.columns import Column
from registry.donors.models import Donor
from registry.donors.reasons import Reason
from registry.donors.states import DonorState
from registry.drives import imports
from registry.drives.imports import existing
from tests.factories import records, sheets
from tests.factories.donors import DonorFactory
from tests.factories.foundation import signed_in
from tests.factories.world import AT, TODAY, World
from tests.integration.test_every_url import ENTRIES, VIEWS, Table, is_public, no_drawing
from tests.system.reading import Reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

__all__ = ["no_drawing"]  # a fixture
PHONE = {"width": 390, "height": 844}
LEADS_ON = {
    "account_logout",
    "cases:column-sheet",
    "cases:contacting-sheet",
    "cases:follow-ups-sheet",
    "cases:hospital-name",
    "cases:ledger-cases-sheet",
    "cases:reveal",
    "donors:national-enter",
    "donors:national-sheet",
    "donors:reveal",
    "drives:helping",
    "events:letter",
    "families:reveal",
    "mfa_activate_totp",
    "own:number",
    "samples:home",
}  # to another page, for whoever asks as the table asks
NOT_THERE = {
    "desk:design",
    "desk:trail_download",
    "gateway:mail",
    "links:open",
    "set_password",
}  # but while debugging, once made, by its link
# without JavaScript too, a form can be sent, or it says in a dead button's place what is missing
DEAD_ENDS = """() => [...document.querySelectorAll("main form")]
    .filter(form => !form.closest("details:not([open])"))
    .filter(form => ![...form.elements, ...form.querySelectorAll("[aria-disabled=true]")]
        .some(one => (one.type === "submit" || one.ariaDisabled) && one.checkVisibility()))
    .map(form => form.action)"""


def walked() -> set[str]:
    """Return what the other tests of this folder name in quotes, whole or to stand in ``f"room:{name}"``."""
    names: set[str] = set()
    for path in Path(__file__).parent.glob("*.py"):
        if path.name != Path(__file__).name:
            text = path.read_text()
            quoted = set(re.findall(r"""["']([\w:-]+)["']""", text))
            names |= quoted | {f"{room}:{one}" for room in re.findall(r'f"(\w+):{', text) for one in quoted}
    return names


class House(World):
    """A world in which acts can be done that the donor of the table is not ready for."""

    def __init__(self) -> None:
        super().__init__()
        self.clients: dict[Any, Client] = {None: Client()}

    def reverse(self, name: str) -> str:
        """Return the address of a view, on somebody whom its act is for."""
        if name.startswith("donors:") and (donor := self.ready_for(name.removeprefix("donors:"))):
            return reverse(name, args=[donor.pk])
        if name == "drives:sheet_columns":
            return reverse(name, args=[self.drive.pk, self.strange_sheet().pk])
        if name == "drives:records_columns":
            return reverse(name, args=[self.strange_records().pk])
        return Table(name, self).url

    def ready_for(self, act: str) -> Donor | None:
        """Return somebody whom an act is for, where that is not the donor of the table."""
        by = self.home.house.collects
        match act:
            case "change-hold" | "release" | "undo":
                donor, until = self.in_state(DonorState.LISTED), TODAY + timedelta(days=60)
                return actions.hold(donor, until=until, reason=Reason.PR_WORK_STUDY, by=by, at=AT)
            case "lift-objection":
                return actions.object_to(self.in_state(DonorState.LISTED), by=by, at=AT)
            case "lift-death-report":
                donor = self.in_state(DonorState.LISTED)
                actions.report_dead(donor, by=by, at=AT)
                return donor
            case "tell-apart":
                alike = {"name": "王丽华", "phone": "+8613800000001"}
                self.in_state(DonorState.TYPED, about=alike)
                return self.in_state(DonorState.TYPED, about=alike)
        states = {
            "recover": DonorState.LOST,
            "list-one": DonorState.TYPED,
            "ask-to-relist": DonorState.DONATED,
            "dispute-typing": DonorState.TYPED,
        }
        return self.in_state(states[act]) if act in states else None

    def in_state(self, state: DonorState, **more: Any) -> Donor:
        """Return another donor of home."""
        return DonorFactory(branch=self.home.county, state=state, **more)

    def strange_sheet(self) -> Any:
        """Return a paper list with a header nobody has explained."""
        content = sheets.csv(sheets.row(1)).replace(Column.PHONE.encode(), "咋打给你".encode())
        by = self.home.by(Role.COORDINATOR)
        kept, job = imports.hand_in(self.drive, content, name="list.csv", strict=False, by=by, at=AT)
        jobs.run(job.pk, clock=lambda: AT)
        return kept

    def strange_records(self) -> Any:
        """Return records of a branch with a header nobody has explained."""
        content = records.csv(records.row(1)).replace(Column.STATE.encode(), "咋样了".encode())
        by = self.home.by(Role.REGISTRY_MANAGER)
        kept, job = existing.hand_in(self.home.county, content, name="old.csv", by=by, at=AT)
        jobs.run(job.pk, clock=lambda: AT)
        return kept

    def client_of(self, staff: Staff | None) -> Client:
        """Return the browser in which somebody has signed in, once."""
        key = staff and staff.pk
        if key not in self.clients:
            self.clients[key] = signed_in(Client(), staff)  # type: ignore[arg-type]
        return self.clients[key]

    def readers_of(self, name: str) -> list[Staff | None]:
        """Return who may ask for a view."""
        if is_public(VIEWS[name]):
            return [None]
        table = Table(name, self)
        people = self.top if table.entry.top else self.home.staff
        of_table = [staff for role, staff in people.items() if table.holds(role) and table.reaches(role)]
        return [*of_table, self.home.house.coordinator]

    def opened(self, name: str) -> tuple[Staff | None, str] | None:
        """Return who is shown a view as a page, and its address; None where it is a file or takes orders."""
        address = self.reverse(name)
        for staff in self.readers_of(name):
            answer = self.client_of(staff).get(address)
            if answer.status_code == 200:
                return (staff, address) if answer["Content-Type"].startswith("text/html") else None
            if answer.status_code == 405:
                return None
        pytest.fail(f"Nobody is shown {name}.")


@contextmanager
def window(browser: Browser, *, javascript: bool) -> Iterator[Page]:
    """Open a phone."""
    context = browser.new_context(locale="zh-CN", viewport=PHONE, java_script_enabled=javascript)
    yield context.new_page()
    context.close()


def be(client: Client, context: BrowserContext, url: str) -> None:
    """Let a window be somebody's."""
    context.clear_cookies()
    if cookie := client.cookies.get(settings.SESSION_COOKIE_NAME):
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])


@pytest.mark.slow
@pytest.mark.chromium
@pytest.mark.django_db(transaction=True)
def test_is_for_everybody(
    browser: Browser, live_server: Any, axe: Callable[[Page], None], subtests: Any
) -> None:
    names = sorted(set(ENTRIES) - walked() - LEADS_ON - NOT_THERE)
    with (
        time_machine.travel(AT),
        window(browser, javascript=True) as page,
        window(browser, javascript=False) as bare,
    ):
        house = House()
        for name in names:
            with subtests.test(page=name):
                if found := house.opened(name):
                    staff, address = found
                    for one in (page, bare):
                        be(house.client_of(staff), one.context, live_server.url)
                        one.goto(live_server.url + address)
                    Reader(page, language="zh-hans", check=axe).look()
                    assert bare.evaluate(DEAD_ENDS) == []
