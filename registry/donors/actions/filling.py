"""Keeping the call lists full: who is to be reminded, whose number is to be checked, who falls off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from consent import gate
from consent.purposes import Purpose
from foundation import trail
from foundation.trail import Actor
from registry.donors.actions import common
from registry.donors.actions.tasks import open_task
from registry.donors.guards import months_before
from registry.donors.models import CallKind, CallState, CallTask, ContactChoice, Donor
from registry.donors.states import DonorState

AT_ONCE: Final = 500
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
    return Donor.objects.filter(
        contact_choice=ContactChoice.NORMAL, objected_at__isnull=True, death_reported_at__isnull=True
    )


def _open_all(donors: QuerySet[Donor], kind: CallKind, *, by: Actor, at: datetime) -> int:
    """Open a call to each who agreed to be rung."""
    chosen = list((donors if donors.ordered else donors.order_by("pk"))[:AT_ONCE])
    agreed = gate.allows_many([donor.subject_id for donor in chosen], Purpose.CONTACT_PHONE)
    opened = 0
    for stale in chosen:
        if stale.subject_id not in agreed:
            continue
        with transaction.atomic():
            donor = common.locked(stale)
            if (donor.state, donor.contact_choice) != (stale.state, stale.contact_choice):
                continue  # withdrew, or chose otherwise, since it was read
            open_task(donor, kind, due_on=common.day_of(at), at=at)
            trail.record("call.planned", by=by, at=at, object=donor, kind=str(kind))
            opened += 1
    return opened
