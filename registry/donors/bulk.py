"""Bring many volunteers in at once, from a sheet; who judged them is the sheet's own check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from foundation import rows, vault
from foundation.access import Branch
from foundation.moves.making import setattr_state, step_for
from foundation.moves.many import step_into
from foundation.moves.models import Step
from foundation.moves.rules import Move
from registry import signals
from registry.donors.actions.joining import build, build_contacts
from registry.donors.actions.taking_over import columns_of, receipt_of
from registry.donors.models import Contact, Donor, Withdrawal, WithdrawalLine
from registry.donors.reasons import Reason
from registry.donors.records import ContactPerson, Person
from registry.donors.states import DonorState

if TYPE_CHECKING:
    from foundation.trail import Actor
    from foundation.vault import OpenKey, Subject
    from registry.drives.models import Drive


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A donor with contacts and steps, sealed and not saved yet."""

    donor: Donor
    contacts: list[rows.Values]
    steps: Sequence[rows.Cut]
    receipt: Withdrawal | None = None  # of those who had withdrawn before
    receipt_lines: list[WithdrawalLine] = field(default_factory=list)

    def packed(self) -> Packed:
        """Return it as values, which are kept cheaply."""
        return Packed(rows.values_of(self.donor), self.contacts, self.steps)


class Packed(NamedTuple):
    """A donor with contacts and steps, as values."""

    donor: rows.Values
    contacts: list[rows.Values]
    steps: Sequence[rows.Cut]


def newcomer(
    subject: Subject,
    person: Person,
    contacts: Sequence[ContactPerson],
    *,
    branch: Branch,
    drive: Drive,
    with_tube: bool,
    on: date,
    by: Actor,
    at: datetime,
    recorded_at: datetime,
) -> Newcomer:
    """
    Return a volunteer of a paper list, registered and, with a tube, sampled on the day of the list.

    The guards of ``register`` (age, weight, two contacts, the consents of the drive) have been
    asked row by row by ``registry.drives.sheets``.

    :param on: the day of the paper, when the contact was right. :param at: the same as a moment.
    """
    key = _opened(subject)
    donor = build(subject, person, branch=branch, at=at, drive=drive, key=key, contact_verified_on=on)
    then: dict[str, Any] = {"by": by, "at": at, "recorded_at": recorded_at}
    steps = [step_into(DonorState.REGISTERED, donor, "register", **then)]
    setattr_state(donor, DonorState.REGISTERED)
    if with_tube:
        setattr_state(donor, DonorState.SAMPLED)
        steps.append(
            step_into(DonorState.SAMPLED, donor, "collect_sample", before=DonorState.REGISTERED, **then)
        )
    return Newcomer(donor, _contacts(donor, contacts, key, on), steps)


def taken_over(
    subject: Subject,
    person: Person,
    contacts: Sequence[ContactPerson],
    *,
    state: DonorState,
    branch: Branch,
    by: Actor,
    at: datetime,
    recorded_at: datetime,
    **facts: Any,
) -> Newcomer:
    """
    Return somebody from the records before, in the state these name, with one step.

    :param at: when they registered. :param facts: as for ``columns_of``.
    """
    columns = columns_of(state, person, at=recorded_at, **facts)
    key = _opened(subject)
    donor = build(subject, person, branch=branch, at=at, key=key, **columns)
    taking = Move(donor, "take_over", by, at, str(Reason.LEGACY))
    steps = [rows.values_of(step_for(taking, "", recorded_at=recorded_at))]
    known = _contacts(donor, contacts, key, None)
    if state != DonorState.WITHDRAWN:
        return Newcomer(donor, known, steps)
    return Newcomer(donor, known, steps, *receipt_of(donor, by=by, at=recorded_at))


def _opened(subject: Subject) -> OpenKey | None:
    return None if subject.key is None else vault.opened(subject.key)


def _contacts(
    donor: Donor, contacts: Sequence[ContactPerson], key: OpenKey | None, on: date | None
) -> list[rows.Values]:
    return [rows.values_of(one) for one in build_contacts(donor, contacts, key=key, on=on)]


def insert(newcomers: Sequence[Newcomer], *, by: Actor, at: datetime) -> None:
    """Insert donors, contacts and steps within the caller's transaction, and tell the rooms above."""
    vault.index.settle([one.donor for one in newcomers])
    rows.insert(Donor, (one.donor for one in newcomers))
    rows.insert(Contact, (one for newcomer in newcomers for one in newcomer.contacts))
    rows.insert(Step, (step for newcomer in newcomers for step in newcomer.steps))
    rows.insert(Withdrawal, (one.receipt for one in newcomers if one.receipt is not None))
    rows.insert(WithdrawalLine, (line for one in newcomers for line in one.receipt_lines))
    if signals.donor_registered.has_listeners(Donor):
        for one in newcomers:
            signals.donor_registered.send(Donor, donor=one.donor, by=by, at=at)


def insert_packed(newcomers: Sequence[Packed], *, by: Actor, at: datetime) -> None:
    """Insert volunteers of a paper list that were packed: the same as ``insert``."""
    rows.insert(Donor, vault.index.settled(Donor, [one.donor for one in newcomers]))
    rows.insert(Contact, [contact for one in newcomers for contact in one.contacts])
    rows.insert(Step, [step for one in newcomers for step in one.steps])
    if signals.donor_registered.has_listeners(Donor):
        for one in newcomers:
            signals.donor_registered.send(Donor, donor=rows.model_of(Donor, one.donor), by=by, at=at)
