"""Open a case from a notice of the national registry or from a search; the next one comes up by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from foundation import access, moves, vault
from foundation.access import Permission
from foundation.trail import Actor
from foundation.vault import Capacity
from registry.cases import clocks
from registry.cases.actions import common
from registry.cases.models import MatchCase, Patient, Request, Source
from registry.cases.states import CaseState
from registry.donors import actions as donors
from registry.donors.models import Donor
from registry.donors.states import DonorState

if TYPE_CHECKING:
    from uuid import UUID

    from foundation.access import Branch

NEXT = "cases.next"  # the task that lets the oldest waiting case begin
CAN_BE_KEPT = (DonorState.LISTED, DonorState.ON_HOLD, DonorState.LOST, DonorState.DONATED)


class KeptForAnother(moves.Refused):
    """A search asks for a donor whom another match keeps. A notice would wait instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """
    What the other side said: codes and dates only.

    :param code: of the notice, "" for a search of our own.
    :param requested_on: the day from which the reservation is counted.
    :param received_on: the day on which it reached us, from which the first attempt is counted; the
        day of entry where nobody says another.
    :param resolution: of the typing that matched, as the notice says it.
    """

    source: str
    requested_on: date
    received_on: date | None = None
    code: str = ""
    request: str = Request.TYPING
    resolution: str = ""


def find_patient(
    code: str, *, source: str, branch: Branch, at: datetime, hospital: Branch | None = None
) -> Patient:
    """Return the patient of a code, made if it is new: a subject of its own, in the asking branch."""
    found = Patient.objects.filter(source=source, code=code).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():  # a subject whose patient was made in this very moment is none
            subject = vault.create_subject(
                capacity=Capacity.PATIENT, branch=branch, document_index=None, at=at
            )
            return Patient.objects.create(
                source=source, code=code, subject=subject, hospital=hospital, created_at=at
            )
    except IntegrityError:
        made = Patient.objects.filter(source=source, code=code).first()
        if made is None:
            raise
        return made


@transaction.atomic
def open_case(
    donor: Donor,
    patient: Patient,
    *,
    notice: Notice,
    by: Actor,
    at: datetime,
    cleared: bool = False,
    owner_id: UUID | None = None,
) -> MatchCase:
    """
    Open a match and keep its donor; where another match keeps them, a notice waits with its own clock.

    The same notice again returns the case that stands.

    :param cleared: the medical reviewer agreed, needed after a donation.
    :param owner_id: the officer of the donor's side who has it in hand from the first day.
    :raises KeptForAnother: if a search asks for a donor whom another match keeps.
    :raises moves.Refused: with every sentence that stands against it.
    :raises moves.NotAllowed: if the actor may not open cases at the donor's branch; searches of our own
        are the registry manager's.
    """
    vault.lock(donor.subject_id)
    donor = Donor.objects.select_related("subject").get(pk=donor.pk)
    if notice.source == Source.SEARCH and not access.may(by, Permission.CASE_DECIDE, on=donor, at=at):
        raise moves.NotAllowed(Permission.CASE_DECIDE.value)
    standing = _of_notice(notice)
    if standing is not None:
        return _same(standing, donor, patient)
    case = _new(donor, patient, notice, owner_id=owner_id, at=at)
    if MatchCase.objects.active().filter(donor=donor).exists():
        if notice.source == Source.SEARCH:
            raise KeptForAnother([_("Another match keeps this donor.")])
        moves.begin(case, "wait", by=by, at=at, cleared=cleared)
    else:
        _check_can_be_kept(donor)
        case.reserved_from = str(donor.state)
        moves.begin(case, "open", by=by, at=at, cleared=cleared)
        donors.reserve(donor, by=by, at=at, cleared=cleared)
    common.keep_due(case)
    return case


def begin_next(donor: Donor, *, came_from: str, at: datetime) -> MatchCase | None:
    """
    Let the oldest waiting case of a donor begin that can, who stays kept.

    :returns: None if nobody waits, or none can begin: of a donor who was reported dead they wait on.
    """
    by = access.task_actor(NEXT)
    for waiting in MatchCase.objects.filter(donor=donor, state=CaseState.WAITING).order_by("id"):
        case = common.locked(waiting)
        case.reserved_from = came_from
        case.contact_due_on = clocks.contact_due(common.day_of(at))
        if not moves.missing(case, "come_up", by=by, at=at):
            common.make(case, "come_up", by=by, at=at, saves=["reserved_from", "contact_due_on"])
            return case
    return None


def _new(donor: Donor, patient: Patient, notice: Notice, *, owner_id: UUID | None, at: datetime) -> MatchCase:
    return MatchCase(
        donor=donor,
        patient=patient,
        service_path=donor.service_path,
        owner_path=donor.owner_path,
        source=notice.source,
        request=notice.request,
        notice_code=notice.code,
        resolution=notice.resolution,
        requested_on=notice.requested_on,
        opened_at=at,
        contact_due_on=clocks.contact_due(notice.received_on or common.day_of(at)),
        clock_ends_on=clocks.reservation_ends(
            notice.requested_on, source=notice.source, request=notice.request
        ),
        transplant_hospital=patient.hospital,
        owner_id=owner_id,
    )


def _of_notice(notice: Notice) -> MatchCase | None:
    if not notice.code:
        return None
    return MatchCase.objects.filter(source=notice.source, notice_code=notice.code).first()


def _same(standing: MatchCase, donor: Donor, patient: Patient) -> MatchCase:
    if (standing.donor_id, standing.patient_id) != (donor.pk, patient.pk):
        raise moves.Refused([_("A notice with this code is there already, for another donor or patient.")])
    return standing


def _check_can_be_kept(donor: Donor) -> None:
    if donor.state not in CAN_BE_KEPT:
        words = _("A donor in the state “%(state)s” cannot be kept for a patient.")
        raise moves.Refused([words % {"state": donor.get_state_display()}])
