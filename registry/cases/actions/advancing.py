"""Take a match one step further on its way. The table of moves says what each step asks."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from foundation.trail import Actor
from registry import signals
from registry.cases.actions import common
from registry.cases.models import MatchCase
from registry.donors import actions as donors


@transaction.atomic
def advance(case: MatchCase, name: str, *, by: Actor, at: datetime, **facts: Any) -> MatchCase:
    """
    Make one move that needs no fact but those of the case.

    :param name: remobilise, agree, send_to_lab, ask_hospital, schedule, mobilise, collect or hand_over.
    :raises moves.Refused: with every sentence that stands against it.
    """
    case = common.locked(case)
    common.make(case, name, by=by, at=at, **facts)
    return case


@transaction.atomic
def take_sample(case: MatchCase, *, volume_ml: Decimal, by: Actor, at: datetime) -> MatchCase:
    """
    Note the blood that was taken for typing again.

    :param volume_ml: at most 30 ml.
    :raises moves.Refused: with every sentence that stands against it.
    """
    case = common.locked(case)
    case.hr_volume_ml = volume_ml
    common.make(case, "take_sample", by=by, at=at, saves=["hr_volume_ml"])
    return case


@transaction.atomic
def confirm_match(case: MatchCase, *, confirmed: bool, by: Actor, at: datetime) -> MatchCase:
    """
    Note that typing again confirmed the match; a mismatch closes the case instead, with ``MM``.

    :raises moves.Refused: if it was not confirmed.
    """
    case = common.locked(case)
    common.make(case, "confirm_match", by=by, at=at, confirmed=confirmed)
    return case


@transaction.atomic
def start_work_up(case: MatchCase, *, decided: bool, by: Actor, at: datetime) -> MatchCase:
    """
    Begin the work-up, as the hospital decided for this donor.

    :raises moves.Refused: if it did not.
    """
    case = common.locked(case)
    common.make(case, "start_work_up", by=by, at=at, decided=decided)
    return case


@transaction.atomic
def donate(case: MatchCase, *, by: Actor, at: datetime) -> MatchCase:
    """
    Record the donation: case and donor, in one transaction.

    :raises moves.Refused: with every sentence that stands against it.
    """
    case = common.locked(case)
    case.donated_on = _last_day(case)
    common.make(case, "donate", by=by, at=at, saves=["donated_on"])
    donor = donors.donate(case.donor, by=by, at=at, collected=True)
    signals.case_donated.send(MatchCase, case=case, donor=donor, on=case.donated_on, by=by, at=at)
    return case


def keep_donation(case: MatchCase, *, by: Actor, at: datetime) -> MatchCase:
    """
    Record the donation of a donor who leaves while the cells are on their way: leaving undoes nothing.

    The donor is not moved: they have gone already. The caller holds the lock.
    """
    case.donated_on = _last_day(case) or common.day_of(at)
    common.make(case, "keep_donation", by=by, at=at, saves=["donated_on"])
    donor = donors.count_donation(case.donor, by=by, at=at)
    signals.case_donated.send(MatchCase, case=case, donor=donor, on=case.donated_on, by=by, at=at)
    return case


def _last_day(case: MatchCase) -> date | None:
    last: date | None = case.collection_days.order_by("-on").values_list("on", flat=True).first()
    return last
