"""Take a notice of the national registry in: a case opens, waits, or the medical reviewer is asked first."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation import access, approvals, moves, vault
from foundation.access import Permission, Role
from foundation.trail import Actor, ActorKind
from registry.cases import guards, rules
from registry.cases.actions.opening import Notice, find_patient, open_case
from registry.cases.models import MatchCase, Patient, Request
from registry.donors.guards import months_later
from registry.donors.models import Donor

if TYPE_CHECKING:
    from foundation.access import Branch
    from foundation.approvals import Approval

AGAIN: Final = "cases.again"  # the kind of the medical reviewer's yes to a second donation


def take_notice(
    donor: Donor,
    *,
    patient_code: str,
    notice: Notice,
    by: Actor,
    at: datetime,
    hospital: Branch | None = None,
) -> MatchCase | Approval:
    """
    Open a case for a notice, or ask the medical reviewer where the donor has donated before.

    The same notice again returns what stands.

    :raises moves.Refused: with every sentence that stands against it.
    :raises moves.NotAllowed: if the actor may not open cases at the donor's branch.
    """
    try:
        with transaction.atomic():
            return _take(donor, patient_code, notice, hospital, by=by, at=at)
    except IntegrityError:
        if not MatchCase.objects.filter(source=notice.source, notice_code=notice.code).exists():
            raise
        raise moves.Refused([_("A notice with this code was entered at this very moment.")]) from None


def _take(
    donor: Donor, patient_code: str, notice: Notice, hospital: Branch | None, *, by: Actor, at: datetime
) -> MatchCase | Approval:
    vault.lock(donor.subject_id)
    donor = Donor.objects.select_related("service_branch").get(pk=donor.pk)
    patient = find_patient(
        patient_code, source=notice.source, branch=donor.service_branch, hospital=hospital, at=at
    )
    stands = MatchCase.objects.filter(source=notice.source, notice_code=notice.code).exists()
    if guards.stands_as_donated(donor) and not stands:
        return ask_again(donor, patient, notice=notice, by=by, at=at)
    return open_case(donor, patient, notice=notice, owner_id=_keeps(by), by=by, at=at)


def _keeps(by: Actor) -> UUID | None:
    """Return who has a case in hand from its first day: the caseworker who opens it."""
    return UUID(by.id) if by.kind == ActorKind.STAFF and by.role == Role.CASEWORKER else None


@transaction.atomic
def ask_again(donor: Donor, patient: Patient, *, notice: Notice, by: Actor, at: datetime) -> Approval:
    """
    Ask the medical reviewer whether a donor who has donated may be asked once more.

    :raises moves.Refused: if it is too early, or the donor has given as often as one may.
    :raises moves.NotAllowed: if the actor may not open cases at the donor's branch.
    """
    vault.lock(donor.subject_id)
    donor = Donor.objects.get(pk=donor.pk)
    if not access.may(by, Permission.CASE_OPEN, on=donor, at=at):
        raise moves.NotAllowed(Permission.CASE_OPEN.value)
    if sentences := list(_against(donor, patient, notice.request, on=timezone.localdate(at))):
        raise moves.Refused(sentences)
    facts = _facts(patient, notice)
    waiting = approvals.Approval.objects.waiting(at).about(donor).filter(kind=AGAIN).first()
    if waiting is not None and waiting.facts.get("code") != notice.code:
        raise moves.Refused([_("The medical reviewer is asked about another notice for this donor already.")])
    return approvals.ask(AGAIN, donor, by=by, at=at, facts=facts)


def open_again(approval: Approval, *, by: Actor, at: datetime) -> MatchCase:
    """
    Open the case that the medical reviewer agreed to; it is the asker's act.

    :raises moves.Refused: with every sentence that stands against it now.
    """
    donor = Donor.objects.get(pk=approval.object_id)
    patient = Patient.objects.get(pk=approval.facts["patient"])
    asker = Actor.of(approval)
    case = open_case(
        donor,
        patient,
        notice=_notice(approval.facts),
        owner_id=_keeps(asker),
        by=asker,
        at=at,
        cleared=True,
    )
    approvals.use(approval, by=by, at=at)
    return case


def _against(donor: Donor, patient: Patient, request: str, *, on: date) -> list[str]:
    """Return what stands against a further donation. Source: domain.md sections 2 and 3"""
    sentences = []
    if not guards.stands_as_donated(donor):
        sentences.append(_("This donor has not donated."))
    if donor.collections >= settings.COLLECTIONS_MOST:
        sentences.append(str(rules.TWICE))
    months = settings.DONATED_AGAIN_MONTHS.get(request)
    if months is None:
        return [*sentences, _("After a donation only lymphocytes or a second donation can be asked for.")]
    last = guards.last_donation(MatchCase.objects.all(), donor, patient.pk, request=request)
    if last is None and request == Request.LYMPHOCYTES:
        return [*sentences, _("Lymphocytes are for the patient who had this donor's cells.")]
    if last is not None and on < months_later(last, months):
        day = months_later(last, months)
        sentences.append(_("It is too early: possible from %(day)s on.") % {"day": day.isoformat()})
    return sentences


def _facts(patient: Patient, notice: Notice) -> dict[str, Any]:
    return {
        "patient": str(patient.pk),
        "source": notice.source,
        "code": notice.code,
        "request": notice.request,
        "resolution": notice.resolution,
        "requested_on": notice.requested_on.isoformat(),
        "received_on": notice.received_on.isoformat() if notice.received_on else "",
    }


def _notice(facts: dict[str, Any]) -> Notice:
    received = facts.get("received_on")
    return Notice(
        source=facts["source"],
        code=facts["code"],
        request=facts["request"],
        resolution=facts["resolution"],
        requested_on=date.fromisoformat(facts["requested_on"]),
        received_on=date.fromisoformat(received) if received else None,
    )
