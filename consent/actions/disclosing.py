"""Write the ledger of disclosures: no personal data leaves without a line in it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from consent import gate
from consent.models import Consent, Disclosure
from consent.models.disclosures import Basis
from consent.purposes import Purpose
from consent.states import IN_FORCE
from foundation import trail

if TYPE_CHECKING:
    from foundation.access import Branch
    from foundation.trail import Actor


@transaction.atomic
def disclose(
    subject_ids: Collection[UUID],
    *,
    to: str,
    fields: Collection[str],
    purpose: Purpose,
    by: Actor,
    at: datetime,
    use: str = "",
    matter: str = "",
    branch: Branch | None = None,
    about: Model | None = None,
) -> list[Disclosure]:
    """
    Ask the gate for each person, then write what goes to whom, under which consent.

    :param to: the organisation that receives it. :param fields: names of fields, never values.
    :param about: what carries them: a batch, a case.
    :raises GateShut: if one of the people has not agreed; then nothing is written.

    Source: PIPL article 23.
    """
    ids = set(subject_ids)
    if not ids <= gate.allows_many(ids, purpose, matter=matter, use=use):
        raise gate.GateShut(purpose, use=use)
    lines = [
        Disclosure(
            subject_id=consent.subject_id,
            at=at,
            recipient=to,
            recipient_branch=branch,
            fields=sorted(fields),
            basis=Basis.CONSENT,
            purpose=purpose,
            consent=consent,
            about=trail.recording.object_name(about),
            **by.columns(),
        )
        for consent in _consents(ids, purpose, matter)
    ]
    Disclosure.objects.bulk_create(lines, batch_size=500)
    trail.record(
        "data.disclosed",
        by=by,
        at=at,
        object=about,
        people=len(lines),
        fields=sorted(fields),
        purpose=purpose,
    )
    return lines


@transaction.atomic
def reverse(line: Disclosure, *, by: Actor, at: datetime) -> Disclosure:
    """Answer a line that was wrong by one that takes it back; both stay."""
    back = Disclosure.objects.create(
        subject_id=line.subject_id,
        at=at,
        recipient=line.recipient,
        recipient_branch_id=line.recipient_branch_id,
        fields=line.fields,
        basis=Basis.REVERSAL,
        about=line.about,
        reverses=line,
        **by.columns(),
    )
    trail.record("disclosure.reversed", by=by, at=at, object=line)
    return back


def _consents(ids: Collection[UUID], purpose: Purpose, matter: str) -> list[Consent]:
    every = list(ids)
    found: list[Consent] = []
    for start in range(0, len(every), gate.AT_ONCE):
        part = every[start : start + gate.AT_ONCE]
        found += Consent.objects.filter(subject__in=part, purpose=purpose, matter=matter, state__in=IN_FORCE)
    return found
