"""What lies printed: so that no letter is printed twice unseen, and none is posted that must not be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from foundation import access, moves, trail
from foundation.access import Permission, Scope
from foundation.trail import Actor
from notifications.channel_names import Channel
from notifications.channels.post.letters import Letter
from notifications.channels.post.models import Paper
from notifications.plans.models import Touchpoint
from notifications.plans.states import TouchpointState

LIES: Final = timedelta(days=60)  # so long a printed letter may lie about [D]
_NOT_TO_BE_POSTED: Final = (
    TouchpointState.PLANNED,
    TouchpointState.DUE,
    TouchpointState.HELD,
    TouchpointState.SKIPPED,
    TouchpointState.CANCELLED,
    TouchpointState.SENT,  # what was posted is done: this reached them by another way
)


@transaction.atomic
def printed(letters: Sequence[Letter], *, by: Actor, at: datetime) -> None:
    """
    Write down that letters were printed, and for whom.

    :raises moves.NotAllowed: if the actor may not send care where one of them goes out.
    """
    one_a_branch = {letter.touchpoint.branch_path: letter.touchpoint for letter in letters}.values()
    if any(not access.may(by, Permission.CARE_SEND, on=one, at=at) for one in one_a_branch):
        raise moves.NotAllowed(Permission.CARE_SEND.value)
    trail.record_many(trail.Entry("letter.printed", by, at, letter.touchpoint) for letter in letters)
    Paper.objects.bulk_create(
        Paper(touchpoint=letter.touchpoint, subject=letter.to.subject, printed_at=at, **by.columns())
        for letter in letters
        if letter.to is not None
    )


def papers_of(touchpoints: Iterable[Touchpoint]) -> dict[UUID, Paper]:
    """Return the paper that lies printed of each of these touchpoints, the newest."""
    lie = Paper.objects.filter(touchpoint__in=[one.pk for one in touchpoints], gone_at__isnull=True)
    return {paper.touchpoint_id: paper for paper in lie.order_by("id")}


def strays(scope: Scope, *, at: datetime) -> list[Paper]:
    """Return what lies printed and must not be posted: held since, left out, taken away or done otherwise."""
    lie = Paper.objects.filter(gone_at__isnull=True, printed_at__gt=at - LIES)
    mine = lie.filter(touchpoint__in=Touchpoint.objects.visible_to(scope))
    by_another_way = ~Q(touchpoint__channel__in=["", Channel.LETTER])
    stopped = mine.filter(Q(touchpoint__state__in=_NOT_TO_BE_POSTED) | by_another_way)
    read = stopped.select_related(
        "touchpoint__plan__family__giver", "touchpoint__step", "touchpoint__plan__branch"
    )
    return list({paper.touchpoint_id: paper for paper in read.order_by("id")}.values())


@transaction.atomic
def take_out(touchpoint: Touchpoint, *, by: Actor, at: datetime) -> None:
    """
    Write down that the printed letter of a touchpoint was taken out of the pile. Twice is once.

    :raises moves.NotAllowed: if the actor may not send care there.
    """
    if not access.may(by, Permission.CARE_SEND, on=touchpoint, at=at):
        raise moves.NotAllowed(Permission.CARE_SEND.value)
    if Paper.objects.filter(touchpoint=touchpoint, gone_at__isnull=True).update(gone_at=at):
        trail.record("letter.taken_out", by=by, at=at, object=touchpoint, branch=touchpoint.plan.branch_id)
