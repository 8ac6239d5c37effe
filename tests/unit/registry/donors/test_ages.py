"""Until when somebody stands on the register, and that a caller says so."""

from datetime import date

import pytest

from registry.donors import scripts
from registry.donors.ages import register_ends_on


class TestTheEndOfTheRegister:
    @pytest.mark.parametrize(
        ("born_on", "told_on", "ends_on"),
        [
            (date(1966, 12, 2), None, date(2026, 12, 2)),
            (date(1966, 12, 2), date(2026, 11, 2), date(2026, 12, 2)),
            (date(1966, 12, 2), date(2026, 11, 20), date(2026, 12, 20)),  # never before thirty days
            (date(2040, 2, 29), None, date(2100, 3, 1)),  # a year without that day
            (None, date(2026, 11, 20), None),
        ],
    )
    def test_is_the_birthday_or_thirty_days_after_the_notice(self, born_on, told_on, ends_on):
        assert register_ends_on(born_on, told_on) == ends_on

    def test_is_said_by_who_rings_about_it_and_by_nobody_else(self):
        said = {
            kind: " ".join(
                scripts.for_donor(kind, language="en", branch="X", ends_on=date(2026, 12, 2)).aloud
            )
            for kind in ("AGE_LIMIT", "CONTACT_CHECK")
        }

        assert "2026" in said["AGE_LIMIT"]
        assert "2026" not in said["CONTACT_CHECK"]
