"""Take consents back, one or all, and undo what was taken back by mistake."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from consent import signals
from consent.models import Consent
from consent.states import STANDING
from foundation import moves, vault
from foundation.moves import stops

if TYPE_CHECKING:
    from foundation.moves.stops import Stop
    from foundation.trail import Actor
    from foundation.vault import Subject

_WITHDRAWAL = ["withdrawn_at", "withdrawn_from"]


@transaction.atomic
def withdraw(consent: Consent, *, by: Actor, at: datetime, reason: str = "", on: Any = None) -> list[Stop]:
    """
    Record that a person has withdrawn one consent.

    What stands on it stops in the same transaction, through ``signals.withdrawn``:
    there is no moment when one holds without the other. Withdrawing is never refused
    and needs no other consent (PIPL article 15).

    :returns: what stopped in the rooms above.
    :raises moves.Refused: only if the consent is not one that stands.
    """
    vault.lock(consent.subject_id)
    consent = Consent.objects.select_related("subject").get(pk=consent.pk)
    _withdraw(consent, by=by, at=at, reason=reason, on=on)
    return stops.collect(signals.withdrawn, consent=consent, by=by, at=at, whole=False)


@transaction.atomic
def withdraw_all(
    subject: Subject, *, by: Actor, at: datetime, reason: str = "", on: Any = None
) -> list[Consent]:
    """
    Withdraw everything a person has agreed to, because they leave. Twice is once.

    :returns: the consents that were withdrawn now.
    """
    vault.lock(subject.pk)
    consents = list(subject.consents.filter(state__in=STANDING).select_related("subject").order_by("id"))
    for consent in consents:
        _withdraw(consent, by=by, at=at, reason=reason, on=on)
    for consent in consents:
        stops.collect(signals.withdrawn, consent=consent, by=by, at=at, whole=True)
    return consents


@transaction.atomic
def restore(consents: Iterable[Consent], *, by: Actor, at: datetime, reason: str = "") -> list[Consent]:
    """
    Return withdrawn consents to the state they were in, because the withdrawal was somebody else's.

    The caller has checked who may and holds the second person's yes. One that a newer
    answer has replaced since then stays withdrawn.

    :returns: those that stand again.

    Source: domain.md section 2, ``mark_as_error``.
    """
    ids = {consent.pk: consent.subject_id for consent in consents}
    vault.lock(*ids.values())
    back = []
    for consent in Consent.objects.filter(pk__in=ids, withdrawn_at__isnull=False).order_by("id"):
        same = Consent.objects.filter(
            subject=consent.subject_id, purpose=consent.purpose, matter=consent.matter, state__in=STANDING
        )
        if same.exclude(pk__in=ids).exists():
            continue
        state, consent.withdrawn_at, consent.withdrawn_from = consent.withdrawn_from, None, ""
        moves.put_back(consent, state, move="mark_as_error", by=by, at=at, reason=reason, saves=_WITHDRAWAL)
        back.append(consent)
    return back


@transaction.atomic
def mark_as_error(consent: Consent, *, by: Actor, at: datetime, reason: str = "", on: Any = None) -> None:
    """
    Say that an answer was recorded by mistake: it was never this person's.

    :raises moves.Refused: if it was withdrawn, replaced or marked before.
    """
    vault.lock(consent.subject_id)
    consent = Consent.objects.select_related("subject").get(pk=consent.pk)
    moves.make(consent, "mark_as_error", by=by, at=at, reason=reason, on=on)


def _withdraw(consent: Consent, *, by: Actor, at: datetime, reason: str, on: Any) -> None:
    consent.withdrawn_at, consent.withdrawn_from = at, consent.state
    moves.make(consent, "withdraw", by=by, at=at, reason=reason, on=on, saves=_WITHDRAWAL)
