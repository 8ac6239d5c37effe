"""Ways out that are not the donor's own word: medical, age, death, another registry."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from foundation import approvals, moves, vault
from foundation.access import Permission
from foundation.approvals import Approval
from foundation.moves import stops
from foundation.trail import Actor
from foundation.vault import Subject
from registry import signals
from registry.donors.actions import common, rights
from registry.donors.actions.tasks import cancel_tasks
from registry.donors.models import Donor
from registry.donors.reasons import Reason


@transaction.atomic
def exclude(donor: Donor, *, reason: str, by: Actor, at: datetime) -> Donor:
    """
    Take a donor out for good on medical grounds.

    :param reason: a code of ``reasons.PERMANENT``.
    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    common.move(
        donor, "exclude", by=by, at=at, reason=reason, saves=common.leave(donor, at=at, reason=reason)
    )
    cancel_tasks(donor, at=at)
    common.stop_tubes(donor, by=by, at=at)
    return donor


@transaction.atomic
def age_out(donor: Donor, *, by: Actor, at: datetime) -> Donor:
    """
    End the register for a donor who has reached the age limit and was told.

    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    saves = common.leave(donor, at=at, reason=Reason.DO)
    common.move(donor, "age_out", by=by, at=at, reason=Reason.DO, saves=saves)
    cancel_tasks(donor, at=at)
    common.stop_tubes(donor, by=by, at=at)
    return donor


def report_dead(donor: Donor, *, by: Actor, at: datetime, reason: str = "", on: Any = None) -> list[Subject]:
    """
    Silence everything for a donor who is said to have died, on any word.

    :raises moves.NotAllowed: if the actor may not record it here.
    """
    with transaction.atomic():
        rights.check(on or donor, by=by, at=at, permissions=(Permission.PERSON_STOP,))
        return vault.report_dead(donor.subject, by=by, at=at, reason=reason)


@transaction.atomic
def silence_after_death(subject: Subject, *, by: Actor, at: datetime) -> Donor | None:
    """
    Take a donor who was reported dead out of search and off every call list; twice is once.

    Somebody whose two records were joined may be known by two documents: both are silenced.
    """
    donor = Donor.objects.select_related("merged_into__subject").filter(subject=subject).first()
    if donor is None or donor.death_reported_at is not None:
        return donor
    donor = common.locked(donor)
    donor.death_reported_at = at
    donor.save(update_fields=["death_reported_at"])
    cancel_tasks(donor, at=at)
    common.stop_tubes(donor, by=by, at=at)
    stops.collect(signals.donor_silenced, donor=donor, why="died_reported", by=by, at=at)
    for same in (donor.merged_into, *donor.merged.select_related("subject")):
        if same is not None:
            vault.report_dead(same.subject, by=by, at=at)
    return donor


@transaction.atomic
def lift_death_report(donor: Donor, *, by: Actor, at: datetime) -> Donor:
    """
    Take back a death report that was a mistake, in every capacity of the person, at any time.

    :raises moves.NotAllowed: if the actor may not record it here.
    """
    donor = common.locked(donor)
    rights.check(donor, by=by, at=at, permissions=(Permission.PERSON_STOP,))
    lifted = vault.lift_death_report(donor.subject, by=by, at=at)
    for emptied in donor.merged.select_related("subject"):
        lifted += vault.lift_death_report(emptied.subject, by=by, at=at)
    Donor.objects.filter(subject__in=lifted).update(death_reported_at=None)
    return common.locked(donor)


@transaction.atomic
def die(donor: Donor, *, evidence: str, by: Actor, at: datetime) -> Donor:
    """
    Record a death that is certain.

    :param evidence: the paper or office that confirms it, as words; kept sealed.
    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    vault.report_dead(donor.subject, by=by, at=at, reason=Reason.DD)
    donor = common.locked(donor)
    saves = common.leave(donor, at=at, reason=Reason.DD)
    common.move(donor, "die", by=by, at=at, reason=Reason.DD, saves=saves, evidence=bool(evidence.strip()))
    common.write_note(donor, about="die", words=evidence, by=by, at=at)
    cancel_tasks(donor, at=at)
    common.stop_tubes(donor, by=by, at=at)
    signals.donor_died.send(Donor, donor=donor, by=by, at=at)
    return donor


@transaction.atomic
def ask_to_transfer(donor: Donor, *, reason: str, reference: str, by: Actor, at: datetime) -> Approval:
    """
    Ask a second person to agree that a donor leaves for another registry.

    :param reference: the number under which the other registry confirms; no personal data.
    """
    donor = common.locked(donor)
    rights.check(donor, by=by, at=at, permissions=(Permission.DONOR_MOVE,))
    if donor.is_gone:
        raise moves.WrongState(move="transfer", state=str(donor.state))
    facts = {"reference": reference.strip()[:40], "reason": reason}
    return approvals.ask("donors.transfer", donor, by=by, at=at, reason=reason, facts=facts)


@transaction.atomic
def transfer(donor: Donor, *, approval: Approval, by: Actor, at: datetime) -> Donor:
    """
    Hand a donor over to the other registry, as agreed.

    :raises moves.Refused: with every sentence that stands against it.
    """
    donor = common.locked(donor)
    reason = str(approval.facts.get("reason", ""))
    saves = common.leave(donor, at=at, reason=reason)
    facts = {"approval": approval, "reference": approval.facts.get("reference")}
    common.move(donor, "transfer", by=by, at=at, reason=reason, saves=saves, **facts)
    cancel_tasks(donor, at=at)
    common.stop_tubes(donor, by=by, at=at)
    return donor
