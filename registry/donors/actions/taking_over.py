"""How somebody comes in from the records before: in the state these name, with nothing of it proven by us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from foundation import moves, rows, vault
from foundation.access import Branch
from foundation.trail import Actor
from foundation.vault import Subject
from registry import signals
from registry.donors.actions import common
from registry.donors.actions.joining import build, build_contacts
from registry.donors.guards import age, months_later
from registry.donors.models import Contact, Donor, Withdrawal, WithdrawalLine, Word
from registry.donors.reasons import Reason
from registry.donors.records import ContactPerson, Person
from registry.donors.states import GONE, DonorState

_WHY_GONE: Final = {DonorState.AGED_OUT: Reason.DO, DonorState.DECEASED: Reason.DD}


@transaction.atomic
def take_over(
    subject: Subject,
    person: Person,
    contacts: Sequence[ContactPerson],
    *,
    state: DonorState,
    branch: Branch,
    by: Actor,
    at: datetime,
    registered_at: datetime,
    facts: Mapping[str, Any] | None = None,
) -> Donor:
    """
    Take a donor over from the records before, in the state the sheet names.

    Only the document has been checked, by the caller. The contact has never been verified.

    :param facts: other columns the sheet tells: ``listed_on``, ``national_no`` …
    """
    vault.lock(subject.pk)
    columns = columns_of(state, person, at=at, **(facts or {}))
    donor = build(subject, person, branch=branch, at=registered_at, **columns)
    vault.index.settle([donor])
    moves.begin(donor, "take_over", by=by, at=registered_at, on=branch, recorded_at=at, reason=Reason.LEGACY)
    rows.insert(Contact, build_contacts(donor, contacts, key=subject.key, on=None))
    if state == DonorState.WITHDRAWN:
        receipt, lines = receipt_of(donor, by=by, at=at)
        receipt.save(force_insert=True)
        WithdrawalLine.objects.bulk_create(lines)
        Subject.objects.filter(pk=subject.pk).update(restricted_at=at)
    if state == DonorState.DECEASED:
        vault.report_dead(subject, by=by, at=at, reason=Reason.DD)
    signals.donor_registered.send(Donor, donor=donor, by=by, at=at)
    return donor


def receipt_of(donor: Donor, *, by: Actor, at: datetime) -> tuple[Withdrawal, list[WithdrawalLine]]:
    """Return, not saved, what shows that somebody had withdrawn before, and that nothing began again here."""
    receipt = Withdrawal(
        donor=donor,
        at=at,
        word=Word.RECORDS,
        reason=Reason.LEGACY,
        from_state=DonorState.LISTED if donor.listed_on else DonorState.REGISTERED,
        **by.columns(),
    )
    lines = [
        WithdrawalLine(withdrawal=receipt, order=order, what=what, at=at, ok=True)
        for order, what in enumerate(("donors.searches", "donors.restricted"), start=1)
    ]
    return receipt, lines


def columns_of(
    state: DonorState,
    person: Person,
    *,
    at: datetime,
    listed_on: date | None = None,
    typed: bool = False,
    **told: Any,
) -> dict[str, Any]:
    """
    Return the columns of somebody taken over in a state, with what the records do not say filled in.

    A pause whose end nobody knows is the longest there is: the first call decides sooner. When
    somebody left is not known either; what the law counts from it begins with the taking over.
    Whoever has passed the age to donate is never offered, not even until the night.

    :param typed: there is a typing. :param told: other columns, which stand as they are.

    Source: docs/decisions/0007-the-records-before.md
    """
    today = common.day_of(at)
    columns: dict[str, Any] = {"state": state, "legacy": True, "listed_on": listed_on}
    if state in {DonorState.ON_HOLD, DonorState.LOST}:
        before = DonorState.TYPED if typed else DonorState.REGISTERED
        columns["return_to"] = DonorState.LISTED if listed_on else before
    if state == DonorState.ON_HOLD:
        until = months_later(today, settings.HOLD_MONTHS_MOST)
        columns |= {"hold_until": until, "hold_reason": Reason.LEGACY}
    if state == DonorState.DONATED:
        columns["collections"] = 1  # at least: more than the records say is nobody's to invent
    if state in GONE:
        columns |= {"left_at": at, "left_reason": _WHY_GONE.get(state, Reason.LEGACY)}
    elif person.born_on and age(person.born_on, today) >= settings.AGE_TO_DONATE:
        columns["limit_notice_on"] = today
    if state == DonorState.DECEASED:
        columns["death_reported_at"] = at
    return columns | told
