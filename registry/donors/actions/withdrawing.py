"""
The donor's own withdrawal: never refused, never approved by anybody, complete in one transaction.

The state and the consents of this capacity commit whatever happens; each room's stop runs
in a savepoint of its own, and one that failed stands red on the receipt and is tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from consent import actions as consents
from foundation import trail
from foundation.access import task_actor
from foundation.moves import stops
from foundation.moves.stops import Stop
from foundation.trail import Actor
from foundation.vault import Subject, ledger
from registry import signals
from registry.donors.actions import common
from registry.donors.actions.assisting import end_assists_of
from registry.donors.actions.tasks import cancel_tasks
from registry.donors.models import STANDS_THERE, Donor, Withdrawal, WithdrawalLine, Word
from registry.donors.reasons import Reason


@transaction.atomic
def withdraw(
    donor: Donor,
    *,
    by: Actor,
    at: datetime,
    word: Word,
    facts: Sequence[str] = (),
    reason: str = "",
    destroy_now: bool = False,
    on: Any = None,
) -> Withdrawal:
    """
    Record that a donor withdraws, stop everything, and return the receipt.

    Asked again for somebody who has withdrawn, it returns the receipt that stands. Where the record
    was joined with another in the same moment, the person leaves by the one that was kept.

    :param facts: codes of what was checked, where staff record it; two of them.
    :param on: where the right is asked; by default the donor.
    :raises moves.Refused: only if nothing shows that it is the donor's own word.
    """
    donor = common.locked_kept(donor)
    standing = donor.withdrawals.filter(ended_at__isnull=True).first()
    if standing is not None:
        return standing
    came_from, reason = str(donor.state), reason or Reason.PR_NOT_STATED
    saves = common.leave(donor, at=at, reason=reason)
    common.move(
        donor, "withdraw", by=by, at=at, on=on, reason=reason, saves=saves, word=word, facts=tuple(facts)
    )
    receipt = Withdrawal.objects.create(
        donor=donor,
        at=at,
        word=word,
        facts=sorted(set(facts)),
        reason=reason,
        from_state=came_from,
        destroy_now=destroy_now,
        **by.columns(),
    )
    lines = _own_stops(donor, by=by, at=at, word=word, reason=reason, on=on)
    stopping = by if on is None else task_actor("donors.withdraw")  # a stranger holds no right at the donor's
    lines += stops.collect(
        signals.donor_withdrawn, donor=donor, withdrawal=receipt, destroy_now=destroy_now, by=stopping, at=at
    )
    _write_lines(receipt, lines)
    receipt.settling = [stop for stop in lines if stop.settle]
    ledger.write("withdrawn", donor.subject_id, at=at)
    return receipt


def settle(receipt: Withdrawal, *, deadline: datetime) -> None:
    """Wait, after the commit, for what is still under way in other rooms; at most until the deadline."""
    for stop in receipt.settling:
        if stop.settle is not None:
            _replace_line(receipt, stop.settle(deadline))


def _own_stops(donor: Donor, *, by: Actor, at: datetime, word: Word, reason: str, on: Any) -> list[Stop]:
    """Stop what is the donors' room's own, and the consents: none of these may fail alone."""
    withdrawn = len(consents.withdraw_all(donor.subject, by=by, at=at, reason=reason, on=on or donor))
    if word == Word.CONSENT:
        withdrawn += 1  # the one whose withdrawing was the person's word
    calls = cancel_tasks(donor, at=at)
    end_assists_of(donor, by=by, at=at)
    Subject.objects.filter(pk=donor.subject_id).update(restricted_at=at)
    trail.record("subject.restricted", by=by, at=at, object=donor.subject, branch=donor.service_branch_id)
    told = ["donors.national"] if donor.national_state in STANDS_THERE else []
    return [
        Stop(what="donors.searches", when=at),
        Stop(what="donors.consents", when=at, count=withdrawn),
        Stop(what="donors.calls", when=at, count=calls),
        *(Stop(what=what, when=at) for what in told),
        Stop(what="donors.restricted", when=at),
    ]


def _write_lines(receipt: Withdrawal, lines: Sequence[Stop]) -> None:
    WithdrawalLine.objects.bulk_create(
        [
            WithdrawalLine(
                withdrawal=receipt,
                order=order,
                what=stop.what,
                count=stop.count,
                at=stop.when,
                ok=stop.ok,
                remains=stop.remains,
                due=stop.due,
            )
            for order, stop in enumerate(lines, start=1)
        ]
    )


def _replace_line(receipt: Withdrawal, stop: Stop) -> None:
    receipt.lines.filter(what=stop.what).update(ok=stop.ok, at=stop.when, remains=stop.remains)
