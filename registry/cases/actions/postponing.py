"""Give a match more time: postpone it, take it up again, extend the reservation."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from foundation import calendar, moves, trail
from foundation.trail import Actor
from registry.cases import rules
from registry.cases.actions import common
from registry.cases.models import About, MatchCase
from registry.cases.states import CaseState


@transaction.atomic
def postpone(case: MatchCase, *, until: date, reason: str, by: Actor, at: datetime) -> MatchCase:
    """
    Wait until a day. A match whose days were set goes on in the work-up: they are set anew there.

    :raises moves.Refused: with every sentence that stands against it.
    """
    case = common.locked(case)
    case.return_to, case.postponed_until, case.postponed_reason = str(case.state), until, reason
    saves = ["return_to", "postponed_until", "postponed_reason"]
    if case.state == CaseState.SCHEDULED:
        case.return_to = CaseState.WORKUP
        case.conditioning_on = case.collection_on = case.admission_on = None
        case.hospital_message_at, case.hospital_message_ref = None, ""  # it spoke of another day
        saves += ["conditioning_on", "collection_on", "admission_on"]
        saves += ["hospital_message_at", "hospital_message_ref"]
    if case.cleared_at is not None:  # the reviewer looks anew once it goes on
        case.cleared_at, case.cleared_by_id = None, ""
        saves += ["cleared_at", "cleared_by_id"]
        trail.record("case.clearance_lifted", by=by, at=at, object=case)
    common.make(case, "postpone", by=by, at=at, reason=reason, saves=saves)
    return case


@transaction.atomic
def resume(case: MatchCase, *, by: Actor, at: datetime) -> MatchCase:
    """
    Go on where the case stood, or in the work-up if its days were set.

    :raises moves.Refused: with every sentence that stands against it.
    """
    case = common.locked(case)
    saves = ["return_to", "postponed_until", "postponed_reason"]
    common.make(case, "resume", by=by, at=at, saves=saves)
    return case


@transaction.atomic
def extend(case: MatchCase, *, until: date, words: str, by: Actor, at: datetime) -> MatchCase:
    """
    Let the reservation last longer: a person's decision, with its reason in words.

    :raises moves.Refused: if it is no later day, too late a day, or the case has ended.
    :raises moves.NotAllowed: if the actor may not.
    """
    case = common.locked(case)
    common.check(case, rules.WORK, by=by, at=at)
    latest = calendar.add_working_days(
        max(common.day_of(at), case.clock_ends_on), settings.CASE_EXTENSION_WORKING_DAYS_MOST
    )
    if not max(case.clock_ends_on, common.day_of(at)) < until <= latest:
        raise moves.Refused([_("Choose a day after the end of the reservation and not too far behind it.")])
    if not words.strip():
        raise moves.Refused([_("A reason must be given.")])
    before, case.clock_ends_on = case.clock_ends_on, until
    case.save(update_fields=["clock_ends_on"])
    common.keep_due(case)
    common.write_note(case, About.EXTENDED, by=by, at=at, words=words, before_on=before, after_on=until)
    trail.record(
        "case.extended",
        by=by,
        at=at,
        object=case,
        before={"clock_ends_on": before.isoformat()},
        after={"clock_ends_on": until.isoformat()},
    )
    return case
