"""A donor wavers: what was offered, and what came of it. Who stays is a near miss, who leaves may leave."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from foundation import moves, trail
from foundation.trail import Actor
from registry.cases import outcomes, rules
from registry.cases.actions import common
from registry.cases.models import Intervention, InterventionResult, MatchCase
from registry.cases.outcomes import Side
from registry.donors import reasons
from registry.donors.reasons import Parent


@transaction.atomic
def intervene(
    case: MatchCase,
    *,
    reason: str,
    kind: str,
    by: Actor,
    at: datetime,
    result: str = InterventionResult.OPEN,
    words: str = "",
) -> Intervention:
    """
    Write down that a donor wavers, why, and what was offered.

    :param reason: a personal reason of the donors' codes.
    :raises moves.Refused: if the case has ended, or the reason is none of a person's own.
    :raises moves.NotAllowed: if the actor may not speak with the donor here.
    """
    case = common.locked(case)
    common.check(case, rules.CONTACT, by=by, at=at, side=Side.DONOR)
    if reason not in reasons.Reason.values or reasons.parent(reason) != Parent.PR:
        raise moves.Refused([_("Choose one of the donor's own reasons.")])
    made = Intervention(
        case=case,
        at=at,
        stage=case.stands_at,
        reason=reason,
        kind=kind,
        result=result,
        settled_at=None if result == InterventionResult.OPEN else at,
        regret=outcomes.regret_of(
            reason, state=case.stands_at, final_consent=case.final_consent_at is not None
        ),
        service_path=case.service_path,
        **by.columns(),
    )
    common.seal(case, made, words=words.strip())
    made.save(force_insert=True)
    trail.record("case.intervened", by=by, at=at, object=case, reason=reason, kind=kind, result=result)
    return made


@transaction.atomic
def settle_intervention(tried: Intervention, *, result: str, by: Actor, at: datetime) -> Intervention:
    """
    Write down what came of it. To stay or to leave is the donor's alone; leaving ends no case by itself.

    :raises moves.Refused: if it is known already, or the case has ended.
    :raises moves.NotAllowed: if the actor may not speak with the donor here.
    """
    case = common.locked(tried.case)
    common.check(case, rules.CONTACT, by=by, at=at, side=Side.DONOR)
    tried = Intervention.objects.get(pk=tried.pk)
    if tried.result != InterventionResult.OPEN or result == InterventionResult.OPEN:
        raise moves.Refused([_("What came of it is written down already.")])
    tried.result, tried.settled_at = result, at
    tried.save(update_fields=["result", "settled_at"])
    trail.record("case.intervention_settled", by=by, at=at, object=case, result=result)
    return tried
