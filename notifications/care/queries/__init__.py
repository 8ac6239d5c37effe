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
from notifications.care.queries.occasions import Occasion, kept
from notifications.care.queries.occasions import of_year as occasions_of_year

__all__ = [
    "Day",
    "Line",
    "Occasion",
    "Span",
    "counts",
    "days_of",
    "kept",
    "lines_of",
    "names_of",
    "not_begun",
    "occasions_of_year",
    "of_families",
    "refused_since",
    "span_of",
    "to_do",
    "uninvited_since",
    "unsent_since",
    "year_of",
]
