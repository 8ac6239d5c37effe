"""A Friday afternoon on the telephone: the fixtures and hands of the tests that are set there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from foundation import moves
from foundation.access import Role, Staff
from registry.donors import actions
from registry.donors.models import Call, CallKind, CallList, CallTask, Donor
from registry.donors.states import DonorState
from tests.factories.donors import CallTaskFactory, DonorFactory
from tests.factories.foundation import BranchFactory, StaffFactory, actor

SignIn = Callable[[Any], Client]
AT = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)  # a Friday, two in the afternoon
TODAY = date(2026, 11, 20)
YES = {"family_supports": "yes", "process_known": "yes", "would_go_on": "yes"}


@pytest.fixture(autouse=True)
def afternoon() -> Iterator[Any]:
    """Let it be two in the afternoon, until a test moves the clock."""
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture
def county() -> Any:
    """Return a county."""
    return BranchFactory(name="西湖区红十字会")


@pytest.fixture
def lin(county: Any) -> Staff:
    """Return its coordinator."""
    return StaffFactory(role=Role.COORDINATOR, branch=county)


@pytest.fixture
def desk(lin: Staff, signed_in: SignIn) -> Client:
    """Return her browser."""
    return signed_in(lin)


@pytest.fixture
def by(lin: Staff) -> Any:
    """Return her as an actor."""
    return actor(lin, at=AT)


@pytest.fixture
def caseworker(county: Any) -> Any:
    """Return the caseworker of the prefecture above it, as an actor."""
    return actor(StaffFactory(role=Role.CASEWORKER, branch=county.parent), at=AT)


@pytest.fixture
def donor(county: Any) -> Donor:
    """Return somebody of the county who is listed."""
    return DonorFactory(branch=county, state=DonorState.LISTED)


def typed_donor(county: Any, **more: Any) -> Donor:
    """Return somebody whose typing is there, so that the call before the listing is next."""
    return DonorFactory(branch=county, state=DonorState.TYPED, **more)


def due(county: Any, people: int, **more: Any) -> list[CallTask]:
    """Put as many people on the list of calls, who longest waits first."""
    days = [TODAY - timedelta(days=people - n) for n in range(people)]
    return [CallTaskFactory(donor=typed_donor(county), due_on=day, **more) for day in days]


def paused(county: Any) -> Donor:
    """Return somebody whose pause is over today, and whose call is due."""
    donor = DonorFactory(branch=county, state=DonorState.ON_HOLD, hold_until=TODAY)
    CallTaskFactory(donor=donor, kind=CallKind.HOLD_ENDED)
    return Donor.objects.get(pk=donor.pk)


def a_list(county: Any, by: Any, people: int = 40, purpose: str = "pre-listing") -> CallList:
    """Take the first who are due onto a list of today."""
    return actions.make_list(
        county, name="周五下午", purpose=purpose, people=people, on_date=TODAY, by=by, at=AT
    )


def helper_of(call_list: CallList, by: Any, name: str = "李同学") -> Staff:
    """Return a volunteer who rings from a list."""
    return actions.make_helper(call_list, name=name, by=by, at=AT).helper.staff


def go(client: Client, view: str, *args: Any, **data: Any) -> Any:
    """Press a button of these pages."""
    return client.post(reverse(f"donors:{view}", args=args), data)


def on_screen(client: Client, key: str = "") -> CallTask:
    """Take the next person, and return whose call it is."""
    answer = go(client, "next-call", **{"in": key})
    assert answer.status_code == 302
    return CallTask.objects.get(pk=answer.url.split("/calls/")[1].split("/")[0])


def sentences(act: Callable[[], Any]) -> str:
    """Return what an act is refused with."""
    with pytest.raises(moves.Refused) as refusal:
        act()
    return " ".join(map(str, refusal.value.sentences))


def ring(donor: Donor, by: Any, *, task: CallTask | None = None, **said: Any) -> Call:
    """Write a call down that somebody made."""
    task = task or CallTaskFactory(donor=donor, kind=CallKind.OTHER)
    return actions.record_call(donor, kind=task.kind, task=task, by=by, at=AT, **said)


def now(donor: Donor) -> Donor:
    """Return somebody as they are now."""
    return Donor.objects.get(pk=donor.pk)
