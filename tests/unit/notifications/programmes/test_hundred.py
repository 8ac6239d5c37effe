"""The hundredth day is counted in one place, by how the region counts."""

from datetime import date
from pathlib import Path

import pytest

from notifications.programmes.hundred import hundredth

BASE = Path(__file__).resolve().parents[4]
# The checks count in days of steps: they know no date of a death.
COUNTED_IN = ["notifications/programmes/checks.py", "notifications/programmes/hundred.py"]


class TestHundredth:
    @pytest.mark.parametrize(
        ("counts_the_day", "day"), [(True, date(2026, 11, 27)), (False, date(2026, 11, 28))]
    )
    def test_is_the_ninety_ninth_after_a_death_or_one_later(self, counts_the_day, day):
        assert hundredth(date(2026, 8, 20), counts_the_day=counts_the_day) == day

    def test_is_counted_nowhere_else(self):
        modules = [path for floor in ("registry", "notifications") for path in (BASE / floor).rglob("*.py")]
        reading = [
            path.relative_to(BASE).as_posix()
            for path in modules
            if "settings.BEREAVED_QUIET_DAYS" in path.read_text()
        ]
        assert sorted(reading) == COUNTED_IN
