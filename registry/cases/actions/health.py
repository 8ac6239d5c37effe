"""The health-and-availability check: answers sealed, the verdict, the reviewer's word on doubts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moves, trail
from foundation.access import Permission
from foundation.trail import Actor
from registry.cases import health, questionnaire, rules
from registry.cases.actions import common
from registry.cases.models import HealthCheck, MatchCase, Verdict
from registry.cases.outcomes import Side
from registry.donors.reasons import PERMANENT, TEMPORARY

SAYS = {
    "FIT": Verdict.FIT,
    "TEMPORARY": Verdict.TEMPORARY,
    "PERMANENT": Verdict.ASK,  # the reviewer confirms it: no form excludes anybody
    "ASK": Verdict.ASK,
}


def limits() -> health.Limits:
    """Return the numbers of the check."""
    return health.Limits(lowest_kg=settings.WEIGHT_LOWEST_KG, bmi_ask=settings.HEALTH_BMI_ASK)


@transaction.atomic
def record_check(
    case: MatchCase,
    answers: Mapping[str, str],
    *,
    by: Actor,
    at: datetime,
    available_from: date | None = None,
    words: str = "",
) -> HealthCheck:
    """
    Keep the answers of a check, sealed, and what they say. Only a check that was passed lets a donor go on.

    Where the medical reviewer is asked, or has found something, the answers go to the reviewer whatever
    they are: no form overrules a doctor.

    :raises moves.Refused: if a question is not answered, or the case has ended.
    :raises moves.NotAllowed: if the actor may not work on this case.
    """
    case = common.locked(case)
    common.check(case, rules.WORK, by=by, at=at, side=Side.DONOR)
    sex = case.donor.sex
    if health.unanswered(answers, sex=sex):
        raise moves.Refused([_("Please answer every question; not knowing is an answer too.")])
    needed_by = common.day_of(at) + timedelta(days=settings.HEALTH_AWAY_DAYS)
    said = health.judge(answers, sex=sex, limits=limits(), available_from=available_from, needed_by=needed_by)
    verdict = Verdict.ASK if _is_the_reviewers(case) else SAYS[said.verdict]
    row = HealthCheck(
        case=case, at=at, version=questionnaire.VERSION, verdict=verdict, reason=said.reason,
        available_from=available_from, **by.columns(),
    )  # fmt: skip
    common.seal(case, row, answers=json.dumps(dict(answers), sort_keys=True), words=words.strip())
    return _keep(case, row, by=by, at=at)


@transaction.atomic
def review_check(
    case: MatchCase,
    *,
    verdict: str,
    by: Actor,
    at: datetime,
    reason: str = "",
    words: str = "",
) -> HealthCheck:
    """
    Record what the medical reviewer says of a check that was put before them.

    :param reason: the code of a temporary or lasting finding, "" for who is fit.
    :raises moves.Refused: if nothing waits for the reviewer, or the code does not belong to the verdict.
    :raises moves.NotAllowed: if the actor may not clear donors here.
    """
    case = common.locked(case)
    common.check(case, (Permission.CASE_CLEAR,), by=by, at=at, side=Side.DONOR)
    newest = case.health_checks.order_by("-id").first()
    if newest is None or newest.verdict != Verdict.ASK:
        raise moves.Refused([_("No health check waits for the medical reviewer.")])
    codes = {Verdict.FIT: ("",), Verdict.TEMPORARY: TEMPORARY, Verdict.PERMANENT: PERMANENT}
    if reason not in codes.get(Verdict(verdict), ()):
        raise moves.Refused([_("Choose a reason that belongs to the verdict.")])
    row = HealthCheck(
        case=case, at=at, version=newest.version, verdict=verdict, reason=reason,
        available_from=newest.available_from, **by.columns(),
    )  # fmt: skip
    common.seal(case, row, words=words.strip())
    return _keep(case, row, by=by, at=at)


def _is_the_reviewers(case: MatchCase) -> bool:
    """Return whether the newest word is a question to the medical reviewer, or a finding of theirs."""
    newest = case.health_checks.order_by("-id").first()
    if newest is None or newest.verdict == Verdict.FIT:
        return False
    return newest.verdict == Verdict.ASK or not newest.answers  # a reviewer gives a verdict without answers


def _keep(case: MatchCase, row: HealthCheck, *, by: Actor, at: datetime) -> HealthCheck:
    row.save(force_insert=True)
    case.fit_at = at if row.verdict == Verdict.FIT else None
    case.save(update_fields=["fit_at"])
    trail.record("case.health_checked", by=by, at=at, object=case, check=row.pk, verdict=row.verdict)
    return row
