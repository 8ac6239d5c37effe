"""How long an answer takes does not tell whether somebody has a login here.

A neighbour's load may part two hundred answers from two hundred others. Then as many again are
measured and all are judged together: what chance made is washed out, a real difference shows clearer.

Source: security-checklist.md 17: medians less than 10 % apart, Mann-Whitney p > .01, n = 200 in turns
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from itertools import count
from math import erfc, sqrt
from statistics import median

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from foundation.access import Staff
from tests.factories.foundation import StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.one_database]
ROUNDS = 200
ROUNDS_MOST = 600
APART, CHANCE = 0.10, 0.01
_addresses = count(1)
Times = tuple[list[float], list[float]]


class QuickArgon2(Argon2PasswordHasher):
    """The hash of production with a sixth of its work."""

    time_cost = 1
    memory_cost = 32 * 1024  # KiB


@pytest.fixture
def staff(settings: pytest.FixtureRequest) -> Staff:
    """Return somebody whose password is hashed as in production, with less work: a difference shows more."""
    settings.PASSWORD_HASHERS = [f"{__name__}.{QuickArgon2.__name__}"]  # type: ignore[attr-defined]
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


@pytest.mark.slow
@pytest.mark.parametrize("act", [try_to_sign_in, ask_for_a_link])
def test_known_and_unknown_names_take_as_long(act: Callable[[str], None], staff: Staff) -> None:
    apart, by_chance = judged(lambda: measured(act, staff.username))
    assert apart < APART
    assert by_chance > CHANCE


def judged(measure: Callable[[], Times]) -> tuple[float, float]:
    """Return how far medians lie apart and by what chance: of one measurement; of more while in doubt."""
    known: list[float] = []
    unknown: list[float] = []
    while True:
        more_known, more_unknown = measure()
        known, unknown = known + more_known, unknown + more_unknown
        apart = abs(median(known) - median(unknown)) / median(unknown)
        by_chance = chance(known, unknown)
        if (apart < APART and by_chance > CHANCE) or len(known) >= ROUNDS_MOST:
            return apart, by_chance


def measured(act: Callable[[str], None], name: str) -> Times:
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


class TestJudged:
    def times(self, seed: int, slower: float) -> Times:
        """Return times around one second, the known name's longer by a share."""
        chance_ = random.Random(seed)  # noqa: S311 no secret
        known, unknown = ([chance_.gauss(1, 0.2) for _ in range(ROUNDS)] for _ in range(2))
        return [seconds * (1 + slower) for seconds in known], unknown

    def test_does_not_let_a_real_difference_pass_because_one_try_of_three_did(self) -> None:
        tries = iter([self.times(1, 0.12), self.times(2, 0.12), self.times(3, 0.0)])

        _apart, by_chance = judged(lambda: next(tries))

        assert by_chance <= CHANCE

    def test_washes_out_what_a_neighbour_did_to_one_of_them(self) -> None:
        tries = iter([self.times(1, 0.07), self.times(2, 0.0), self.times(3, 0.0)])

        apart, by_chance = judged(lambda: next(tries))

        assert apart < APART
        assert by_chance > CHANCE

    def test_measures_once_where_nothing_is_in_doubt(self) -> None:
        tries = iter([self.times(1, 0.0)])

        assert judged(lambda: next(tries))[1] > CHANCE
