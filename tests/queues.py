"""Every list in which somebody may still stand: who has withdrawn stands in none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from foundation.approvals import Approval
from notifications.outbox.models import Message
from notifications.outbox.states import WAITING
from notifications.plans.models import Plan, Touchpoint
from notifications.plans.states import LIVE_PLANS, TouchpointState
from registry.cases.actions.letters import OPEN as LETTERS
from registry.cases.models import Letter, MatchCase, Talk, TalkState
from registry.donors.models import CallTask, Donor
from registry.samples.models import Sample
from registry.samples.states import SampleState

T = TouchpointState
UNDOES: Final = "donors.mark_as_error"  # asked about the very act by which somebody has left
QUEUES: Final[dict[str, Callable[[Donor, datetime], QuerySet[Any]]]] = {
    "searches": lambda donor, _at: Donor.objects.searchable().filter(pk=donor.pk),
    "matches": lambda donor, _at: MatchCase.objects.open().filter(donor=donor),
    "back-ups": lambda donor, _at: MatchCase.objects.open().filter(backup=donor),
    "peers": lambda donor, _at: Talk.objects.filter(peer=donor, state=TalkState.OFFERED),
    "letters between two": lambda donor, _at: Letter.objects.filter(case__donor=donor, state__in=LETTERS),
    "calls": lambda donor, _at: CallTask.objects.open().filter(donor=donor),
    "messages and prints": lambda donor, _at: Message.objects.filter(
        subject=donor.subject_id, state__in=WAITING
    ),
    "plans": lambda donor, _at: Plan.objects.filter(subject=donor.subject_id, state__in=LIVE_PLANS),
    "touchpoints": lambda donor, _at: Touchpoint.objects.filter(
        plan__subject=donor.subject_id, state__in=[T.PLANNED, T.DUE, T.HELD, T.APPROVED]
    ),
    "tubes and boxes": lambda donor, _at: Sample.objects.filter(
        donor=donor, state__in=[SampleState.TAKEN, SampleState.BATCHED]
    ),
    "questions": lambda donor, at: Approval.objects.waiting(at).filter(
        object_id__in=[str(donor.pk), *map(str, donor.cases.values_list("pk", flat=True))]
    ).exclude(kind=UNDOES),
}  # fmt: skip


def still_in(donor: Donor, *, at: datetime) -> list[str]:
    """Return the queues in which somebody stands at a moment."""
    return [name for name, rows in QUEUES.items() if rows(donor, at).exists()]
