"""Whom a campaign could write to: those who fit, may be written to, and stand in no other running one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from consent import gate
from foundation.access.scopes import Scope
from notifications.recipients.against import PURPOSES
from notifications.retention.models import Campaign, CampaignMember
from notifications.retention.states import CampaignState
from registry.donors import reach
from registry.donors.actions.nightly import years_before
from registry.donors.guards import age, months_before
from registry.donors.models import ContactChoice, Donor
from registry.donors.states import DonorState


def people(campaign: Campaign, *, on: date) -> QuerySet[Donor]:
    """Return the listed volunteers who fit a campaign on a day."""
    found = Donor.objects.filter(
        Scope.of([campaign.branch_path]).q("service_path"),
        reach.REACHABLE,
        _agreed(campaign.channels),
        _fits(campaign, on=on),
        state=DonorState.LISTED,
        contact_choice=ContactChoice.NORMAL,
        merged_into=None,
    )
    elsewhere = CampaignMember.objects.filter(donor=OuterRef("pk"), campaign__state=CampaignState.RUNNING)
    return found.exclude(Exists(elsewhere)).order_by("pk")


def strata(donors: Iterable[Donor], *, on: date) -> dict[str, list[UUID]]:
    """Sort people by what they are alike in: who serves them, sex, decade of age."""
    found: dict[str, list[UUID]] = {}
    for donor in donors:
        found.setdefault(stratum(donor, on=on), []).append(donor.pk)
    return found


def stratum(donor: Donor, *, on: date) -> str:
    """Return what somebody is alike in with others, as a code."""
    decade = age(donor.born_on, on) // 10 * 10 if donor.born_on else 0
    return f"{donor.service_path}/{donor.sex}/{decade}"


def _fits(campaign: Campaign, *, on: date) -> Q:
    fits = Q()
    if campaign.drive_id:
        fits &= Q(drive=campaign.drive_id)
    if campaign.year:
        first, last = (_midnight(date(year, 1, 1)) for year in (campaign.year, campaign.year + 1))
        fits &= Q(registered_at__gte=first, registered_at__lt=last)
    if campaign.age_from is not None:
        fits &= Q(born_on__lte=years_before(on, campaign.age_from))
    if campaign.age_to is not None:
        fits &= Q(born_on__gt=years_before(on, campaign.age_to + 1))
    if campaign.unverified_months:
        since = months_before(on, campaign.unverified_months)
        fits &= Q(contact_verified_on__isnull=True) | Q(contact_verified_on__lte=since)
    return fits


def _agreed(channels: Iterable[str]) -> Q:
    """Return the condition that one of the ways is open to a person."""
    return reduce(or_, (Q(gate.agreed(PURPOSES[channel])) for channel in channels), Q(pk__in=[]))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
