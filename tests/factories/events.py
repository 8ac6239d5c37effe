"""Memorials, and households that may be invited to them, each the plainest there is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from foundation import calendar
from notifications.events import actions
from notifications.events.models import Event
from registry.families.models import Family
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import actor
from tests.factories.plans import PlanFactory

NOW = calendar.at(calendar.day_of(timezone.now()) - timedelta(days=1), time(10))  # pages go by the clock
LONG_AGO = date(2024, 3, 1)


def household(branch: Any, **about: Any) -> Family:
    """A household with one member, whose plan runs."""
    family: Family = FamilyFactory(
        branch=branch, about={"died_on": LONG_AGO, "gave_on": LONG_AGO, **about}, at=NOW
    )
    MemberFactory(family=family)
    if not family.plans.exists():
        PlanFactory(family=family)
    return family


def memorial(branch: Any, mei: Any, *, at: datetime = NOW, **about: Any) -> Event:
    """A memorial three weeks ahead."""
    said = {"name": "清明追思会", "place": "纪念园", "seats": 40, "seats_a_household": 4, **about}
    starts_at = said.pop("starts_at", at + timedelta(days=21))
    return actions.plan(branch=branch, starts_at=starts_at, by=actor(mei), at=at, **said)
