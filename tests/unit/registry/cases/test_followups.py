"""The days of follow-up, what an answer means, and which values are unusual."""

from datetime import date
from decimal import Decimal

import pytest

from registry.cases import followups

GAVE = date(2024, 2, 29)


class TestTheDays:
    def test_are_fourteen_to_the_tenth_year(self):
        days = followups.due_days(GAVE)

        assert list(days) == list(followups.KEYS)
        assert [days[key] for key in ("d2", "d7", "d30", "d180")] == [
            date(2024, 3, 2), date(2024, 3, 7), date(2024, 3, 30), date(2024, 8, 27),
        ]  # fmt: skip
        assert (days["y1"], days["y4"], days["y10"]) == (
            date(2025, 2, 28), date(2028, 2, 29), date(2034, 2, 28),
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("step", "on", "key"),
        [
            ("d7", date(2024, 3, 9), "d7"),
            ("yearly", date(2025, 2, 28), "y1"),
            ("yearly", date(2025, 1, 10), "y1"),
            ("yearly", date(2025, 6, 1), "y1"),
            ("yearly", date(2026, 3, 1), "y2"),
            ("yearly", date(2040, 1, 1), "y10"),
            ("yearly", date(2024, 6, 1), ""),
            ("expenses", date(2024, 3, 14), ""),
        ],
    )
    def test_are_found_by_the_step_that_asks(self, step, on, key):
        assert followups.key_of(step, donated_on=GAVE, on=on) == key


class TestABloodCount:
    def test_is_asked_at_a_month_and_each_year(self):
        assert [key for key in followups.KEYS if key not in followups.WITH_BLOOD_COUNT] == [
            "d2",
            "d7",
            "d180",
        ]

    @pytest.mark.parametrize(
        ("sex", "values", "unusual"),
        [
            ("F", {"wbc": "5.0", "hb": "120", "plt": "200"}, []),
            ("M", {"wbc": "5.0", "hb": "120", "plt": "200"}, ["hb"]),
            ("M", {"wbc": "3.4", "hb": "175", "plt": "351"}, ["wbc", "plt"]),
            ("F", {"wbc": "9.5"}, []),
            ("", {"wbc": "1.0"}, []),
        ],
    )
    def test_is_measured_by_what_is_usual_for_the_sex(self, sex, values, unusual):
        labs = {key: Decimal(value) for key, value in values.items()}

        assert followups.unusual(labs, sex=sex) == unusual


@pytest.mark.parametrize(
    ("wellbeing", "answers", "unwell"),
    [
        (5, {}, False),
        (2, {}, True),
        (3, {"symptoms": "no", "fatigue": "some", "pain": "some", "back": "no"}, False),
        (4, {"symptoms": "yes"}, True),
        (5, {"pain": "strong"}, True),
        (5, {"bleeding": "some"}, True),
        (5, {"illness": "yes"}, True),
    ],
)
def test_somebody_is_looked_after(wellbeing, answers, unwell):
    assert followups.is_unwell(wellbeing, answers, bad=2) is unwell
