"""A province that enters its donors at the national register: fixtures and hands of the tests set there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from foundation.access import Branch, BranchKind, Role, Staff
from foundation.trail import Actor
from registry.donors.models import Donor
from tests.factories.foundation import BranchFactory, StaffFactory, actor, signed_in


@pytest.fixture
def province() -> Any:
    """Return a province."""
    return BranchFactory(kind=BranchKind.PROVINCE)


@pytest.fixture
def county(province: Branch) -> Any:
    """Return a county of it."""
    return BranchFactory(parent=BranchFactory(kind=BranchKind.PREFECTURE, parent=province))


@pytest.fixture
def manager(province: Branch) -> Staff:
    """Return its registry manager."""
    return StaffFactory(role=Role.REGISTRY_MANAGER, branch=province)


@pytest.fixture
def by(manager: Staff) -> Actor:
    """Return them as an actor."""
    return actor(manager)


@pytest.fixture
def browser(client: Client, manager: Staff) -> Client:
    """Return their browser."""
    return signed_in(client, manager)


def again(donor: Donor) -> Donor:
    """Return somebody as they are now."""
    return Donor.objects.get(pk=donor.pk)


def now() -> datetime:
    """Return the moment of an act."""
    return timezone.now()
