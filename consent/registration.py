"""What consent shows on the rail, the Today page and behind Administration, and its long work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from consent import queries, tasks
from consent.actions.publishing import ASK_AGAIN
from consent.models import Consent, Disclosure, Evidence, TeachBack
from consent.views.reach import within
from foundation import jobs
from foundation.access import Permission, StaffRequest
from foundation.desk import administration, belongings, rail, today
from foundation.pages import keyset


def register() -> None:
    """Register the cards, the door and the job."""
    rail.register(
        rail.RailEntry(
            "consent", _("Consent"), "paper", "consent:missing", frozenset({Permission.CONSENT_VERIFY}), 45
        )
    )
    today.register(
        today.Card(
            "evidence-missing",
            frozenset({Permission.CONSENT_RECORD}),
            40,
            "side",
            "consent/_card_missing.html",
            missing,
        )
    )
    today.register(
        today.Card(
            "consents-to-verify",
            frozenset({Permission.CONSENT_VERIFY}),
            30,
            "side",
            "consent/_card_verify.html",
            verify,
        )
    )
    administration.register(
        administration.Door(
            "consent-texts",
            _("Consent texts"),
            _("What people are asked to sign, in three languages, version by version."),
            "consent:texts",
            frozenset({Permission.CONSENT_PUBLISH}),
            60,
        )
    )
    belongings.register(dict.fromkeys((Consent, Evidence, Disclosure, TeachBack), "subject"))
    jobs.register(
        ASK_AGAIN,
        tasks.ask_again,
        label=_("Marking whom a new consent text asks again"),
        says={"asked_again": _("Permissions asked again")},
    )


def missing(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return how many scans are to be brought, which is one thing to do; nothing where none is."""
    found = _counted(within(request, queries.missing_evidence(request.scope)))
    return found and {**found, "waiting": 1}  # one errand to the scanner, however many papers


def verify(request: StaffRequest) -> Mapping[str, Any] | None:
    """Return how many signatures wait for the reader's eye; nothing where none does."""
    return _counted(within(request, queries.to_verify(request.scope, by_id=request.actor.id)))


def _counted(waiting: Any) -> Mapping[str, Any] | None:
    number, words = keyset.count(waiting)
    return {"waiting": number, "papers": number, "words": words} if number else None
