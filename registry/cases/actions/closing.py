"""End a case without a donation: outcome, ledger of exits, the donor set free or kept for the next."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from foundation import access
from foundation.trail import Actor
from registry import signals
from registry.cases import outcomes
from registry.cases.actions import common
from registry.cases.actions.advancing import keep_donation
from registry.cases.actions.opening import begin_next
from registry.cases.models import About, Exit, InterventionResult, MatchCase
from registry.cases.outcomes import OtherReason
from registry.cases.states import ACTIVE, CaseState
from registry.donors import actions as donors
from registry.donors import reasons
from registry.donors.models import Donor
from registry.donors.reasons import Reason
from registry.donors.states import DonorState

LEFT = "cases.donor_left"  # the task that ends the cases of a donor who has left
GIVEN = "cases.donor_gave"  # the task that ends what waited behind a donation


@transaction.atomic
def close(case: MatchCase, *, outcome: str, by: Actor, at: datetime, words: str = "") -> MatchCase:
    """
    End a case with a coded outcome.

    The oldest waiting case of the donor begins in the same transaction and the donor stays kept;
    without one, or where the donor cannot go on at all, the donor goes where the outcome sends them.

    :param outcome: a code of ``outcomes.CODES``.
    :raises moves.Refused: with every sentence that stands against it.
    """
    case = common.locked(case)
    kept_donor = case.state in ACTIVE
    _end(case, outcome=outcome, by=by, at=at)
    if words.strip():
        common.write_note(case, About.CLOSED, by=by, at=at, words=words, code=outcome)
    if kept_donor:
        _let_go(case, by=by, at=at)
    return case


def end_all_of(donor_id: UUID, *, outcome: str, by: Actor, at: datetime) -> list[MatchCase]:
    """
    End every open case of a donor who has left; the ledger names who made them leave.

    Where the cells have left already, the donation is recorded instead: such a case is not among those
    returned. The donor is not moved: they have gone already. The caller holds the lock.
    """
    ended = []
    open_ones = MatchCase.objects.open().filter(donor=donor_id).select_related("donor").order_by("id")
    task = access.task_actor(LEFT)
    for case in open_ones:
        if case.state == CaseState.HANDED_OVER:
            keep_donation(case, by=task, at=at)
            continue
        _end(case, outcome=outcome, by=by, at=at, move_by=task)
        ended.append(case)
    return ended


def end_what_waits(donor: Donor, *, at: datetime) -> None:
    """
    End the matches that waited behind a donation: the donor is in no search any more.

    What one may ask of somebody who has donated waits on without a clock: a person closes it, or asks
    the medical reviewer anew. The caller holds the lock.

    Source: domain.md sections 2 and 3
    """
    task = access.task_actor(GIVEN)
    for case in _waiting(donor.pk):
        if case.request in settings.DONATED_AGAIN_MONTHS:
            common.keep_due(case)
        else:
            _end(case, outcome=OtherReason.TX, by=task, at=at)


def give_clocks_back(donor: Donor) -> None:
    """Let matches that waited behind a donation count again. The caller holds the lock."""
    for case in _waiting(donor.pk):
        common.keep_due(case)


def _waiting(donor_id: UUID) -> QuerySet[MatchCase]:
    waiting = MatchCase.objects.filter(donor=donor_id, state=CaseState.WAITING)
    return waiting.select_related("donor").order_by("id")


def _end(case: MatchCase, *, outcome: str, by: Actor, at: datetime, move_by: Actor | None = None) -> None:
    stood_at, final = case.stands_at, case.final_consent_at is not None
    case.closed_from, case.outcome, case.closed_at = stood_at, outcome, at
    saves = ["closed_from", "outcome", "closed_at"]  # a postponement stays: a mistake may bring it back
    common.make(case, "close", by=move_by or by, at=at, reason=outcome, saves=saves)
    _file(case, stood_at, final=final, by=by, at=at)
    signals.case_closed.send(MatchCase, case=case, stood_at=stood_at, by=by, at=at)


def _file(case: MatchCase, stood_at: str, *, final: bool, by: Actor, at: datetime) -> None:
    """Write the exit into the ledger, and settle what was being tried."""
    side = outcomes.side_of(case.outcome)
    Exit.objects.create(
        case=case,
        at=at,
        stage=stood_at,
        side=side,
        code=case.outcome,
        parent=outcomes.parent_of(case.outcome),
        regret=outcomes.regret_of(case.outcome, state=stood_at, final_consent=final),
        service_path=case.service_path,
        **by.columns(),
    )
    if side == outcomes.Side.DONOR:  # else nobody will know what would have come of it
        case.interventions.filter(result=InterventionResult.OPEN).update(
            result=InterventionResult.LEFT, settled_at=at
        )


def _let_go(case: MatchCase, *, by: Actor, at: datetime) -> None:
    """Keep the donor for the next case, or let them go where the outcome sends them."""
    to = outcomes.goes_to(case.outcome, reserved_from=case.reserved_from)
    reason = _as_reason(case.outcome)
    if to not in outcomes.NO_NEXT:
        if begin_next(case.donor, came_from=to, at=at) is None:
            donors.free(case.donor, to=to, reason=reason, by=by, at=at)
            for left in _waiting(case.donor_id):  # it begins no more by itself behind a donation
                common.keep_due(left)
        elif to == DonorState.ON_HOLD and reason in reasons.TEMPORARY:
            donors.remember_pause(case.donor, reason=reason, at=at)
        return
    donors.free(case.donor, to=to, reason=reason, by=by, at=at)
    end_all_of(case.donor_id, outcome=case.outcome, by=by, at=at)


def _as_reason(outcome: str) -> str:
    """Return the donors' reason that an outcome stands for; the patient's side is none of the donor's."""
    return outcome if outcome in reasons.Reason.values else Reason.OT
