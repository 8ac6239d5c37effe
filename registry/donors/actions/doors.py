"""
The door that withdraws somebody whom another branch keeps: a document and a second fact.

It executes, writes the receipt, and shows nothing of the record. One sentence answers.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from foundation import trail, vault
from foundation.trail import Actor
from registry.donors import documents
from registry.donors.actions.withdrawing import withdraw
from registry.donors.models import Donor, Withdrawal, Word
from registry.donors.states import STILL_TO_WITHDRAW


@transaction.atomic
def withdraw_by_document(
    *, kind: str, number: str, born_on: date, by: Actor, at: datetime, on: Any, destroy_now: bool = False
) -> Withdrawal | None:
    """
    Withdraw the donor who holds this document and was born on this day, wherever they are kept.

    :param on: the desk's own branch, where the right is asked.
    :returns: the receipt, or None where no donor fits both facts.
    :raises documents.DocumentProblem: if the number cannot be one of its kind.
    :raises moves.NotAllowed: if the actor may not record a withdrawal at the desk.
    """
    document = documents.check(documents.DocumentKind(kind), number)
    index = vault.index.document(document.kind, document.number)
    found = Donor.objects.filter(subject__document_index=index, state__in=STILL_TO_WITHDRAW).first()
    if found is None or found.born_on != born_on:
        trail.record("door.withdraw_missed", by=by, at=at)
        return None
    facts = ("document", "born_on")
    receipt = withdraw(
        found, by=by, at=at, word=Word.STAFF_TWO_FACTS, facts=facts, destroy_now=destroy_now, on=on
    )
    trail.record("door.withdrawn", by=by, at=at, object=found)
    return receipt
