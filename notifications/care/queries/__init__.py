"""What the pages of the care desk read."""

from notifications.care.queries.days import Day, Line, Span, days_of, lines_of, span_of, year_of
from notifications.care.queries.desk import (
    counts,
    names_of,
    not_begun,
    of_families,
    refused_since,
    to_do,
    uninvited_since,
    unsent_since,
)

__all__ = [
    "Day",
    "Line",
    "Span",
    "counts",
    "days_of",
    "lines_of",
    "names_of",
    "not_begun",
    "of_families",
    "refused_since",
    "span_of",
    "to_do",
    "uninvited_since",
    "unsent_since",
    "year_of",
]
