"""The days that steps may count from, by whom a programme is for, and their words."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BIRTHDAY: Final = "birthday"  # the step whose calendar the family says with its wish for it
_OF: Final[dict[str, dict[str, str | Promise]]] = {
    "FAMILY": {
        "died_on": _("the death"),
        "gave_on": _("the donation"),
        "opened_on": _("the opening of the household"),
        "born_on": _("the birthday of the one who gave"),
    },
    "DONOR": {
        "registered_on": _("the enrolment"),
        "listed_on": _("the first listing"),
        "verified_on": _("the last verification of the contact"),
        "donated_on": _("the donation"),
        "limit_notice_on": _("the notice of the age to donate"),
        "age_notice_on": _("the notice of age"),
    },
    "DRIVE": {"drive_on": _("the drive")},
    "STAFF": {},  # who is called is called in minutes
}
# From which of them steps for everybody on the register may count; see ``notifications.retention.audience``.
OF_EVERYBODY: Final = frozenset(
    {"registered_on", "listed_on", "verified_on", "limit_notice_on", "age_notice_on"}
)


def of(audience: str) -> dict[str, str | Promise]:
    """Return the days of these people by their names, each in words that fit "after …"."""
    return _OF[str(audience)]


def words(name: str) -> str:
    """Return what a day is called, whoever it is of."""
    return str(next((known[name] for known in _OF.values() if name in known), name))
