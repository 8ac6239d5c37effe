"""Keeping the call lists full: who is to be reminded, whose number is to be checked, who falls off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from consent import gate
from consent.purposes import Purpose
from foundation import trail, vault
from foundation.trail import Actor
from registry.donors import no_calls
from registry.donors.actions import common
from registry.donors.guards import months_before
from registry.donors.models import CallKind, CallState, CallTask, ContactChoice, Donor
from registry.donors.states import DonorState

AT_ONCE: Final = 500
HELD_AT_ONCE: Final = 50  # people whose records wait meanwhile
REST: Final = timedelta(days=30)  # after a check of the number that fell off or was made in vain [D]


def remind_while_thinking(*, by: Actor, at: datetime) -> int:
    """
    Put those who think it over on the call list on the fifth day; safe to run twice.

    Source: design/domain.md section 7, retention: cooling-off reminder D+5.
    """
    asked = CallTask.objects.filter(
        donor=OuterRef("pk"), kind=CallKind.COOLING_OFF, created_at__gte=OuterRef("registered_at")
    )
    thinking = _may_be_rung().filter(
        state__in=(DonorState.REGISTERED, DonorState.SAMPLED),
        registered_at__lte=at - timedelta(days=settings.COOLING_OFF_REMINDER_DAYS),
        registered_at__gt=at - timedelta(days=settings.COOLING_OFF_DAYS),
    )
    return _open_all(thinking.exclude(Exists(asked)), CallKind.COOLING_OFF, by=by, at=at)


def check_old_numbers(*, by: Actor, at: datetime) -> int:
    """
    Put those on the call list whose number nobody verified for two years, or ever.

    Those taken over from older records come little by little, who waited longest first.
    Source: design/domain.md section 7, retention: unverified 24 months.
    """
    kinds = (CallKind.CONTACT_CHECK, CallKind.OUT_OF_CONTACT)
    tasks = CallTask.objects.filter(donor=OuterRef("pk"), kind__in=kinds)
    asked = Exists(tasks.filter(state=CallState.OPEN)) | Exists(tasks.filter(ended_at__gt=at - REST))
    last = months_before(common.day_of(at), settings.CONTACT_UNVERIFIED_MONTHS)
    old = (
        _may_be_rung()
        .filter(state__in=(DonorState.LISTED, DonorState.ON_HOLD))
        .filter(Q(contact_verified_on=None) | Q(contact_verified_on__lte=last))
    )
    longest = F("contact_verified_on").asc(nulls_first=True)
    return _open_all(old.exclude(asked).order_by(longest, "pk"), CallKind.CONTACT_CHECK, by=by, at=at)


def drop_what_is_over(*, by: Actor, at: datetime) -> int:
    """Close the open calls whose reason no longer holds; safe to run twice. Returns how many."""
    stale = list(CallTask.objects.without_reason().order_by("pk")[:AT_ONCE].select_related("donor"))
    dropped = 0
    for task in stale:
        with transaction.atomic():
            donor = common.locked(task.donor)
            over = CallTask.objects.without_reason().filter(pk=task.pk)
            if CallTask.objects.filter(pk__in=over.values("pk")).update(
                state=CallState.CANCELLED, ended_at=at
            ):
                trail.record("call.dropped", by=by, at=at, object=donor, task=task.pk, kind=task.kind)
                dropped += 1
    return dropped


def _may_be_rung() -> QuerySet[Donor]:
    willing = Donor.objects.filter(
        contact_choice=ContactChoice.NORMAL, objected_at__isnull=True, death_reported_at__isnull=True
    )
    return willing.exclude(no_calls.asked_for())


def _open_all(donors: QuerySet[Donor], kind: CallKind, *, by: Actor, at: datetime) -> int:
    """Open a call to the first of those who agreed to be rung: nobody waits behind who did not."""
    ordered = donors if donors.ordered else donors.order_by("pk")
    agreed = ordered.filter(gate.agreed(Purpose.CONTACT_PHONE))
    chosen = list(agreed.values_list("subject_id", flat=True)[:AT_ONCE])
    pieces = (chosen[start : start + HELD_AT_ONCE] for start in range(0, len(chosen), HELD_AT_ONCE))
    return sum(_open_to(donors, piece, kind, by=by, at=at) for piece in pieces)


@transaction.atomic
def _open_to(
    donors: QuerySet[Donor], subjects: Sequence[UUID], kind: CallKind, *, by: Actor, at: datetime
) -> int:
    """Open a call to those of some people who are still to be rung, now that nothing of theirs can change."""
    vault.lock(*subjects)
    agreed = gate.allows_many(subjects, Purpose.CONTACT_PHONE)
    waiting = CallTask.objects.open().filter(donor=OuterRef("pk"), kind=kind)
    rung = list(donors.filter(subject__in=agreed).exclude(Exists(waiting)))
    CallTask.objects.bulk_create(
        CallTask(
            donor=donor,
            kind=kind,
            due_on=common.day_of(at),
            created_at=at,
            service_path=donor.service_path,
        )
        for donor in rung
    )
    trail.record_many(trail.Entry("call.planned", by, at, donor, facts={"kind": str(kind)}) for donor in rung)
    return len(rung)
