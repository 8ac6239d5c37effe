"""Working days, lunar dates, solar terms and zones; pure."""

from foundation.calendar.lunar import (
    LunarDate,
    NoSuchDay,
    Term,
    leap_month,
    lunar,
    solar,
    solar_term,
    words,
)
from foundation.calendar.workdays import (
    Notice,
    add_working_days,
    is_settled,
    is_working_day,
    working_days_between,
)
from foundation.calendar.zones import CHINA, NoZone, at, day_of, opens_at, span_of, start_of

__all__ = [
    "CHINA",
    "LunarDate",
    "NoSuchDay",
    "NoZone",
    "Notice",
    "Term",
    "add_working_days",
    "at",
    "day_of",
    "is_settled",
    "is_working_day",
    "leap_month",
    "lunar",
    "opens_at",
    "solar",
    "solar_term",
    "span_of",
    "start_of",
    "words",
    "working_days_between",
]
