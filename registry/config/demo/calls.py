"""The demo's calls: the lists are full, a helper has forty people for today, and some are hard to reach."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from foundation.access import Permission, task_actor
from registry.config.demo.world import World
from registry.donors import actions as donors
from registry.donors.models import CallKind, CallTask, Donor
from registry.donors.states import DonorState

HOME: Final = "330212"
PEOPLE: Final = 40
TRIED: Final = ((9, 5, 1), (9, 5, 1), (8, 4), (3,))  # days ago, by who is hard to reach
NUMBERS: Final = ("donor", "1", "2")
RESULTS: Final = ("NO_ANSWER", "SWITCHED_OFF", "SUSPENDED")


def ring(world: World, *, at: datetime) -> None:
    """Do what the nights would have done, and put an afternoon of calls on the desk of one county."""
    by = task_actor("demo")
    donors.remind_while_thinking(by=by, at=at)
    donors.check_old_numbers(by=by, at=at)
    donors.call_where_a_pause_ended(by=by, at=at)
    _hard_to_reach(world, at=at)
    _left_numbers(world, at=at)
    _list_of_today(world, at=at)


def _listed(world: World) -> list[Donor]:
    """Return some who are listed at the county and on no call list yet."""
    called = CallTask.objects.open().values("donor")
    here = Donor.objects.filter(service_branch=world.counties[HOME], state=DonorState.LISTED, legacy=False)
    return list(here.exclude(pk__in=called).order_by("pk")[: len(TRIED) + 3])


def _hard_to_reach(world: World, *, at: datetime) -> None:
    by = world.actor("lin", Permission.CALL_MAKE, at=at)
    for donor, days in zip(_listed(world), TRIED, strict=False):
        task = donors.open_task(
            donor, CallKind.OUT_OF_CONTACT, due_on=timezone.localdate(at), at=at - timedelta(days=10)
        )
        for n, ago in enumerate(days):
            for number in NUMBERS:
                donors.record_call(
                    donor, kind=task.kind, result=RESULTS[n], number=number, task=task, by=by,
                    at=at - timedelta(days=ago),
                )  # fmt: skip


def _left_numbers(world: World, *, at: datetime) -> None:
    by = world.actor("lin", Permission.CALL_MAKE, at=at)
    for n, donor in enumerate(_listed(world)[:2]):
        when = at - timedelta(days=4 + n)
        donors.leave_number(donor, f"1395740{n:04}", words="搬到宁波了，晚上方便", by=by, at=when)


def _list_of_today(world: World, *, at: datetime) -> None:
    """Make the list of the afternoon, and name the helper of the demo on it."""
    by = world.actor("lin", Permission.DRIVE_MANAGE, at=at)
    county, today = world.counties[HOME], timezone.localdate(at)
    made = donors.make_list(
        county, name="核实号码，下午", purpose="unverified", people=PEOPLE, on_date=today, by=by, at=at
    )
    donors.make_helper(made, name="", again=world.staff["helper"], by=by, at=at)
