"""Match cases in any state, each the plainest valid one; journeys make theirs through the actions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import factory
from django.utils import timezone

from consent import actions as consents
from consent import evidence
from consent.models import Text
from consent.purposes import Purpose
from consent.states import TextState
from foundation import vault
from foundation.access import Branch
from foundation.vault import Capacity
from registry.cases import clocks
from registry.cases.actions import Notice
from registry.cases.models import MatchCase, Patient, Source
from registry.cases.states import OVER, RED_ZONE, CaseState, reached
from registry.donors.models import Donor
from registry.donors.states import DonorState
from tests.factories.donors import DonorFactory

OPENED = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # a Friday, ten o'clock in China
_numbers = count(1)


def notice(**changes: Any) -> Notice:
    """Return an invented notice of the national registry."""
    values: dict[str, Any] = {
        "source": Source.DOMESTIC,
        "code": f"N{next(_numbers):06}",
        "requested_on": date(2026, 9, 1),
        "request": "TYPING",
        "resolution": "HIGH",
    }
    return Notice(**{**values, **changes})


class PatientFactory(factory.Factory[Patient]):
    """A patient with a code of their own."""

    class Meta:
        model = Patient

    @classmethod
    def _create(cls, model_class: type[Patient], *args: Any, **kwargs: Any) -> Patient:
        branch: Branch = kwargs.pop("branch")
        at = kwargs.pop("at", OPENED)
        subject = vault.create_subject(capacity=Capacity.PATIENT, branch=branch, document_index=None, at=at)
        facts = {"code": f"P{next(_numbers):06}", "source": Source.DOMESTIC} | kwargs
        return Patient.objects.create(subject=subject, created_at=at, **facts)


def ready_columns(at: datetime) -> dict[str, Any]:
    """Return the facts of a donor who is cleared, has agreed, has dates; consents have rows of their own."""
    today = timezone.localdate(at)
    return {
        "talked_at": at - timedelta(days=9),
        "final_consent_at": at - timedelta(days=7),
        "examined_on": today - timedelta(days=6),
        "examination_fit": True,
        "markers_on": today - timedelta(days=6),
        "markers_fit": True,
        "pregnancy_on": today - timedelta(days=6),
        "pregnancy_fit": True,
        "cleared_at": at - timedelta(days=5),
        "cleared_by_id": "doctor",
        "no_backup": "NONE_FOUND",
        "product": "PBSC",
        "conditioning_on": today + timedelta(days=3),
        "collection_on": today + timedelta(days=10),
        "hospital_message_at": at - timedelta(hours=4),
        "hospital_message_ref": "TX-1",
        "last_reached_at": at - timedelta(hours=3),
    }


def columns_of(state: str, at: datetime) -> dict[str, Any]:  # noqa: C901 - a case a state
    """Return what a case in a state has behind it."""
    columns: dict[str, Any] = {"state": state}
    stands_at = state if state not in {CaseState.POSTPONED, CaseState.CLOSED} else CaseState.WORKUP
    if reached(stands_at, CaseState.CONTACTING):
        columns["first_tried_at"] = OPENED + timedelta(hours=4)
    if reached(stands_at, CaseState.REMOBILISED):
        columns |= {"reached_at": OPENED + timedelta(hours=4), "last_reached_at": OPENED + timedelta(hours=4)}
    if reached(stands_at, CaseState.HR_AGREED):
        columns |= {"stance_at": OPENED + timedelta(days=1), "fit_at": OPENED + timedelta(days=1)}
    if reached(stands_at, CaseState.HR_SAMPLED):
        columns["hr_volume_ml"] = 10
    if reached(stands_at, CaseState.SCHEDULED):
        columns |= ready_columns(at)
    if state in {*RED_ZONE, CaseState.HANDED_OVER, CaseState.DONATED}:
        columns["conditioning_at"] = at - timedelta(days=1)
    if state == CaseState.POSTPONED:
        columns |= {
            "return_to": CaseState.WORKUP,
            "postponed_until": date(2027, 2, 1),
            "postponed_reason": "OT",
        }
    if state == CaseState.CLOSED:
        columns |= {"closed_from": CaseState.WORKUP, "closed_at": at, "outcome": "PDC"}
    if state == CaseState.DONATED:
        columns["donated_on"] = timezone.localdate(at)
    return columns


class CaseFactory(factory.Factory[MatchCase]):
    """
    A case in any state, without steps: ``CaseFactory(state=CaseState.SCHEDULED, branch=county)``.

    Its donor stands as the state asks. Every other name is a column.
    """

    class Meta:
        model = MatchCase

    @classmethod
    def _create(cls, model_class: type[MatchCase], *args: Any, **kwargs: Any) -> MatchCase:
        branch = kwargs.pop("branch", None)
        at = kwargs.pop("at", NOW)
        state = CaseState(kwargs.pop("state", CaseState.NOTIFIED))
        donor: Donor = kwargs.pop("donor", None) or _donor(state, branch)
        patient = kwargs.pop("patient", None) or PatientFactory(branch=donor.service_branch)
        told = notice()
        facts: dict[str, Any] = {
            "source": told.source,
            "request": told.request,
            "notice_code": told.code,
            "resolution": told.resolution,
            "requested_on": told.requested_on,
            "opened_at": OPENED,
            "contact_due_on": clocks.contact_due(told.requested_on),
            "clock_ends_on": clocks.reservation_ends(told.requested_on, source=told.source, request="TYPING"),
            "reserved_from": "" if state == CaseState.WAITING else DonorState.LISTED,
        }
        case = MatchCase(
            donor=donor,
            patient=patient,
            service_path=donor.service_path,
            owner_path=donor.owner_path,
            **{**facts, **columns_of(state, at), **kwargs},
        )
        case.due_on, case.due_what = case.clock_ends_on, "RESERVATION"
        if state in OVER:
            case.due_on, case.due_what = None, ""
        case.save(force_insert=True)
        return case


def _donor(state: CaseState, branch: Branch | None) -> Donor:
    stands = {CaseState.DONATED: DonorState.DONATED, CaseState.CLOSED: DonorState.LISTED}
    where = {"branch": branch} if branch else {}
    return DonorFactory(state=stands.get(state, DonorState.IN_CASE), **where)


TEXTS = {
    Purpose.VERIFICATION_TYPING: "hpc_verification",
    Purpose.DONATION_FINAL: "hpc_donation",
    Purpose.SHARE_HOSPITAL: "hpc_donation",
    Purpose.LETTERS: "hpc_donation",
    Purpose.PEER_TALK: "hpc_donation",
}


def agree(case: MatchCase, *purposes: Purpose) -> None:
    """
    Sign for a case on the screen, each purpose on the text that asks for it.

    Talking with others as a former donor belongs to the person, not to the case.
    """
    from tests.factories import consent as make  # noqa: PLC0415  it imports more than most need

    consents.install_first_texts(by=make.TAKER, at=OPENED - timedelta(days=400))
    for purpose in purposes:
        text = Text.objects.get(document=TEXTS[purpose], state=TextState.PUBLISHED)
        slots = [slot.key for line in text.structure() for slot in line.slots]
        consents.record(
            case.donor.subject,
            text=text,
            language="zh-hans",
            given=[purpose],
            evidence=evidence.drawn(dict.fromkeys(slots, make.png())),
            matter="" if purpose == Purpose.PEER_TALK else str(case.pk),
            by=make.TAKER,
            at=NOW,
        )
