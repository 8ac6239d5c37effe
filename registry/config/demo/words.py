"""The demo's wordings, and who is woken in it when something must not wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from foundation import access
from foundation.access import Permission
from notifications.channels.provider import actions as provider
from notifications.paging import actions as paging
from notifications.paging import numbers
from notifications.wordings import actions as wordings
from registry.config.demo.world import World

# login: the branch they are on duty for, their place there, and an invented number
ON_DUTY = {
    "zhou": ("3302", 1, "+8613900000001"),
    "mei": ("3302", 2, "+8613900000002"),
    "manager": ("33", 1, "+8613900000003"),
}
DAYS = 30


def bring_in(world: World, *, at: datetime) -> None:
    """Install the wordings that come with the program, and put three people on duty from yesterday on."""
    wordings.install_first_wordings(by=access.command_actor(), at=world.since)
    provider.approve_for_trying_out(sign="浙江红十字会", by=access.command_actor(), at=world.since)
    by = world.actor("manager", Permission.APPROVE, at=at)
    since = at - timedelta(days=1)
    for login, (code, place, number) in ON_DUTY.items():
        staff = world.staff[login]
        paging.put_on_duty(
            staff,
            world.where[code],
            place=place,
            starts_at=since,
            ends_at=since + timedelta(days=DAYS),
            by=by,
            at=since,
        )
        numbers.keep_number(staff, number, by=world.actor(login, None, at=at), at=since)
