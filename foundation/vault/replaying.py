"""After a restore: apply again the withdrawals and erasures that the backup does not know."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from foundation import trail
from foundation.trail import Actor
from foundation.vault import ledger
from foundation.vault.models import Subject
from foundation.vault.subjects import erase


def replay(*, by: Actor, at: datetime) -> int:
    """
    Apply every line of the ledger that this database has not noted, in order, and return how many.

    A line about somebody the backup never knew is noted and passes. Run twice, the
    second time changes nothing.

    :raises ledger.LedgerProblem: if a line cannot be read; those before it are applied.
    """
    done = 0
    for line in ledger.unknown_here():
        with transaction.atomic():
            _apply(line, by=by, at=at)
        done += 1
    return done


def _apply(line: ledger.Line, *, by: Actor, at: datetime) -> None:
    kind, subject_id, when = line
    ledger.note(line, at=at)
    subject = Subject.objects.filter(pk=subject_id).first()
    if subject is None:
        return
    if kind == "erased":
        erase(subject, by=by, at=when)
    else:
        ledger.replayed.send(Subject, kind=kind, subject=subject, by=by, at=when)
    trail.record("ledger.replayed", by=by, at=at, object=subject, kind=kind)
