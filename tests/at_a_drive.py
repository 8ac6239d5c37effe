"""The morning of a drive, as fixtures: a test module that is set there imports those it needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from foundation.access import Role
from registry.drives.models import Drive
from tests.factories import consent as consents
from tests.factories.drives import AT, DriveFactory
from tests.factories.foundation import StaffFactory

__all__ = ["AT", "drive", "lin", "today"]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Let it be the day of the drive."""
    with time_machine.travel(AT, tick=True):
        yield


@pytest.fixture
def drive() -> Drive:
    """Return today's drive."""
    consents.text()
    return DriveFactory()


@pytest.fixture
def lin(drive: Drive) -> Any:
    """Return the county's coordinator."""
    return StaffFactory(role=Role.COORDINATOR, branch=drive.branch)
