"""Families to whom something is due: a bereavement mail and a routine one for each of their people."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from consent.purposes import Purpose
from foundation import calendar
from foundation.vault import Subject
from notifications.channel_names import Channel
from notifications.outbox import Message
from notifications.plans.states import TouchpointState
from registry.donors.models import Donor
from registry.families.models import Member
from tests.factories.consent import ConsentFactory, text
from tests.factories.donors import DonorFactory
from tests.factories.families import FamilyFactory, MemberFactory
from tests.factories.foundation import BranchFactory
from tests.factories.messages import approved_words
from tests.factories.plans import PlanFactory, ProgrammeFactory, StepFactory, TouchpointFactory

A_FAMILY = 2  # people
WORDS = "family.storm"


def people(count: int) -> list[Member]:
    """Make so many relatives, two a household, who can be written to, and for whom it is about noon."""
    branch, noon = BranchFactory(), f"Etc/GMT{timezone.now().astimezone(UTC).hour - 12:+d}"
    approved_words(WORDS, text="{{ name }}：愿您安好。 {{ branch_phone }}")
    families = [
        FamilyFactory(branch=branch, about={"died_on": date(2024, 5, 1), "gave_on": date(2024, 5, 1)})
        for _ in range(-(-count // A_FAMILY))
    ]
    return [MemberFactory(family=families[n // A_FAMILY], about={"time_zone": noon}) for n in range(count)]


def volunteers(count: int) -> list[Donor]:
    """Make so many donors who agreed to e-mails."""
    text()
    donors = [
        DonorFactory(
            state="LISTED", contact_verified_on=date(2026, 11, 1), about={"email": f"v{n}@example.org"}
        )
        for n in range(count)
    ]
    for donor in donors:
        ConsentFactory(subject=donor.subject, purpose=Purpose.CONTACT_EMAIL)
    return donors


def bereavement(members: Sequence[Member], *, at: datetime, over: float = 0.0) -> list[UUID]:
    """Queue one message of a released touchpoint for each, due within so many seconds; return these."""
    yesterday = calendar.day_of(at) - timedelta(days=1)
    step = StepFactory(
        programme=ProgrammeFactory(bereaved=True), channels=[Channel.EMAIL], wording=WORDS, beats_gap=True
    )
    touchpoints: dict[Any, Any] = {}
    for member in members:
        if member.family_id not in touchpoints:
            plan = PlanFactory(family=member.family, programme_key=step.programme.key)
            touchpoints[member.family_id] = TouchpointFactory(
                plan=plan, step=step, state=TouchpointState.APPROVED, on_date=yesterday
            )
        rite = {"touchpoint": touchpoints[member.family_id], "bereaved": True, "beats_gap": True}
        _queue(member.subject, member.family.branch_path, at, over, **rite)
    return [one.pk for one in touchpoints.values()]


def routine(members: Sequence[Member], *, at: datetime, over: float = 0.0, occasion: str = "drive:1") -> None:
    """Queue one message for each that may be sent twice, due within so many seconds."""
    twice = {"occasion": occasion, "service": True, "at_least_once": True}
    for member in members:
        _queue(member.subject, member.family.branch_path, at, over, **twice)


def thanks(donors: Sequence[Donor], *, at: datetime) -> None:
    """Queue one message for each that is sent once."""
    for donor in donors:
        _queue(donor.subject, donor.service_path, at, 0.0, occasion="thanks")


def _queue(subject: Subject, branch_path: str, at: datetime, over: float, **more: Any) -> None:
    Message.objects.create(
        subject=subject,
        branch_path=branch_path,
        programme_key="storm",
        wording=WORDS,
        channel=Channel.EMAIL,
        language="zh-hans",
        due_at=at + timedelta(seconds=random.random() * over),  # noqa: S311
        made_at=at,
        **more,
    )
