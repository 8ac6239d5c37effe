"""Infection markers of a donor: what a result means, and until when blood once drawn still counts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.cases.clocks import AMBER, GREEN, RED


class Marker(models.TextChoices):
    """What is looked for before cells are given. Source: docs/sources.md#infection-markers"""

    HBV = "HBV", _("Hepatitis B")
    HCV = "HCV", _("Hepatitis C")
    HIV = "HIV", _("HIV")
    SYPHILIS = "SYPHILIS", _("Syphilis")
    CMV = "CMV", _("Cytomegalovirus (CMV)")
    EBV = "EBV", _("Epstein-Barr virus (EBV)")


class Result(models.TextChoices):
    """What a test showed."""

    NEGATIVE = "NEGATIVE", _("Negative")
    POSITIVE = "POSITIVE", _("Positive")
    UNCLEAR = "UNCLEAR", _("Unclear")


# Most adults carry the other two: the hospital must know, but nobody is deferred for it.
MUST_BE_NEGATIVE: Final = (Marker.HBV, Marker.HCV, Marker.HIV, Marker.SYPHILIS)


def fit_by(results: Mapping[str, str]) -> bool | None:
    """Return whether these results let a donor give cells; None where one of them is not clear."""
    asked = {results.get(marker, Result.UNCLEAR) for marker in MUST_BE_NEGATIVE}
    if Result.POSITIVE in asked:
        return False
    return None if Result.UNCLEAR in asked else True


@dataclass(frozen=True, slots=True)
class Age:
    """How old blood for the markers is, and until which day it counts. Unit: days."""

    days: int
    good_until: date
    colour: str
    in_time: bool  # for the day of collection, or for today while there is none


def age_of(drawn_on: date, *, today: date, collection_on: date | None) -> Age:
    """
    Return how old the markers are: red once too old for the collection, amber a week before.

    Source: domain.md section 3, infection markers at most 30 days old at collection
    """
    good_until = drawn_on + timedelta(days=settings.MARKERS_DAYS_MOST)
    needed_on = max(collection_on or today, today)
    in_time = needed_on <= good_until
    soon = good_until - today <= timedelta(days=settings.MARKERS_WARN_DAYS)
    colour = RED if not in_time else AMBER if soon else GREEN
    return Age((today - drawn_on).days, good_until, colour, in_time)
