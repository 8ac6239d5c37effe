"""What the pages of retention read: how many stand where, and what a campaign changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.access.scopes import Scope
from notifications.links.models import Link
from notifications.links.purposes import Purpose
from notifications.outbox import Message
from notifications.outbox.models import MessageState
from notifications.retention.comparing import compare, share
from notifications.retention.models import Campaign, Group
from notifications.retention.telling import Outcome
from registry.donors.actions.nightly import years_before
from registry.donors.guards import months_before
from registry.donors.models import Donor
from registry.donors.states import DonorState

COUNT_STOPS_AT = 10_000
LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and what it counts."""

    value: str
    words: str | Promise


def standing(scope: Scope, *, on: date) -> list[Figure]:
    """Return how long ago listed volunteers in a scope were reached, and who is soon asked."""
    listed = Donor.objects.filter(scope.q("service_path"), state=DonorState.LISTED)
    year = months_before(on, settings.CONTACT_CHECK_MONTHS)
    old = months_before(on, settings.CONTACT_UNVERIFIED_MONTHS)
    leaves_school = Q(graduates_on__year=on.year)
    soon = years_before(on + timedelta(days=365), settings.AGE_HIGHEST)
    return [
        Figure(counted(listed.filter(contact_verified_on__gt=year)), _("verified in the last 12 months")),
        Figure(
            counted(listed.filter(contact_verified_on__lte=year, contact_verified_on__gt=old)),
            _("verified 12 to 24 months ago: asked once a year"),
        ),
        Figure(
            counted(listed.filter(Q(contact_verified_on__lte=old) | Q(contact_verified_on=None))),
            _("longer ago, or never: on the call list"),
        ),
        Figure(
            counted(listed.filter(leaves_school)),
            _("graduate this year: asked in May, or two weeks after joining"),
        ),
        Figure(counted(listed.filter(born_on__lte=soon)), _("reach the age limit within a year")),
    ]


def answered(scope: Scope, *, at: datetime) -> list[Figure]:
    """Return what people in a scope did by their own links lately, what was done most first."""
    used = Link.objects.filter(scope.q("subject__branch_path"), used_at__gt=at - LATELY)
    lines = used.values("purpose").order_by().annotate(n=Count("pk"))
    found = sorted(lines, key=lambda line: (-line["n"], line["purpose"]))
    return [Figure(str(line["n"]), Purpose(line["purpose"]).label) for line in found]


@dataclass(frozen=True, slots=True)
class Result:
    """What a campaign changed, counted by how people were drawn, whatever reached them."""

    written_to: int
    left_alone: int
    outcomes: Sequence[Outcome]
    messages: Sequence[Figure]


def result_of(campaign: Campaign) -> Result:
    """Return the comparison of the two groups, in two queries."""
    counts: dict[str, dict[str, Any]] = {
        line["group"]: dict(line)
        for line in campaign.members.values("group")
        .order_by()
        .annotate(
            people=Count("pk"),
            verified=Count("pk", filter=Q(verified_on__isnull=False)),
            left=Count("pk", filter=Q(left_on__isnull=False)),
        )
    }
    nobody: dict[str, Any] = {"people": 0, "verified": 0, "left": 0}
    one, other = (counts.get(group, nobody) for group in (Group.WRITTEN_TO, Group.LEFT_ALONE))
    outcomes = [
        Outcome(title, compare(share(one[key], one["people"]), share(other[key], other["people"])))
        for key, title in (("verified", _("Contact verified")), ("left", _("Left the register")))
    ]
    return Result(one["people"], other["people"], outcomes, _messages(campaign))


def _messages(campaign: Campaign) -> list[Figure]:
    sent = Message.objects.filter(occasion=campaign.occasion, touchpoint=None)
    lines = sent.values("state").order_by("state").annotate(n=Count("pk"))
    return [Figure(str(line["n"]), MessageState(line["state"]).label) for line in lines]


def counted(rows: QuerySet[Any]) -> str:
    """Return how many there are; a larger registry costs no more."""
    found = rows.order_by()[: COUNT_STOPS_AT + 1].count()
    return f"{COUNT_STOPS_AT:,}+" if found > COUNT_STOPS_AT else f"{found:,}"
