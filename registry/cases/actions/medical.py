"""What doctors find about a donor, and what the medical reviewer makes of it: clear, defer, exclude."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from foundation import moves, trail
from foundation.trail import Actor
from registry.cases import fitness, hospitals, markers, rules
from registry.cases.actions import closing, common, facts, postponing, stopping
from registry.cases.hospitals import Hospital
from registry.cases.models import Finding, FindingKind, MatchCase
from registry.cases.outcomes import Side
from registry.cases.states import RED_ZONE, CaseState, reached
from registry.donors import actions as donors
from registry.donors import reasons

# The columns of a case that keep the newest finding of a kind.
COLUMNS: Final = {
    FindingKind.EXAMINATION: ("examined_on", "examination_fit"),
    FindingKind.MARKERS: ("markers_on", "markers_fit"),
    FindingKind.PREGNANCY: ("pregnancy_on", "pregnancy_fit"),
}


@transaction.atomic
def record_finding(
    case: MatchCase,
    *,
    kind: str,
    on: date,
    by: Actor,
    at: datetime,
    fit: bool | None = None,
    results: Mapping[str, str] | None = None,
    words: str = "",
) -> Finding:
    """
    Write down what was found; one that is not fit lifts the clearance at once.

    :param on: the day of the examination, or on which the blood was drawn.
    :param results: of infection markers, marker → result; they decide ``fit``.
    :raises moves.Refused: with every sentence that stands against it.
    :raises moves.NotAllowed: if the actor is neither reviewer nor of the hospital that collects.
    """
    case = common.locked(case)
    facts.check(case, rules.CLEAR, or_of=Hospital.COLLECTION, by=by, at=at, side=Side.DONOR)
    _check_finding(case, kind, on, at=at)
    found = Finding(
        case=case,
        kind=kind,
        on=on,
        fit=markers.fit_by(results or {}) if kind == FindingKind.MARKERS else fit,
        entered_at=at,
        hospital_id=case.collection_hospital_id if hospitals.speaks_for_one(by) else None,
        **by.columns(),
    )
    common.seal(case, found, answers=json.dumps(dict(results)) if results else "", words=words.strip())
    found.save(force_insert=True)
    trail.record("case.finding_entered", by=by, at=at, object=case, kind=kind)
    _keep(case, found)
    if found.fit is not True:
        _lift(case, by=by, at=at)
    return found


@transaction.atomic
def clear(case: MatchCase, *, by: Actor, at: datetime, words: str = "") -> MatchCase:
    """
    Clear a donor medically for this match.

    :raises moves.Refused: with everything that is missing for it.
    :raises moves.NotAllowed: if the actor may not clear.
    """
    case = common.locked(case)
    common.check(case, rules.CLEAR, by=by, at=at, side=Side.DONOR)
    if missing := missing_for_clearance(case, on=common.day_of(at)):
        raise moves.Refused(missing, move="clear")
    case.cleared_at, case.cleared_by_id = at, by.id
    case.save(update_fields=["cleared_at", "cleared_by_id"])
    _write_review(case, fit=True, words=words, by=by, at=at)
    trail.record("case.cleared", by=by, at=at, object=case)
    return case


@transaction.atomic
def defer(
    case: MatchCase, *, reason: str, until: date, words: str = "", by: Actor, at: datetime
) -> MatchCase:
    """
    Defer a donor on medical grounds: the clearance is lifted and the match waits until a day.

    :param reason: a temporary medical code.
    :raises moves.Refused: with every sentence that stands against it.
    """
    case = common.locked(case)
    common.check(case, rules.CLEAR, by=by, at=at)
    if reason not in reasons.TEMPORARY:
        raise moves.Refused([_("Choose a medical reason that passes.")])
    if case.state == CaseState.WAITING:
        raise moves.Refused([_("This match waits behind another. Defer the donor in the other one.")])
    _before_conditioning(case)
    _lift(case, by=by, at=at)
    _write_review(case, fit=False, words=words, by=by, at=at)
    return postponing.postpone(case, until=until, reason=reason, by=by, at=at)


@transaction.atomic
def exclude(case: MatchCase, *, reason: str, words: str = "", by: Actor, at: datetime) -> MatchCase:
    """
    Exclude a donor on medical grounds: every match of theirs ends, also where this one only waits.

    :param reason: a permanent medical code.
    :raises moves.Refused: with every sentence that stands against it.
    """
    case = common.locked(case)
    common.check(case, rules.CLEAR, by=by, at=at)
    if reason not in reasons.PERMANENT:
        raise moves.Refused([_("Choose a medical reason that lasts.")])
    _before_conditioning(case)
    _write_review(case, fit=False, words=words, by=by, at=at)
    keeps = MatchCase.objects.active().filter(donor=case.donor_id).select_related("donor").first()
    if keeps is None:  # nothing keeps the donor: leaving ends what waits
        donors.exclude(case.donor, reason=reason, by=by, at=at)
    else:
        _before_conditioning(keeps)
        _lift(keeps, by=by, at=at)
        closing.close(keeps, outcome=reason, by=by, at=at)
    return common.locked(case)


def missing_for_clearance(case: MatchCase, *, on: date) -> list[str | Promise]:
    """Return what stands against clearing a donor on a day."""
    missing: list[str | Promise] = []
    if not _in_work_up(case):
        missing.append(_("A donor is cleared from the work-up on."))
    if case.examination_fit is not True:
        missing.append(_("The examination is missing, or was not passed."))
    if case.markers_fit is not True:
        missing.append(_("The infection markers are missing, unclear or positive."))
    elif not fitness.markers_count(case, on=on):
        words = _("The infection markers will be more than %(days)s days old on the day of collection.")
        missing.append(words % {"days": settings.MARKERS_DAYS_MOST})
    if case.donor.sex == "F" and case.pregnancy_fit is not True:
        missing.append(_("The pregnancy test is missing, or was not negative."))
    return [*missing, *_grown_old(case, on=on)]


def _grown_old(case: MatchCase, *, on: date) -> list[str | Promise]:
    """Return which findings were passed, but too long before the collection."""
    old: list[str | Promise] = []
    if case.examination_fit and not fitness.examination_counts(case, on=on):
        old.append(_("The examination is too old on the day of collection. Have it made again."))
    if case.pregnancy_fit and not fitness.pregnancy_test_counts(case, on=on):
        old.append(_("The pregnancy test is too old on the day of collection. Have it made again."))
    return old


def _in_work_up(case: MatchCase) -> bool:
    """Return whether a case has come to the work-up."""
    return reached(case.stands_at, CaseState.WORKUP)


def _check_finding(case: MatchCase, kind: str, on: date, *, at: datetime) -> None:
    if not _in_work_up(case):
        raise moves.Refused([_("Findings are entered from the work-up on.")])
    if on > common.day_of(at):
        raise moves.Refused([_("This day has not come yet.")])
    if on < common.day_of(case.opened_at):
        raise moves.Refused([_("This day lies before the match. Findings are made for each match anew.")])
    if kind not in COLUMNS:
        raise moves.Refused([_("There is no such finding.")])
    if kind == FindingKind.PREGNANCY and case.donor.sex != "F":
        raise moves.Refused([_("A pregnancy test does not apply to this donor.")])


def _write_review(case: MatchCase, *, fit: bool, words: str, by: Actor, at: datetime) -> None:
    """Keep what the reviewer said with the findings: who sees no medical words sees none of it."""
    day = common.day_of(at)
    said = Finding(case=case, kind=FindingKind.REVIEW, on=day, fit=fit, entered_at=at, **by.columns())
    common.seal(case, said, words=words.strip())
    said.save(force_insert=True)


def _keep(case: MatchCase, found: Finding) -> None:
    """Keep the newest finding of a kind on the case."""
    day, fit = COLUMNS[FindingKind(found.kind)]
    known: date | None = getattr(case, day)
    if known is None or found.on >= known:
        setattr(case, day, found.on)
        setattr(case, fit, found.fit)
        case.save(update_fields=[day, fit])


def _lift(case: MatchCase, *, by: Actor, at: datetime) -> None:
    """Take the clearance back; after conditioning began people must know at once."""
    if case.cleared_at is None:
        return
    case.cleared_at, case.cleared_by_id = None, ""
    case.save(update_fields=["cleared_at", "cleared_by_id"])
    trail.record("case.clearance_lifted", by=by, at=at, object=case)
    if case.state in RED_ZONE:
        stopping.call_people(case, by=by, at=at)


def _before_conditioning(case: MatchCase) -> None:
    if case.state in RED_ZONE:
        words = _("Conditioning has begun. Enter the finding: people are called, and the manager decides.")
        raise moves.Refused([words])
